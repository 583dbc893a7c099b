// SPDX-License-Identifier: GPL-2.0-only
/* What a domain's memory is, and dom0's management: memory_op, domctl, sysctl. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include <arch/cpu.h>
#include <hv/event.h>
#include <hv/grant.h>
#include <hv/guest_access.h>
#include <hv/sched.h>
#include "fake.h"

#define NOWHERE 0x1000u /* not in any domain's memory */

static struct domain *dom0, *domu;

static int setup(void **state)
{
	(void)state;
	fake_power_on();
	dom0 = fake_domain("dom0", 1, true);
	domu = fake_domain("domU", 2, false);
	fake_run(dom0->vcpu[0]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_power_off();
	return 0;
}

static long memory_op(unsigned int cmd, const void *op, uint32_t bytes)
{
	return fake_call(__HYPERVISOR_memory_op, cmd, guest_put(op, bytes), 0);
}

/* ---- guest access -------------------------------------------------------------- */

static void test_guest_access(void **state)
{
	uint32_t end = FAKE_RAM_BASE + FAKE_DOMAIN_RAM, word;
	char bytes[8200];
	uint32_t at = FAKE_RAM_BASE + 0x8000 - 4;

	(void)state;
	assert_int_equal(copy_from_guest(bytes, vaddr(end - 4), 4), 0);
	assert_int_equal(copy_from_guest(bytes, vaddr(end - 3), 4), -XEN_EFAULT);
	assert_int_equal(copy_from_guest(bytes, vaddr(0xfffffffe), 4), -XEN_EFAULT);
	assert_int_equal(copy_from_guest(bytes, vaddr(NOWHERE), 0), 0);
	/* across pages, the last of which is not there: nothing is copied */
	fake_absent[0] = (at & ~PAGE_MASK) + 2 * PAGE_SIZE;
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(copy_from_guest(bytes, vaddr(at), sizeof(bytes)), -XEN_EFAULT);
	assert_int_equal(bytes[0], 0);
	memset(guest_ram(dom0, at), 1, 4);
	assert_int_equal(copy_to_guest(vaddr(at), bytes, sizeof(bytes)), -XEN_EFAULT);
	assert_int_equal(*(char *)guest_ram(dom0, at), 1);
	fake_readonly[0] = at & ~PAGE_MASK;
	assert_int_equal(copy_to_guest(vaddr(at), bytes, 1), -XEN_EFAULT);
	assert_int_equal(copy_from_guest_for_update(bytes, vaddr(at), 1), -XEN_EFAULT);
	assert_int_equal(read_guest_word(&word, vaddr(at)), 0);
	assert_int_equal(word, 0x01010101);
	assert_int_equal(read_guest_word(&word, vaddr(at + 5)), 0); /* next page */
	assert_int_equal(read_guest_word(&word, vaddr(NOWHERE)), -XEN_EFAULT);
}

static void test_frames_of_a_domain(void **state)
{
	maddr_t m;

	(void)state;
	assert_true(domain_frame_to_machine(domu, fake_gfn(domu, 4), &m));
	assert_int_equal(m.m, domu->machine_base.m + 4 * PAGE_SIZE);
	assert_false(domain_frame_to_machine(domu, fake_gfn(domu, 3), &m));
	assert_false(domain_frame_to_machine(domu, fake_gfn(domu, 0) - 1, &m));
	assert_false(domain_frame_to_machine(domu, fake_window_gfn(domu, 0), &m));
	assert_false(domain_frame_to_machine(domu, fake_gfn(domu, 4) | 1ull << 20, &m));
	assert_false(domain_frame_to_machine(domu, fake_gfn(domu, 4) | 1ull << 63, &m));
}

/* ---- memory_op ----------------------------------------------------------------- */

static void test_reservation(void **state)
{
	struct xen_memory_domain op = {.domid = DOMID_SELF};

	(void)state;
	assert_int_equal(memory_op(XENMEM_current_reservation, &op, sizeof(op)),
			 FAKE_DOMAIN_RAM >> PAGE_SHIFT);
	assert_int_equal(memory_op(XENMEM_maximum_reservation, &op, sizeof(op)),
			 FAKE_DOMAIN_RAM >> PAGE_SHIFT);
	assert_int_equal(memory_op(XENMEM_maximum_gpfn, &op, sizeof(op)),
			 fake_window_gfn(dom0, 0) - 1);
	op.domid = domu->id;
	assert_int_equal(memory_op(XENMEM_current_reservation, &op, sizeof(op)),
			 FAKE_DOMAIN_RAM >> PAGE_SHIFT);
	op.domid = 6;
	assert_int_equal(memory_op(XENMEM_current_reservation, &op, sizeof(op)),
			 -XEN_ESRCH);
	fake_run(domu->vcpu[0]);
	op.domid = 0;
	assert_int_equal(memory_op(XENMEM_current_reservation, &op, sizeof(op)),
			 -XEN_EPERM);
	assert_int_equal(
		fake_call(__HYPERVISOR_memory_op, XENMEM_current_reservation, NOWHERE, 0),
		-XEN_EFAULT);
}

static void test_balloon(void **state)
{
	uint64_t list[4] = {fake_gfn(dom0, 100), fake_gfn(dom0, 101), fake_gfn(dom0, 102),
			    fake_window_gfn(dom0, 0)};
	struct xen_memory_reservation op = {.nr_extents = 3, .domid = DOMID_SELF};

	(void)state;
	op.extent_start.q = guest_put(list, sizeof(list));
	assert_int_equal(memory_op(XENMEM_decrease_reservation, &op, sizeof(op)), 3);
	assert_int_equal(memory_op(XENMEM_populate_physmap, &op, sizeof(op)), 3);
	op.nr_extents = 4; /* the fourth is not RAM: as many as could be done */
	assert_int_equal(memory_op(XENMEM_decrease_reservation, &op, sizeof(op)), 3);
	op.nr_extents = UINT64_MAX; /* until the list ends */
	assert_int_equal(memory_op(XENMEM_decrease_reservation, &op, sizeof(op)), 3);
	op.extent_order = 9;
	assert_int_equal(memory_op(XENMEM_decrease_reservation, &op, sizeof(op)),
			 -XEN_EINVAL);
	op.extent_order = 0;
	op.extent_start.q |= 1ull << 33;
	assert_int_equal(memory_op(XENMEM_decrease_reservation, &op, sizeof(op)),
			 -XEN_EINVAL);
	op.extent_start.q = NOWHERE;
	assert_int_equal(memory_op(XENMEM_decrease_reservation, &op, sizeof(op)), 0);
	op.domid = 3;
	assert_int_equal(memory_op(XENMEM_decrease_reservation, &op, sizeof(op)),
			 -XEN_ESRCH);
	assert_int_equal(fake_call(__HYPERVISOR_memory_op, XENMEM_decrease_reservation,
				   NOWHERE, 0),
			 -XEN_EFAULT);
}

static long add_to_physmap(domid_t d, unsigned int space, uint64_t index, uint64_t gpfn)
{
	struct xen_add_to_physmap op = {
		.domid = d, .space = space, .idx = index, .gpfn = gpfn};

	return memory_op(XENMEM_add_to_physmap, &op, sizeof(op));
}

static void test_add_to_physmap(void **state)
{
	uint64_t gpfn = fake_gfn(domu, 30);

	(void)state;
	fake_run(domu->vcpu[0]);
	assert_int_equal(add_to_physmap(DOMID_SELF, XENMAPSPACE_shared_info, 1, gpfn),
			 -XEN_EINVAL);
	assert_int_equal(
		add_to_physmap(DOMID_SELF, XENMAPSPACE_shared_info, 0, UINT64_MAX),
		-XEN_EINVAL);
	assert_int_equal(
		add_to_physmap(DOMID_SELF, XENMAPSPACE_shared_info, 0, fake_gfn(domu, 0)),
		-XEN_EINVAL);
	assert_int_equal(add_to_physmap(0, XENMAPSPACE_shared_info, 0, gpfn), -XEN_EPERM);
	assert_int_equal(add_to_physmap(9, XENMAPSPACE_shared_info, 0, gpfn), -XEN_ESRCH);
	for (unsigned int space = XENMAPSPACE_gmfn; space < 9; space++)
		assert_int_equal(add_to_physmap(DOMID_SELF, space, 0, gpfn), -XEN_ENOSYS);
	assert_null(domu->shared_info);
	assert_int_equal(add_to_physmap(DOMID_SELF, XENMAPSPACE_shared_info, 0, gpfn), 0);
	assert_non_null(domu->shared_info);
	assert_int_equal(
		fake_call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, NOWHERE, 0),
		-XEN_EFAULT);
}

