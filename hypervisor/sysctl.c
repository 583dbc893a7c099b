// SPDX-License-Identifier: GPL-2.0-only
/* The machine as a whole, for dom0's tools. */
#include <arch/cpu.h>
#include <arch/time.h>
#include <hv/domain.h>
#include <hv/domain_info.h>
#include <hv/frames.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/keys.h>
#include <hv/message_log.h>
#include <hv/sched.h>

_Static_assert(XEN_SYSCTL_INTERFACE_VERSION == 0x15, "Debian 12's and 13's tools");
_Static_assert(sizeof(struct xen_sysctl) == 136, "Xen's layout on ARM");

#define LOCAL_DISTANCE 10  /* of a node to itself, by convention */
#define KEYS_MAX       128 /* a call */

/* ---- processors and memory ----------------------------------------------- */

static uint32_t cpu_count(void)
{
	uint32_t count = 0;

	for (uint32_t cpus = cpus_online(); cpus; cpus &= cpus - 1)
		count++;
	return count;
}

static void physinfo(struct xen_sysctl_physinfo *info)
{
	memset(info, 0, sizeof(*info));
	info->threads_per_core = 1;
	info->cores_per_socket = cpu_count();
	info->nr_cpus = cpu_count();
	info->max_cpu_id = CPU_COUNT_MAX - 1;
	info->nr_nodes = 1;
	info->cpu_khz = arch_clock_hz / 1000;
	info->capabilities = XEN_SYSCTL_PHYSCAP_pv | XEN_SYSCTL_PHYSCAP_gnttab_v1;
	info->total_pages = slots_total() >> PAGE_SHIFT;
	info->free_pages = slots_available() >> PAGE_SHIFT;
}

/*
 * What goes into element i of an array of the caller's.  Xen's habit: the caller says
 * how many fit and is told how many there are; a null array only asks.
 */
static long element_to_guest(uint64_t array, uint32_t i, uint32_t room,
			     const void *element, uint32_t bytes)
{
	vaddr_t to;

	if (array == 0 || i >= room)
		return 0;
	if (!handle_to_vaddr(array, &to))
		return -XEN_EFAULT;
	return copy_to_guest(vaddr_add(to, i * bytes), element, bytes);
}

static long cpu_info(struct xen_sysctl_getcpuinfo *op)
{
	struct xen_sysctl_cpuinfo info;
	long result = 0;
	uint32_t cpu;

	for (cpu = 0; cpu < CPU_COUNT_MAX && result == 0; cpu++) {
		info.idletime = ticks_to_ns(sched_idle_time(percpu_of(cpu)));
		result = element_to_guest(op->info.q, cpu, op->max_cpus, &info,
					  sizeof(info));
	}
	op->nr_cpus = op->max_cpus < CPU_COUNT_MAX ? op->max_cpus : CPU_COUNT_MAX;
	return result;
}

static long cpu_topology(struct xen_sysctl_cputopoinfo *op)
{
	struct xen_sysctl_cputopo topology;
	uint32_t room = op->num_cpus, online = cpus_online();
	long result = 0;

	for (uint32_t cpu = 0; cpu < CPU_COUNT_MAX && result == 0; cpu++) {
		memset(&topology, online >> cpu & 1 ? 0 : 0xff, sizeof(topology));
		if (online >> cpu & 1)
			topology.core = cpu;
		result = element_to_guest(op->cputopo.q, cpu, room, &topology,
					  sizeof(topology));
	}
	op->num_cpus = CPU_COUNT_MAX;
	return result;
}

/* All memory is as near to one processor as to another. */
static long numa_info(struct xen_sysctl_numainfo *op)
{
	const struct xen_sysctl_meminfo memory = {.memsize = slots_total(),
						  .memfree = slots_available()};
	const uint32_t distance = LOCAL_DISTANCE;
	long result = element_to_guest(op->meminfo.q, 0, op->num_nodes, &memory,
				       sizeof(memory));

	if (result == 0)
		result = element_to_guest(op->distance.q, 0, op->num_nodes, &distance,
					  sizeof(distance));
	op->num_nodes = 1;
	return result;
}

/* ---- domains and the scheduler ------------------------------------------- */

static long get_domain_info_list(struct xen_sysctl_getdomaininfolist *op)
{
	struct xen_domctl_getdomaininfo info;
	uint32_t count = 0, id = op->first_domain;
	struct domain *d;
	vaddr_t buffer;

	if (!handle_to_vaddr(op->buffer.q, &buffer))
		return -XEN_EFAULT;
	for (; count < op->max_domains && (d = domain_from(id));
	     count++, id = d->id + 1u) {
		domain_info(d, &info);
		if (copy_to_guest(vaddr_add(buffer, count * (uint32_t)sizeof(info)),
				  &info, sizeof(info)))
			return -XEN_EFAULT;
	}
	op->num_domains = count;
	return 0;
}

