// SPDX-License-Identifier: GPL-2.0-only
/*
 * Management of one domain, by dom0.  The structures of the commands here are the
 * same in every version accepted.
 */
#include <arch/cpu.h>
#include <hv/domain.h>
#include <hv/domain_info.h>
#include <hv/event.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/sched.h>
#include <hv/timer.h>

#define DOMCTL_VERSION_4_17 0x15 /* Debian 12 */
#define DOMCTL_VERSION_4_20 0x17 /* Debian 13 */
_Static_assert(XEN_DOMCTL_INTERFACE_VERSION == DOMCTL_VERSION_4_17, "header as expected");
_Static_assert(sizeof(struct xen_domctl) == 144, "Xen's layout on ARM");
_Static_assert(sizeof(struct xen_domctl_getdomaininfo) == 120, "Xen's layout on ARM");

struct domain *domain_from(uint32_t id)
{
	for (; id < MAX_DOMAINS; id++)
		if (domains[id])
			return domains[id];
	return NULL;
}

uint32_t cpus_online(void)
{
	uint32_t online = 0;

	for (unsigned int cpu = 0; cpu < CPU_COUNT_MAX; cpu++)
		if (percpu_of(cpu)->current)
			online |= 1u << cpu;
	return online;
}

long bits_to_guest(const struct xenctl_bitmap *map, uint32_t bits)
{
	uint32_t words[4] = {bits}; /* little endian, as the bytes of the bitmap are */
	uint32_t bytes = map->nr_bits / 8 + (map->nr_bits % 8 != 0);
	vaddr_t to;

	if (!handle_to_vaddr(map->bitmap.q, &to))
		return -XEN_EFAULT;
	return copy_to_guest(to, words, bytes < sizeof(words) ? bytes : sizeof(words));
}

static bool is_running(const struct vcpu *v)
{
	return v->state == VCPU_RUNNABLE && percpu_of(v->cpu)->current == v;
}

static uint32_t vcpu_flags(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
	uint32_t flags = XEN_DOMINF_blocked;
	uint64_t ticks = 0;
	struct vcpu *v;

	vcpu_for_each(d, v) {
		ticks += sched_run_time(v);
		if (v->state == VCPU_OFFLINE)
			continue;
		info->nr_online_vcpus++;
		if (v->state != VCPU_BLOCKED)
			flags &= ~XEN_DOMINF_blocked;
		if (is_running(v))
			flags |= XEN_DOMINF_running;
	}
	info->cpu_time = ticks_to_ns(ticks);
	return flags;
}

void domain_info(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
	memset(info, 0, sizeof(*info));
	info->domain = d->id;
	info->flags = XEN_DOMINF_hvm_guest | vcpu_flags(d, info);
	if (d->state == DOMAIN_DYING)
		info->flags |= XEN_DOMINF_dying;
	if (d->state == DOMAIN_SHUTDOWN)
		info->flags |= XEN_DOMINF_shutdown | (uint32_t)d->shutdown_reason
							     << XEN_DOMINF_shutdownshift;
	if (d->pause_count)
		info->flags |= XEN_DOMINF_paused;
	info->tot_pages = d->ram_size >> PAGE_SHIFT;
	info->max_pages = info->tot_pages;
	info->shared_info_frame = event_shared_info_frame(d);
	info->max_vcpu_id = d->vcpu_count - 1u;
	info->gpaddr_bits = 32;
	memcpy(info->handle, d->handle, sizeof(info->handle));
}

/* Xen's oldest habit: the first domain from this id on. */
static long get_domain_info(struct xen_domctl *op)
{
	struct domain *d = domain_from(op->domain);

	if (!d)
		return -XEN_ESRCH;
	domain_info(d, &op->u.getdomaininfo);
	op->domain = d->id;
	return 0;
}

static struct vcpu *vcpu_by_id(const struct domain *d, uint32_t id)
{
	return id < d->vcpu_count ? d->vcpu[id] : NULL;
}

static long get_vcpu_info(const struct domain *d, struct xen_domctl_getvcpuinfo *info)
{
	const struct vcpu *v = vcpu_by_id(d, info->vcpu);

	if (!v)
		return -XEN_ENOENT;
	info->online = v->state != VCPU_OFFLINE;
	info->blocked = v->state == VCPU_BLOCKED;
	info->running = is_running(v);
	info->cpu_time = ticks_to_ns(sched_run_time(v));
	info->cpu = v->cpu;
	return 0;
}