/* Batch of n frames of domU for dom0's window; the errors come back. */
static long map_foreign(domid_t owner, uint64_t *indices, uint64_t *gpfns,
			int32_t *errors, uint16_t n)
{
	struct xen_add_to_physmap_batch op = {.domid = DOMID_SELF,
					      .space = XENMAPSPACE_gmfn_foreign,
					      .size = n,
					      .u.foreign_domid = owner};
	uint32_t at = guest_put(errors, n * (uint32_t)sizeof(*errors));
	long result;

	op.idxs.q = guest_put(indices, n * (uint32_t)sizeof(*indices));
	op.gpfns.q = guest_put(gpfns, n * (uint32_t)sizeof(*gpfns));
	op.errs.q = at;
	result = memory_op(XENMEM_add_to_physmap_batch, &op, sizeof(op));
	guest_get(errors, at, n * (uint32_t)sizeof(*errors));
	return result;
}

static void test_map_foreign(void **state)
{
	uint64_t indices[3] = {fake_gfn(domu, 50), 0, fake_gfn(domu, 51)};
	uint64_t gpfns[3] = {fake_window_gfn(dom0, 0), fake_window_gfn(dom0, 1),
			     fake_window_gfn(dom0, 2)};
	int32_t errors[3] = {9, 9, 9};
	struct xen_remove_from_physmap remove = {.domid = DOMID_SELF, .gpfn = gpfns[2]};

	(void)state;
	assert_int_equal(map_foreign(domu->id, indices, gpfns, errors, 3), 0);
	assert_int_equal(errors[0], 0);
	assert_int_equal(errors[1], -XEN_EINVAL);
	assert_int_equal(errors[2], 0);
	assert_int_equal(dom0->foreign[2], domu->machine_base.m + 51 * PAGE_SIZE);
	assert_int_equal(memory_op(XENMEM_remove_from_physmap, &remove, sizeof(remove)),
			 0);
	assert_int_equal(dom0->foreign[2], 0);
	assert_int_equal(memory_op(XENMEM_remove_from_physmap, &remove, sizeof(remove)),
			 -XEN_ENOENT);
	assert_int_equal(map_foreign(8, indices, gpfns, errors, 1), 0);
	assert_int_equal(errors[0], -XEN_ESRCH);
	/* only dom0 may */
	fake_run(domu->vcpu[0]);
	assert_int_equal(map_foreign(0, indices, gpfns, errors, 1), 0);
	assert_int_equal(errors[0], -XEN_EPERM);
}

