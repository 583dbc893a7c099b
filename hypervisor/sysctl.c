// SPDX-License-Identifier: GPL-2.0-only
/* The machine as a whole, for dom0's tools. */
#include <arch/cpu.h>
#include <arch/time.h>
#include <hv/domain.h>
#include <hv/domain_info.h>
#include <hv/frames.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>

_Static_assert(XEN_SYSCTL_INTERFACE_VERSION == 0x15, "Debian 12's and 13's tools");
_Static_assert(sizeof(struct xen_sysctl) == 136, "Xen's layout on ARM");

/* XEN_SYSCTL_sched_id's numbers stop at 10; ours is none of Xen's schedulers. */
#define SCHED_ID_SIGMA 0x51

/* Processors that run guests. */
static uint32_t cpus_online(void)
{
	uint32_t count = 0;

	for (unsigned int cpu = 0; cpu < CPU_COUNT_MAX; cpu++)
		if (percpu_of(cpu)->current)
			count++;
	return count;
}

static void physinfo(struct xen_sysctl_physinfo *info)
{
	memset(info, 0, sizeof(*info));
	info->threads_per_core = 1;
	info->cores_per_socket = cpus_online();
	info->nr_cpus = cpus_online();
	info->max_cpu_id = CPU_COUNT_MAX - 1;
	info->nr_nodes = 1;
	info->cpu_khz = arch_clock_hz / 1000;
	info->capabilities = XEN_SYSCTL_PHYSCAP_pv | XEN_SYSCTL_PHYSCAP_gnttab_v1;
	info->total_pages = slots_total() >> PAGE_SHIFT;
	info->free_pages = slots_available() >> PAGE_SHIFT;
}

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

static long manage(struct xen_sysctl *op)
{
	switch (op->cmd) {
	case XEN_SYSCTL_physinfo:
		physinfo(&op->u.physinfo);
		return 0;
	case XEN_SYSCTL_sched_id:
		op->u.sched_id.sched_id = SCHED_ID_SIGMA;
		return 0;
	case XEN_SYSCTL_getdomaininfolist:
		return get_domain_info_list(&op->u.getdomaininfolist);
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
