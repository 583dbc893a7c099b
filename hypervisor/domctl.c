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
		if (v->state == VCPU_RUNNABLE && percpu_of(v->cpu)->current == v)
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

static long manage(struct xen_domctl *op)
{
	struct domain *d;

	if (op->cmd == XEN_DOMCTL_getdomaininfo)
		return get_domain_info(op);
	d = op->domain < DOMID_FIRST_RESERVED ? domain_by_id(op->domain) : NULL;
	if (!d)
		return -XEN_ESRCH;
	if (d == current_domain()) /* a domain does not stop itself this way */
		return op->cmd >= XEN_DOMCTL_destroydomain &&
				       op->cmd <= XEN_DOMCTL_unpausedomain
			       ? -XEN_EINVAL
			       : -XEN_ENOSYS;
	switch (op->cmd) {
	case XEN_DOMCTL_destroydomain:
		return domain_destroy(d);
	case XEN_DOMCTL_pausedomain:
		return domain_pause(d);
	case XEN_DOMCTL_unpausedomain:
		return domain_unpause(d);
	default:
		return -XEN_ENOSYS;
	}
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