static void test_map_foreign_refused(void **state)
{
	struct xen_add_to_physmap_batch op = {.domid = DOMID_SELF,
					      .space = XENMAPSPACE_gmfn_foreign,
					      .size = 1,
					      .u.foreign_domid = domu->id};
	struct xen_remove_from_physmap remove = {.domid = 4};
	uint64_t value = fake_gfn(domu, 50);

	(void)state;
	op.idxs.q = op.gpfns.q = guest_put(&value, sizeof(value));
	op.errs.q = NOWHERE;
	assert_int_equal(memory_op(XENMEM_add_to_physmap_batch, &op, sizeof(op)),
			 -XEN_EFAULT);
	op.errs.q = 1ull << 32;
	assert_int_equal(memory_op(XENMEM_add_to_physmap_batch, &op, sizeof(op)),
			 -XEN_EFAULT);
	op.errs.q = op.idxs.q;
	op.gpfns.q = NOWHERE;
	assert_int_equal(memory_op(XENMEM_add_to_physmap_batch, &op, sizeof(op)),
			 -XEN_EFAULT);
	op.size = GRANT_BATCH_MAX + 1;
	assert_int_equal(memory_op(XENMEM_add_to_physmap_batch, &op, sizeof(op)),
			 -XEN_E2BIG);
	op.domid = 4;
	op.size = 1;
	assert_int_equal(memory_op(XENMEM_add_to_physmap_batch, &op, sizeof(op)),
			 -XEN_ESRCH);
	op.space = XENMAPSPACE_gmfn;
	assert_int_equal(memory_op(XENMEM_add_to_physmap_batch, &op, sizeof(op)),
			 -XEN_ENOSYS);
	assert_int_equal(fake_call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch,
				   NOWHERE, 0),
			 -XEN_EFAULT);
	assert_int_equal(memory_op(XENMEM_remove_from_physmap, &remove, sizeof(remove)),
			 -XEN_ESRCH);
	assert_int_equal(
		fake_call(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, NOWHERE, 0),
		-XEN_EFAULT);
	for (unsigned int cmd = 16; cmd < 60; cmd++)
		if (cmd != XENMEM_add_to_physmap_batch)
			assert_int_equal(
				fake_call(__HYPERVISOR_memory_op, cmd, NOWHERE, 0),
				-XEN_ENOSYS);
}