/* There is one pool, number 0: every processor and every domain. */
static long cpupool_op(struct xen_sysctl_cpupool_op *op)
{
	struct domain *d;

	switch (op->op) {
	case XEN_SYSCTL_CPUPOOL_OP_INFO: /* of the first pool from a number on */
		if (op->cpupool_id > 0)
			return -XEN_ENOENT;
		op->sched_id = SCHED_ID;
		op->n_dom = 0;
		domain_for_each(d)
			op->n_dom++;
		return bits_to_guest(&op->cpumap, cpus_online());
	case XEN_SYSCTL_CPUPOOL_OP_FREEINFO: /* processors in no pool */
		return bits_to_guest(&op->cpumap, 0);
	default:
		return -XEN_EOPNOTSUPP;
	}
}

static uint32_t slice_ms(void)
{
	return sched_slice_us() / 1000;
}

static long set_credit(const struct xen_sysctl_credit_schedule *credit)
{
	if (credit->ratelimit_us || credit->vcpu_migr_delay_us)
		return -XEN_EOPNOTSUPP;
	if (credit->tslice_ms == slice_ms()) /* the tools write back what they read */
		return 0;
	if (credit->tslice_ms > XEN_SYSCTL_CSCHED_TSLICE_MAX ||
	    sched_set_slice(credit->tslice_ms * 1000))
		return -XEN_EINVAL;
	return 0;
}

static long scheduler_op(struct xen_sysctl_scheduler_op *op)
{
	if (op->cpupool_id)
		return -XEN_ENOENT;
	if (op->sched_id != SCHED_ID)
		return -XEN_EINVAL;
	switch (op->cmd) {
	case XEN_SYSCTL_SCHEDOP_getinfo:
		op->u.sched_credit =
			(struct xen_sysctl_credit_schedule){.tslice_ms = slice_ms()};
		return 0;
	case XEN_SYSCTL_SCHEDOP_putinfo:
		return set_credit(&op->u.sched_credit);
	default:
		return -XEN_ENOSYS;
	}
}

/* ---- the hypervisor's console -------------------------------------------- */

static long read_console(struct xen_sysctl_readconsole *op)
{
	uint32_t room = op->count, bytes;
	char piece[256];
	vaddr_t to;

	if (!handle_to_vaddr(op->buffer.q, &to))
		return -XEN_EFAULT;
	op->count = 0;
	if (!op->incremental)
		op->index = message_log_start();
	/* what is written meanwhile must not keep us here */
	if (room > MESSAGE_LOG_SIZE)
		room = MESSAGE_LOG_SIZE;
	while (op->count < room) {
		bytes = room - op->count;
		bytes = message_log_read(&op->index, piece,
					 bytes < sizeof(piece) ? bytes : sizeof(piece));
		if (bytes == 0)
			break;
		if (copy_to_guest(vaddr_add(to, op->count), piece, bytes))
			return -XEN_EFAULT;
		op->count += bytes;
	}
	if (op->clear)
		message_log_clear(op->index);
	return 0;
}

static long debug_keys(const struct xen_sysctl_debug_keys *op)
{
	char text[KEYS_MAX];
	vaddr_t from;

	if (op->nr_keys > sizeof(text))
		return -XEN_E2BIG;
	if (!handle_to_vaddr(op->keys.q, &from) ||
	    copy_from_guest(text, from, op->nr_keys))
		return -XEN_EFAULT;
	keys_run(text, op->nr_keys);
	return 0;
}

static long manage(struct xen_sysctl *op)
{
	switch (op->cmd) {
	case XEN_SYSCTL_physinfo:
		physinfo(&op->u.physinfo);
		return 0;
	case XEN_SYSCTL_sched_id:
		op->u.sched_id.sched_id = SCHED_ID;
		return 0;
	case XEN_SYSCTL_getdomaininfolist:
		return get_domain_info_list(&op->u.getdomaininfolist);
	case XEN_SYSCTL_readconsole:
		return read_console(&op->u.readconsole);
	case XEN_SYSCTL_debug_keys:
		return debug_keys(&op->u.debug_keys);
	case XEN_SYSCTL_getcpuinfo:
		return cpu_info(&op->u.getcpuinfo);
	case XEN_SYSCTL_cputopoinfo:
		return cpu_topology(&op->u.cputopoinfo);
	case XEN_SYSCTL_numainfo:
		return numa_info(&op->u.numainfo);
	case XEN_SYSCTL_cpupool_op:
		return cpupool_op(&op->u.cpupool_op);
	case XEN_SYSCTL_scheduler_op:
		return scheduler_op(&op->u.scheduler_op);
	default:
		return -XEN_ENOSYS;
	}
}

long do_sysctl(uint32_t arg, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4)
{
	struct xen_sysctl op;
	long result;

	(void)a1, (void)a2, (void)a3, (void)a4;
	if (copy_from_guest_for_update(&op, vaddr(arg), sizeof(op)))
		return -XEN_EFAULT;
	if (op.interface_version != XEN_SYSCTL_INTERFACE_VERSION)
		return -XEN_EACCES;
	if (!current_domain()->privileged)
		return -XEN_EPERM;
	result = manage(&op);
	if (result == 0 && copy_to_guest(vaddr(arg), &op, sizeof(op)))
		return -XEN_EFAULT;
	return result;
}