/* A vCPU stays on the processor that it was made for; any would be as near to it. */
static long get_vcpu_affinity(const struct domain *d,
			      const struct xen_domctl_vcpuaffinity *op)
{
	const struct vcpu *v = vcpu_by_id(d, op->vcpu);
	long result = 0;

	if (!v)
		return -XEN_ENOENT;
	if (op->flags & XEN_VCPUAFFINITY_HARD)
		result = bits_to_guest(&op->cpumap_hard, 1u << v->cpu);
	if (result == 0 && op->flags & XEN_VCPUAFFINITY_SOFT)
		result = bits_to_guest(&op->cpumap_soft, cpus_online());
	return result;
}

static long set_credit(struct domain *d, const struct xen_domctl_sched_credit *credit)
{
	/* both as in Xen: what stays is said by a value that cannot be */
	if (credit->cap != 0 && credit->cap != UINT16_MAX)
		return -XEN_EOPNOTSUPP;
	if (credit->weight)
		sched_set_weight(d, credit->weight);
	return 0;
}

static long scheduler_op(struct domain *d, struct xen_domctl_scheduler_op *op)
{
	if (op->sched_id != SCHED_ID)
		return -XEN_EINVAL;
	switch (op->cmd) {
	case XEN_DOMCTL_SCHEDOP_getinfo:
		op->u.credit.weight = (uint16_t)d->weight;
		op->u.credit.cap = 0;
		return 0;
	case XEN_DOMCTL_SCHEDOP_putinfo:
		return set_credit(d, &op->u.credit);
	default:
		return -XEN_ENOSYS;
	}
}

/* A domain does not stop itself this way. */
static long stop_or_go(struct domain *d, uint32_t cmd)
{
	if (d == current_domain())
		return -XEN_EINVAL;
	switch (cmd) {
	case XEN_DOMCTL_destroydomain:
		return domain_destroy(d);
	case XEN_DOMCTL_pausedomain:
		return domain_pause(d);
	default:
		return domain_unpause(d);
	}
}

static long manage_domain(struct domain *d, struct xen_domctl *op)
{
	switch (op->cmd) {
	case XEN_DOMCTL_destroydomain:
	case XEN_DOMCTL_pausedomain:
	case XEN_DOMCTL_unpausedomain:
		return stop_or_go(d, op->cmd);
	case XEN_DOMCTL_getvcpuinfo:
		return get_vcpu_info(d, &op->u.getvcpuinfo);
	case XEN_DOMCTL_getvcpuaffinity:
		return get_vcpu_affinity(d, &op->u.vcpuaffinity);
	case XEN_DOMCTL_getnodeaffinity: /* the one node that there is */
		return bits_to_guest(&op->u.nodeaffinity.nodemap, 1);
	case XEN_DOMCTL_scheduler_op:
		return scheduler_op(d, &op->u.scheduler_op);
	case XEN_DOMCTL_setdomainhandle:
		memcpy(d->handle, op->u.setdomainhandle.handle, sizeof(d->handle));
		return 0;
	default:
		return -XEN_ENOSYS;
	}
}

static long manage(struct xen_domctl *op)
{
	struct domain *d;

	if (op->cmd == XEN_DOMCTL_getdomaininfo)
		return get_domain_info(op);
	d = op->domain < DOMID_FIRST_RESERVED ? domain_by_id(op->domain) : NULL;
	return d ? manage_domain(d, op) : -XEN_ESRCH;
}

long do_domctl(uint32_t arg, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4)
{
	struct xen_domctl op;
	long result;

	(void)a1, (void)a2, (void)a3, (void)a4;
	if (copy_from_guest_for_update(&op, vaddr(arg), sizeof(op)))
		return -XEN_EFAULT;
	if (op.interface_version != DOMCTL_VERSION_4_17 &&
	    op.interface_version != DOMCTL_VERSION_4_20)
		return -XEN_EACCES;
	if (!current_domain()->privileged)
		return -XEN_EPERM;
	result = manage(&op);
	if (result == 0 && copy_to_guest(vaddr(arg), &op, sizeof(op)))
		return -XEN_EFAULT;
	return result;
}