/* ---- domctl -------------------------------------------------------------------- */

static long domctl(uint32_t cmd, domid_t id, struct xen_domctl *op)
{
	uint32_t at;
	long result;

	memset(op, 0xff, sizeof(*op));
	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = id;
	at = guest_put(op, sizeof(*op));
	result = fake_call(__HYPERVISOR_domctl, at, 0, 0);
	guest_get(op, at, sizeof(*op));
	return result;
}

static void test_getdomaininfo(void **state)
{
	struct xen_domctl_getdomaininfo *info;
	struct xen_domctl op;

	(void)state;
	info = &op.u.getdomaininfo;
	fake_clock = 1000;
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, 0, &op), 0);
	assert_int_equal(info->domain, 0);
	assert_int_equal(info->flags, XEN_DOMINF_hvm_guest | XEN_DOMINF_running);
	assert_int_equal(info->tot_pages, FAKE_DOMAIN_RAM >> PAGE_SHIFT);
	assert_int_equal(info->nr_online_vcpus, 1);
	assert_int_equal(info->max_vcpu_id, 0);
	assert_int_equal(info->cpu_time, 10000);
	assert_int_equal(info->shared_info_frame, UINT64_MAX);
	assert_int_equal(info->outstanding_pages, 0); /* all of it was written */

	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, domu->id, &op), 0);
	assert_int_equal(info->flags,
			 XEN_DOMINF_hvm_guest); /* runnable, it does not run */
	assert_int_equal(info->max_vcpu_id, 1);
	assert_int_equal(info->nr_online_vcpus, 1);
	domu->vcpu[0]->state = VCPU_BLOCKED;
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, domu->id, &op), 0);
	assert_int_equal(info->flags, XEN_DOMINF_hvm_guest | XEN_DOMINF_blocked);
	domu->vcpu[0]->state = VCPU_RUNNABLE;
	/* the next one from an id on */
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, 2, &op), -XEN_ESRCH);
	assert_non_null(fake_domain("third", 1, false));
	assert_int_equal(domain_destroy(domu), 0);
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, 1, &op), 0);
	assert_int_equal(op.domain, 2);
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, DOMID_SELF, &op), -XEN_ESRCH);
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, 0xffff, &op), -XEN_ESRCH);
}

static void test_pause(void **state)
{
	struct xen_domctl op;
	const uint32_t paused = XEN_DOMINF_hvm_guest | XEN_DOMINF_paused;

	(void)state;
	assert_int_equal(domctl(XEN_DOMCTL_pausedomain, domu->id, &op), 0);
	assert_int_equal(domu->vcpu[0]->state, VCPU_PAUSED);
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, domu->id, &op), 0);
	assert_int_equal(op.u.getdomaininfo.flags, paused);
	assert_int_equal(domctl(XEN_DOMCTL_pausedomain, domu->id, &op), 0);
	assert_int_equal(domctl(XEN_DOMCTL_unpausedomain, domu->id, &op), 0);
	assert_int_equal(domu->vcpu[0]->state, VCPU_PAUSED); /* counted */
	assert_int_equal(domctl(XEN_DOMCTL_unpausedomain, domu->id, &op), 0);
	assert_int_equal(domu->vcpu[0]->state, VCPU_RUNNABLE);
	assert_int_equal(domctl(XEN_DOMCTL_unpausedomain, domu->id, &op), -XEN_EINVAL);
	assert_int_equal(domctl(XEN_DOMCTL_pausedomain, 0, &op),
			 -XEN_EINVAL); /* itself */
	assert_int_equal(domctl(XEN_DOMCTL_unpausedomain, 0, &op), -XEN_EINVAL);
	assert_int_equal(domctl(XEN_DOMCTL_pausedomain, 9, &op), -XEN_ESRCH);
	assert_int_equal(domctl(XEN_DOMCTL_pausedomain, DOMID_SELF, &op), -XEN_ESRCH);
}

static void test_destroy(void **state)
{
	struct xen_domctl op;

	(void)state;
	assert_int_equal(domctl(XEN_DOMCTL_destroydomain, 0, &op), -XEN_EINVAL);
	assert_int_equal(
		foreign_map(dom0, fake_window_gfn(dom0, 0), domu, fake_gfn(domu, 9)), 0);
	assert_int_equal(domctl(XEN_DOMCTL_destroydomain, domu->id, &op), 0);
	/* a page of it is mapped: it is there, dying, and takes no operation */
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, 1, &op), 0);
	assert_true(op.u.getdomaininfo.flags & XEN_DOMINF_dying);
	assert_int_equal(domctl(XEN_DOMCTL_destroydomain, 1, &op), 0); /* again */
	assert_int_equal(foreign_unmap(dom0, fake_window_gfn(dom0, 0)), 0);
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, 1, &op), -XEN_ESRCH);
	assert_int_equal(domctl(XEN_DOMCTL_destroydomain, 1, &op), -XEN_ESRCH);
}

static void test_shutdown_is_told(void **state)
{
	struct xen_domctl op;

	(void)state;
	domain_shutdown(domu, SHUTDOWN_reboot);
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, domu->id, &op), 0);
	assert_int_equal(op.u.getdomaininfo.flags,
			 XEN_DOMINF_hvm_guest | XEN_DOMINF_shutdown |
				 SHUTDOWN_reboot << XEN_DOMINF_shutdownshift);
}

static bool cmd_is_known(const uint32_t *cmds, unsigned int count, uint32_t cmd)
{
	while (count && *cmds != cmd)
		cmds++, count--;
	return count;
}

static const uint32_t domctls[] = {XEN_DOMCTL_getvcpuinfo, XEN_DOMCTL_scheduler_op,
				   XEN_DOMCTL_setdomainhandle, XEN_DOMCTL_getvcpuaffinity,
				   XEN_DOMCTL_getnodeaffinity};
static const uint32_t sysctls[] = {
	XEN_SYSCTL_readconsole,       XEN_SYSCTL_physinfo,   XEN_SYSCTL_sched_id,
	XEN_SYSCTL_getdomaininfolist, XEN_SYSCTL_debug_keys, XEN_SYSCTL_getcpuinfo,
	XEN_SYSCTL_cputopoinfo,       XEN_SYSCTL_numainfo,   XEN_SYSCTL_cpupool_op,
	XEN_SYSCTL_scheduler_op,
};

static void test_domctl_refused(void **state)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_getdomaininfo,
				.interface_version = 0x17};

	(void)state;
	assert_int_equal(fake_call(__HYPERVISOR_domctl, guest_put(&op, sizeof(op)), 0, 0),
			 0);
	op.interface_version = 0x16;
	assert_int_equal(fake_call(__HYPERVISOR_domctl, guest_put(&op, sizeof(op)), 0, 0),
			 -XEN_EACCES);
	op.interface_version = 0x14;
	assert_int_equal(fake_call(__HYPERVISOR_domctl, guest_put(&op, sizeof(op)), 0, 0),
			 -XEN_EACCES);
	assert_int_equal(fake_call(__HYPERVISOR_domctl, NOWHERE, 0, 0), -XEN_EFAULT);
	for (uint32_t cmd = 6; cmd < 100; cmd++) {
		if (cmd_is_known(domctls, ARRAY_SIZE(domctls), cmd))
			continue;
		assert_int_equal(domctl(cmd, domu->id, &op), -XEN_ENOSYS);
		assert_int_equal(domctl(cmd, 0, &op), -XEN_ENOSYS);
	}
	assert_int_equal(domctl(XEN_DOMCTL_createdomain, domu->id, &op), -XEN_ENOSYS);
	fake_run(domu->vcpu[0]);
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, 0, &op), -XEN_EPERM);
	assert_int_equal(domctl(XEN_DOMCTL_destroydomain, domu->id, &op), -XEN_EPERM);
}

/* ---- sysctl -------------------------------------------------------------------- */

static long sysctl(struct xen_sysctl *op)
{
	uint32_t at;
	long result;

	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	at = guest_put(op, sizeof(*op));
	result = fake_call(__HYPERVISOR_sysctl, at, 0, 0);
	guest_get(op, at, sizeof(*op));
	return result;
}

static void test_physinfo(void **state)
{
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_physinfo};
	const struct xen_sysctl_physinfo *info = &op.u.physinfo;

	(void)state;
	memset(&op.u, 0xff, sizeof(op.u));
	assert_int_equal(sysctl(&op), 0);
	assert_int_equal(info->nr_cpus, 1);
	assert_int_equal(info->max_cpu_id, CPU_COUNT_MAX - 1);
	assert_int_equal(info->cpu_khz, 100000);
	assert_int_equal(info->total_pages, FAKE_RAM_SIZE >> PAGE_SHIFT);
	assert_int_equal(info->free_pages, FAKE_RAM_SIZE / 2 >> PAGE_SHIFT);
	assert_true(info->capabilities & XEN_SYSCTL_PHYSCAP_gnttab_v1);
	assert_false(info->capabilities & XEN_SYSCTL_PHYSCAP_gnttab_v2);
	op.cmd = XEN_SYSCTL_sched_id;
	assert_int_equal(sysctl(&op), 0);
	assert_int_equal(op.u.sched_id.sched_id, XEN_SCHEDULER_CREDIT);
}

static void test_getdomaininfolist(void **state)
{
	struct xen_domctl_getdomaininfo infos[4] = {0};
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_getdomaininfolist};
	uint32_t at = guest_put(infos, sizeof(infos));

	(void)state;
	op.u.getdomaininfolist.max_domains = UINT32_MAX;
	op.u.getdomaininfolist.buffer.q = at;
	assert_int_equal(sysctl(&op), 0);
	assert_int_equal(op.u.getdomaininfolist.num_domains, 2);
	guest_get(infos, at, sizeof(infos));
	assert_int_equal(infos[0].domain, 0);
	assert_int_equal(infos[1].domain, domu->id);
	op.u.getdomaininfolist.max_domains = 1;
	assert_int_equal(sysctl(&op), 0);
	assert_int_equal(op.u.getdomaininfolist.num_domains, 1);
	op.u.getdomaininfolist.max_domains = 5;
	op.u.getdomaininfolist.first_domain = 1;
	assert_int_equal(sysctl(&op), 0);
	assert_int_equal(op.u.getdomaininfolist.num_domains, 1);
	op.u.getdomaininfolist.first_domain = 0xffff;
	assert_int_equal(sysctl(&op), 0);
	assert_int_equal(op.u.getdomaininfolist.num_domains, 0);
	op.u.getdomaininfolist.first_domain = 0;
	op.u.getdomaininfolist.buffer.q = NOWHERE;
	assert_int_equal(sysctl(&op), -XEN_EFAULT);
	op.u.getdomaininfolist.buffer.q = 1ull << 35;
	assert_int_equal(sysctl(&op), -XEN_EFAULT);
}

static void test_sysctl_refused(void **state)
{
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_physinfo, .interface_version = 0x14};

	(void)state;
	assert_int_equal(fake_call(__HYPERVISOR_sysctl, guest_put(&op, sizeof(op)), 0, 0),
			 -XEN_EACCES);
	assert_int_equal(fake_call(__HYPERVISOR_sysctl, NOWHERE, 0, 0), -XEN_EFAULT);
	for (op.cmd = 0; op.cmd < 40; op.cmd++)
		if (!cmd_is_known(sysctls, ARRAY_SIZE(sysctls), op.cmd))
			assert_int_equal(sysctl(&op), -XEN_ENOSYS);
	op.cmd = XEN_SYSCTL_physinfo;
	fake_run(domu->vcpu[0]);
	assert_int_equal(sysctl(&op), -XEN_EPERM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_guest_access),
		TEST(test_frames_of_a_domain),
		TEST(test_reservation),
		TEST(test_balloon),
		TEST(test_add_to_physmap),
		TEST(test_map_foreign),
		TEST(test_map_foreign_refused),
		TEST(test_getdomaininfo),
		TEST(test_pause),
		TEST(test_destroy),
		TEST(test_shutdown_is_told),
		TEST(test_domctl_refused),
		TEST(test_physinfo),
		TEST(test_getdomaininfolist),
		TEST(test_sysctl_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
