// SPDX-License-Identifier: GPL-2.0-only
/* Grants: grant.c and grant_table.c through their hypercall. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include <arch/memory.h>
#include <hv/grant.h>
#include <hv/guest_access.h>
#include "fake.h"

#define FRAME_PAGE 8 /* page of a domain's RAM that is its grant frame 0 */

static struct domain *dom0, *domu, *third;
static grant_entry_v1_t *table; /* domU's frame 0, as domU sees it */

static long add_to_physmap(unsigned int space, uint64_t index, uint64_t gpfn)
{
	struct xen_add_to_physmap op = {
		.domid = DOMID_SELF, .space = space, .idx = index, .gpfn = gpfn};

	return fake_call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
			 guest_put(&op, sizeof(op)), 0);
}

static grant_entry_v1_t *give_grant_frame(uint64_t index, uint32_t page)
{
	struct domain *d = current_domain();

	assert_int_equal(
		add_to_physmap(XENMAPSPACE_grant_table, index, fake_gfn(d, page)), 0);
	return guest_ram(d, fake_gfn(d, page) << PAGE_SHIFT);
}

/* The machine as it is while dom0's drivers run: domU's pages are granted to dom0. */
static int setup(void **state)
{
	(void)state;
	fake_power_on();
	dom0 = fake_domain("dom0", 1, true);
	domu = fake_domain("domU", 1, false);
	third = fake_domain("third", 1, false);
	fake_run(domu->vcpu[0]);
	table = give_grant_frame(0, FRAME_PAGE);
	fake_run(dom0->vcpu[0]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_power_off();
	return 0;
}

static void grant(grant_ref_t ref, uint32_t page, domid_t to, uint16_t flags)
{
	table[ref].frame = fake_gfn(domu, page);
	table[ref].domid = to;
	table[ref].flags = GTF_permit_access | flags;
}

static char *page_of(struct domain *d, uint32_t page)
{
	return guest_ram(d, fake_gfn(d, page) << PAGE_SHIFT);
}

static uint32_t machine_of(const struct domain *d, uint32_t page)
{
	return d->machine_base.m + page * PAGE_SIZE;
}

static uint64_t window_address(uint32_t frame)
{
	return (uint64_t)fake_window_gfn(dom0, frame) << PAGE_SHIFT;
}

/* One element by its hypercall, copied back. */
static long grant_op(unsigned int cmd, void *op, uint32_t bytes)
{
	uint32_t at = guest_put(op, bytes);
	long result = fake_call(__HYPERVISOR_grant_table_op, cmd, at, 1);

	guest_get(op, at, bytes);
	return result;
}
#define OP(cmd, op) grant_op(GNTTABOP_##cmd, &(op), sizeof(op))

static struct gnttab_map_grant_ref map_op(grant_ref_t ref, uint32_t frame, uint32_t flags)
{
	return (struct gnttab_map_grant_ref){.host_addr = window_address(frame),
					     .flags = flags,
					     .ref = ref,
					     .dom = domu->id,
					     .status = 77,
					     .handle = 0xdead};
}

static int map(grant_ref_t ref, uint32_t frame, uint32_t flags)
{
	struct gnttab_map_grant_ref op = map_op(ref, frame, flags);

	assert_int_equal(OP(map_grant_ref, op), 0);
	if (op.status == GNTST_okay) {
		assert_int_equal(op.handle, frame);
		assert_int_equal(op.dev_bus_addr, dom0->foreign[frame]);
	}
	return op.status;
}

static int unmap(uint32_t handle, uint64_t host_addr, uint64_t dev_bus_addr)
{
	struct gnttab_unmap_grant_ref op = {.host_addr = host_addr,
					    .dev_bus_addr = dev_bus_addr,
					    .handle = handle,
					    .status = 77};

	assert_int_equal(OP(unmap_grant_ref, op), 0);
	return op.status;
}

/* ---- mapping ------------------------------------------------------------------- */

static void test_map_and_unmap(void **state)
{
	(void)state;
	grant(9, 40, 0, 0);
	assert_int_equal(map(9, 3, GNTMAP_host_map), GNTST_okay);
	assert_int_equal(dom0->foreign[3], machine_of(domu, 40));
	assert_int_equal(table[9].flags, GTF_permit_access | GTF_reading | GTF_writing);
	assert_true(grants_in_use(domu));

	/* again, elsewhere, for reading: counted */
	assert_int_equal(map(9, 4, GNTMAP_host_map | GNTMAP_readonly), GNTST_okay);
	assert_int_equal(unmap(3, window_address(3), 0), GNTST_okay);
	assert_int_equal(dom0->foreign[3], 0);
	assert_int_equal(table[9].flags, GTF_permit_access | GTF_reading);
	assert_int_equal(map(9, 5, GNTMAP_host_map | GNTMAP_device_map), GNTST_okay);
	assert_int_equal(table[9].flags, GTF_permit_access | GTF_reading | GTF_writing);
	assert_int_equal(unmap(4, window_address(4), 0), GNTST_okay);
	assert_int_equal(unmap(5, window_address(5), machine_of(domu, 40)), GNTST_okay);
	assert_int_equal(table[9].flags, GTF_permit_access);
	assert_false(grants_in_use(domu));
}

static void test_map_readonly(void **state)
{
	(void)state;
	grant(1, 40, 0, GTF_readonly);
	assert_int_equal(map(1, 0, GNTMAP_host_map), GNTST_general_error);
	assert_int_equal(table[1].flags, GTF_permit_access | GTF_readonly);
	assert_int_equal(map(1, 0, GNTMAP_host_map | GNTMAP_readonly), GNTST_okay);
	assert_int_equal(table[1].flags, GTF_permit_access | GTF_readonly | GTF_reading);
	/* a second mapping for writing is refused and takes nothing away */
	assert_int_equal(map(1, 1, GNTMAP_host_map), GNTST_general_error);
	assert_int_equal(table[1].flags, GTF_permit_access | GTF_readonly | GTF_reading);
	assert_int_equal(unmap(0, window_address(0), 0), GNTST_okay);
	assert_int_equal(table[1].flags, GTF_permit_access | GTF_readonly);
}

static void test_map_refused(void **state)
{
	struct gnttab_map_grant_ref op;

	(void)state;
	/* the entry */
	assert_int_equal(map(2, 0, GNTMAP_host_map), GNTST_general_error); /* invalid */
	grant(2, 40, third->id, 0); /* for another */
	assert_int_equal(map(2, 0, GNTMAP_host_map), GNTST_general_error);
	grant(2, 40, 0, GTF_sub_page);
	assert_int_equal(map(2, 0, GNTMAP_host_map), GNTST_general_error);
	table[2].flags = GTF_accept_transfer;
	assert_int_equal(map(2, 0, GNTMAP_host_map), GNTST_general_error);
	table[2].flags = GTF_transitive;
	assert_int_equal(map(2, 0, GNTMAP_host_map), GNTST_general_error);
	assert_int_equal(map(512, 0, GNTMAP_host_map), GNTST_bad_gntref);
	assert_int_equal(map(512 * GRANT_FRAMES_MAX, 0, GNTMAP_host_map),
			 GNTST_bad_gntref);
	assert_int_equal(map(UINT32_MAX, 0, GNTMAP_host_map), GNTST_bad_gntref);

	/* the frame: not domU's to lend */
	grant(2, 40, 0, 0);
	table[2].frame = 0;
	assert_int_equal(map(2, 0, GNTMAP_host_map), GNTST_bad_page);
	table[2].frame = UINT32_MAX;
	assert_int_equal(map(2, 0, GNTMAP_host_map), GNTST_bad_page);
	table[2].frame = fake_gfn(domu, FAKE_DOMAIN_RAM >> PAGE_SHIFT);
	assert_int_equal(map(2, 0, GNTMAP_host_map), GNTST_bad_page);
	table[2].frame = fake_gfn(domu, 1); /* sigma' */
	assert_int_equal(map(2, 0, GNTMAP_host_map), GNTST_bad_page);
	assert_int_equal(table[2].flags, GTF_permit_access); /* marks taken back */

	/* the call */
	grant(2, 40, 0, 0);
	assert_int_equal(map(2, 0, 0), GNTST_bad_gntref);
	assert_int_equal(map(2, 0, GNTMAP_device_map), GNTST_no_device_space);
	assert_int_equal(map(2, 0, GNTMAP_host_map | GNTMAP_contains_pte),
			 GNTST_general_error);
	assert_int_equal(map(2, 0, GNTMAP_host_map | GNTMAP_application_map),
			 GNTST_general_error);
	op = map_op(2, 0, GNTMAP_host_map);
	op.dom = 9;
	assert_int_equal(OP(map_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_bad_domain);
	op.dom = DOMID_SELF;
	assert_int_equal(OP(map_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_bad_domain);

	/* the address */
	assert_int_equal(map(2, FAKE_WINDOW >> PAGE_SHIFT, GNTMAP_host_map),
			 GNTST_bad_virt_addr);
	op = map_op(2, 0, GNTMAP_host_map);
	op.host_addr = dom0->ram_base.p;
	assert_int_equal(OP(map_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_bad_virt_addr);
	op.host_addr = window_address(0) | 1ull << 32;
	assert_int_equal(OP(map_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_bad_virt_addr);
	op.host_addr = UINT64_MAX;
	assert_int_equal(OP(map_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_bad_virt_addr);
	/* taken */
	assert_int_equal(map(2, 7, GNTMAP_host_map), GNTST_okay);
	assert_int_equal(map(2, 7, GNTMAP_host_map), GNTST_bad_virt_addr);
	assert_int_equal(unmap(7, window_address(7), 0), GNTST_okay);
	assert_false(grants_in_use(domu));
}

/* A granter that changes a pinned entry does not move what is mapped. */
static void test_entry_changes_while_mapped(void **state)
{
	(void)state;
	grant(3, 40, 0, 0);
	assert_int_equal(map(3, 0, GNTMAP_host_map), GNTST_okay);
	grant(3, 41, 0, 0);
	assert_int_equal(map(3, 1, GNTMAP_host_map), GNTST_okay);
	assert_int_equal(dom0->foreign[1], machine_of(domu, 40));
	/* now for another domain, which may not join in */
	table[3].domid = third->id;
	fake_run(third->vcpu[0]);
	assert_int_equal(map(3, 0, GNTMAP_host_map), GNTST_general_error);
	fake_run(dom0->vcpu[0]);
	memset(table, 0xff, PAGE_SIZE);
	assert_int_equal(unmap(0, window_address(0), 0), GNTST_okay);
	assert_int_equal(unmap(1, window_address(1), 0), GNTST_okay);
	assert_int_equal(table[3].flags, 0xffff & ~(GTF_reading | GTF_writing));
	assert_int_equal(table[3].domid, 0xffff);
	/* free again: the new frame counts */
	grant(3, 41, 0, 0);
	assert_int_equal(map(3, 0, GNTMAP_host_map), GNTST_okay);
	assert_int_equal(dom0->foreign[0], machine_of(domu, 41));
}

/* The granter's other vCPU changes the entry between our read and our write. */
static int changes;

static void change_entry(uint32_t *word)
{
	if (changes-- > 0)
		*word ^= GTF_PWT;
}

static void revoke_entry(uint32_t *word)
{
	*word &= ~GTF_type_mask;
}

static void test_entry_changes_under_our_hands(void **state)
{
	(void)state;
	grant(4, 40, 0, 0);
	fake_before_cas = change_entry;
	changes = 4;
	assert_int_equal(map(4, 0, GNTMAP_host_map), GNTST_okay);
	assert_int_equal(unmap(0, window_address(0), 0), GNTST_okay);
	changes = 100;
	assert_int_equal(map(4, 0, GNTMAP_host_map), GNTST_general_error);
	assert_int_equal(table[4].flags & (GTF_reading | GTF_writing), 0);
	fake_before_cas = revoke_entry;
	grant(4, 40, 0, 0);
	assert_int_equal(map(4, 0, GNTMAP_host_map), GNTST_general_error);
	assert_int_equal(table[4].flags, 0);
	fake_before_cas = NULL;
	assert_false(grants_in_use(domu));
}

static void test_unmap_refused(void **state)
{
	(void)state;
	grant(5, 40, 0, 0);
	assert_int_equal(unmap(0, window_address(0), 0), GNTST_bad_handle);
	assert_int_equal(map(5, 2, GNTMAP_host_map), GNTST_okay);
	assert_int_equal(unmap(0, window_address(0), 0), GNTST_bad_handle);
	assert_int_equal(unmap(3, window_address(3), 0), GNTST_bad_handle);
	assert_int_equal(unmap(FAKE_WINDOW >> PAGE_SHIFT, 0, 0), GNTST_bad_handle);
	assert_int_equal(unmap(64 * 512, 0, 0), GNTST_bad_handle);
	assert_int_equal(unmap(UINT32_MAX, 0, 0), GNTST_bad_handle);
	assert_int_equal(unmap(2, window_address(3), 0), GNTST_bad_virt_addr);
	assert_int_equal(unmap(2, window_address(2) | 1ull << 40, 0),
			 GNTST_bad_virt_addr);
	assert_int_equal(unmap(2, dom0->ram_base.p, 0), GNTST_bad_virt_addr);
	assert_int_equal(unmap(2, window_address(2), 4096), GNTST_bad_dev_addr);
	/* no address: nothing to undo, the mapping stays */
	assert_int_equal(unmap(2, 0, machine_of(domu, 40)), GNTST_okay);
	assert_int_equal(dom0->foreign[2], machine_of(domu, 40));
	assert_int_equal(unmap(2, window_address(2), 0), GNTST_okay);
	assert_int_equal(unmap(2, window_address(2), 0), GNTST_bad_handle);
}

/* A batch: each element by itself, all answered. */
static void test_batch(void **state)
{
	struct gnttab_map_grant_ref ops[40];
	uint32_t at;

	(void)state;
	for (unsigned int i = 0; i < 40; i++) {
		grant(100 + i, 40 + i, i == 20 ? 9 : 0, 0);
		ops[i] = map_op(100 + i, i, GNTMAP_host_map);
	}
	at = guest_put(ops, sizeof(ops));
	assert_int_equal(
		fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, at, 40),
		0);
	guest_get(ops, at, sizeof(ops));
	for (unsigned int i = 0; i < 40; i++) {
		assert_int_equal(ops[i].status,
				 i == 20 ? GNTST_general_error : GNTST_okay);
		assert_int_equal(dom0->foreign[i],
				 i == 20 ? 0 : machine_of(domu, 40 + i));
	}
	/* the whole window at once is the limit */
	assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref,
				   at, GRANT_BATCH_MAX + 1),
			 -XEN_E2BIG);
	assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_copy, at,
				   GRANT_COPY_BATCH_MAX + 1),
			 -XEN_E2BIG);
	assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref,
				   at, UINT32_MAX),
			 -XEN_E2BIG);
	assert_int_equal(
		fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, 0, 0), 0);
}

/* A batch that runs into memory that is not there ends; what was done is answered. */
static void test_batch_ends_in_a_hole(void **state)
{
	uint32_t end = FAKE_RAM_BASE + FAKE_DOMAIN_RAM;
	struct gnttab_map_grant_ref op = map_op(6, 0, GNTMAP_host_map);

	(void)state;
	grant(6, 40, 0, 0);
	memcpy(guest_ram(dom0, end - sizeof(op)), &op, sizeof(op));
	assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref,
				   end - sizeof(op), 2),
			 -XEN_EFAULT);
	memcpy(&op, guest_ram(dom0, end - sizeof(op)), sizeof(op));
	assert_int_equal(op.status, GNTST_okay);
	assert_int_equal(dom0->foreign[0], machine_of(domu, 40));
	/* an element that could not be answered is not done */
	op = map_op(6, 1, GNTMAP_host_map);
	fake_readonly[0] = guest_put(&op, sizeof(op));
	assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref,
				   fake_readonly[0], 1),
			 -XEN_EFAULT);
	assert_int_equal(dom0->foreign[1], 0);
}

static void test_whole_window(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 300; i++)
		grant(200 + i, 40 + i, 0, 0);
	for (unsigned int i = 0; i < FAKE_WINDOW >> PAGE_SHIFT; i++)
		assert_int_equal(map(200 + i, i, GNTMAP_host_map), GNTST_okay);
	assert_int_equal(map(460, FAKE_WINDOW >> PAGE_SHIFT, GNTMAP_host_map),
			 GNTST_bad_virt_addr);
	for (unsigned int i = 0; i < FAKE_WINDOW >> PAGE_SHIFT; i++)
		assert_int_equal(unmap(i, window_address(i), 0), GNTST_okay);
	assert_false(grants_in_use(domu));
}

static void test_no_space_for_mappings(void **state)
{
	(void)state;
	grant(7, 40, 0, 0);
	fake_heap_budget = 0;
	assert_int_equal(map(7, 0, GNTMAP_host_map), GNTST_no_space);
	fake_heap_budget = -1;
	assert_int_equal(map(7, 0, GNTMAP_host_map), GNTST_okay);
	/* a window beyond what can be recorded */
	dom0->foreign_size = 0x10000000;
	assert_int_equal(map(7, 64 * 512, GNTMAP_host_map), GNTST_no_space);
	dom0->foreign_size = FAKE_WINDOW;
}

/* ---- copying ------------------------------------------------------------------- */

static struct gnttab_copy copy_op(uint16_t flags)
{
	struct gnttab_copy op = {.flags = flags, .len = 100, .status = 77};

	op.source.domid = flags & GNTCOPY_source_gref ? domu->id : DOMID_SELF;
	op.dest.domid = flags & GNTCOPY_dest_gref ? domu->id : DOMID_SELF;
	if (flags & GNTCOPY_source_gref)
		op.source.u.ref = 20;
	else
		op.source.u.gmfn = fake_gfn(dom0, 30);
	if (flags & GNTCOPY_dest_gref)
		op.dest.u.ref = 21;
	else
		op.dest.u.gmfn = fake_gfn(dom0, 31);
	return op;
}

static int copy(struct gnttab_copy op)
{
	assert_int_equal(OP(copy, op), 0);
	assert_int_equal(table[20].flags & (GTF_reading | GTF_writing), 0);
	assert_int_equal(table[21].flags & (GTF_reading | GTF_writing), 0);
	assert_false(grants_in_use(domu));
	return op.status;
}

static void test_copy(void **state)
{
	struct gnttab_copy op;

	(void)state;
	grant(20, 40, 0, GTF_readonly);
	grant(21, 41, 0, 0);
	memset(page_of(dom0, 30), 'a', PAGE_SIZE);
	memset(page_of(domu, 40), 'b', PAGE_SIZE);

	assert_int_equal(copy(copy_op(0)), GNTST_okay); /* own to own */
	assert_int_equal(page_of(dom0, 31)[99], 'a');
	assert_int_not_equal(page_of(dom0, 31)[100], 'a');
	op = copy_op(GNTCOPY_source_gref);
	op.source.offset = 50;
	op.dest.offset = 4000;
	op.len = 96;
	assert_int_equal(copy(op), GNTST_okay);
	assert_int_not_equal(page_of(dom0, 31)[3999], 'b');
	assert_int_equal(page_of(dom0, 31)[4000], 'b');
	assert_int_equal(page_of(dom0, 31)[4095], 'b');
	op = copy_op(GNTCOPY_dest_gref);
	op.len = 4096;
	assert_int_equal(copy(op), GNTST_okay);
	assert_memory_equal(page_of(domu, 41), page_of(dom0, 30), PAGE_SIZE);
	assert_int_equal(copy(copy_op(GNTCOPY_source_gref | GNTCOPY_dest_gref)),
			 GNTST_okay);
	assert_int_equal(page_of(domu, 41)[99], 'b');
	assert_int_equal(page_of(domu, 41)[100], 'a');
	op = copy_op(0);
	op.len = 0;
	assert_int_equal(copy(op), GNTST_okay);
}

static void test_copy_refused(void **state)
{
	struct gnttab_copy op;

	(void)state;
	grant(20, 40, 0, 0);
	grant(21, 41, 0, GTF_readonly);
	/* bounds */
	op = copy_op(0);
	op.source.offset = 4000;
	assert_int_equal(copy(op), GNTST_bad_copy_arg);
	op = copy_op(0);
	op.dest.offset = 0xffff;
	assert_int_equal(copy(op), GNTST_bad_copy_arg);
	op = copy_op(0);
	op.len = 0xffff;
	assert_int_equal(copy(op), GNTST_bad_copy_arg);
	/* frames of others without a grant */
	op = copy_op(0);
	op.source.domid = domu->id;
	assert_int_equal(copy(op), GNTST_permission_denied);
	op = copy_op(0);
	op.dest.domid = 0; /* own, but Xen wants DOMID_SELF */
	assert_int_equal(copy(op), GNTST_permission_denied);
	/* not own RAM */
	op = copy_op(0);
	op.source.u.gmfn = 0;
	assert_int_equal(copy(op), GNTST_bad_page);
	op = copy_op(0);
	op.dest.u.gmfn = fake_gfn(dom0, 0) | 1ull << 32;
	assert_int_equal(copy(op), GNTST_bad_page);
	op = copy_op(0);
	op.dest.u.gmfn = fake_gfn(dom0, 3); /* sigma' */
	assert_int_equal(copy(op), GNTST_bad_page);
	op = copy_op(0);
	op.dest.u.gmfn = fake_window_gfn(dom0, 0);
	assert_int_equal(copy(op), GNTST_bad_page);
	/* grants */
	assert_int_equal(copy(copy_op(GNTCOPY_dest_gref)), GNTST_general_error);
	assert_int_equal(copy(copy_op(GNTCOPY_source_gref | GNTCOPY_dest_gref)),
			 GNTST_general_error);
	op = copy_op(GNTCOPY_source_gref);
	op.source.u.ref = 100000;
	assert_int_equal(copy(op), GNTST_bad_gntref);
	op = copy_op(GNTCOPY_source_gref);
	op.source.domid = 12;
	assert_int_equal(copy(op), GNTST_bad_domain);
	op.source.domid = DOMID_SELF; /* dom0 has no such entry */
	assert_int_equal(copy(op), GNTST_bad_gntref);
	op.source.domid = 0xffff;
	assert_int_equal(copy(op), GNTST_bad_domain);
}

/* ---- cache maintenance --------------------------------------------------------- */

static long flush(uint64_t address, uint16_t offset, uint16_t length, uint32_t op)
{
	struct gnttab_cache_flush flush = {
		.a.dev_bus_addr = address, .offset = offset, .length = length, .op = op};

	return OP(cache_flush, flush);
}

static void test_cache_flush(void **state)
{
	uint32_t lent = machine_of(domu, 40);

	(void)state;
	assert_int_equal(flush(0, 0, 0, 0), 0); /* Linux asks so whether it is there */
	assert_int_equal(flush(machine_of(dom0, 30), 128, 256, GNTTAB_CACHE_CLEAN), 0);
	assert_int_equal(fake_flush_address, machine_of(dom0, 30) + 128);
	assert_int_equal(fake_flush_bytes, 256);
	assert_int_equal(flush(lent, 0, 4096, GNTTAB_CACHE_INVAL), -XEN_EPERM);
	grant(8, 40, 0, 0);
	assert_int_equal(map(8, 0, GNTMAP_host_map), GNTST_okay);
	assert_int_equal(flush(lent, 0, 4096, GNTTAB_CACHE_INVAL), 0);
	assert_int_equal(fake_flushes, 2);
	assert_int_equal(unmap(0, window_address(0), 0), GNTST_okay);
	assert_int_equal(flush(lent, 0, 4096, GNTTAB_CACHE_INVAL), -XEN_EPERM);

	assert_int_equal(flush(0x10000000, 0, 1, GNTTAB_CACHE_CLEAN), -XEN_EPERM);
	assert_int_equal(flush(UINT64_MAX, 0, 1, GNTTAB_CACHE_CLEAN), -XEN_EPERM);
	assert_int_equal(flush(lent, 4096, 0, GNTTAB_CACHE_CLEAN), -XEN_EINVAL);
	assert_int_equal(flush(lent, 4000, 97, GNTTAB_CACHE_CLEAN), -XEN_EINVAL);
	assert_int_equal(flush(lent, 0, 0xffff, GNTTAB_CACHE_CLEAN), -XEN_EINVAL);
	assert_int_equal(flush(lent, 0, 1, 4), -XEN_EINVAL);
	assert_int_equal(flush(lent, 0, 1, GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_SOURCE_GREF),
			 -XEN_EOPNOTSUPP);
	assert_int_equal(fake_flushes, 2);
}

/* ---- the table ----------------------------------------------------------------- */

static void test_versions(void **state)
{
	struct gnttab_set_version set = {.version = 1};
	struct gnttab_get_version get = {.dom = DOMID_SELF, .version = 9};

	(void)state;
	assert_int_equal(OP(set_version, set), 0);
	set.version = 2;
	assert_int_equal(OP(set_version, set), -XEN_ENOSYS);
	set.version = 0;
	assert_int_equal(OP(set_version, set), -XEN_EINVAL);
	assert_int_equal(OP(get_version, get), 0);
	assert_int_equal(get.version, 1);
	get.dom = 8;
	assert_int_equal(OP(get_version, get), -XEN_ESRCH);
	fake_run(third->vcpu[0]);
	get.dom = domu->id;
	assert_int_equal(OP(get_version, get), -XEN_EPERM);
}

static void test_query_size(void **state)
{
	struct gnttab_query_size op = {.dom = DOMID_SELF};

	(void)state;
	assert_int_equal(OP(query_size, op), 0);
	assert_int_equal(op.status, GNTST_okay);
	assert_int_equal(op.nr_frames, 0);
	assert_int_equal(op.max_nr_frames, GRANT_FRAMES_MAX);
	op.dom = domu->id;
	assert_int_equal(OP(query_size, op), 0);
	assert_int_equal(op.nr_frames, 1);
	op.dom = 77;
	assert_int_equal(OP(query_size, op), 0);
	assert_int_equal(op.status, GNTST_bad_domain);
	fake_run(third->vcpu[0]);
	op.dom = domu->id;
	assert_int_equal(OP(query_size, op), 0);
	assert_int_equal(op.status, GNTST_permission_denied);
}

static void test_setup_table(void **state)
{
	uint64_t frames[2] = {5, 5};
	struct gnttab_setup_table op = {.dom = domu->id, .nr_frames = 1};

	(void)state;
	op.frame_list.q = guest_put(frames, sizeof(frames));
	assert_int_equal(OP(setup_table, op), 0);
	assert_int_equal(op.status, GNTST_okay);
	guest_get(frames, (uint32_t)op.frame_list.q, sizeof(frames));
	assert_int_equal(frames[0], fake_gfn(domu, FRAME_PAGE));
	assert_int_equal(frames[1], 5);
	op.nr_frames = 2; /* it has brought one */
	assert_int_equal(OP(setup_table, op), 0);
	assert_int_equal(op.status, GNTST_general_error);
	op.nr_frames = UINT32_MAX;
	assert_int_equal(OP(setup_table, op), 0);
	assert_int_equal(op.status, GNTST_general_error);
	op.nr_frames = 1;
	op.frame_list.q = 1ull << 32;
	assert_int_equal(OP(setup_table, op), 0);
	assert_int_equal(op.status, GNTST_general_error);
	op.frame_list.q = 16;
	assert_int_equal(OP(setup_table, op), 0);
	assert_int_equal(op.status, GNTST_general_error);
	op.dom = 50;
	assert_int_equal(OP(setup_table, op), 0);
	assert_int_equal(op.status, GNTST_bad_domain);
}

static void test_frames(void **state)
{
	grant_entry_v1_t *low, *high;

	(void)state;
	fake_run(domu->vcpu[0]);
	/* Linux brings them from the last to the first */
	high = give_grant_frame(2, 10);
	assert_int_equal(map(600, 0, GNTMAP_host_map), GNTST_bad_gntref);
	give_grant_frame(1, 9);
	assert_int_equal(high[5].flags, 0); /* whatever was there before */
	high[5] = (grant_entry_v1_t){GTF_permit_access, 0, fake_gfn(domu, 40)};
	table[7] = high[5];
	fake_run(dom0->vcpu[0]);
	assert_int_equal(map(2 * 512 + 5, 0, GNTMAP_host_map), GNTST_okay);

	/* moved: entries and pins stay */
	fake_run(domu->vcpu[0]);
	low = give_grant_frame(0, 11);
	assert_int_equal(low[7].flags, GTF_permit_access);
	memset(table, 0xff, PAGE_SIZE); /* the guest's own again */
	assert_int_equal(low[7].flags, GTF_permit_access);
	high = give_grant_frame(2, 12);
	assert_int_equal(high[5].flags, GTF_permit_access | GTF_reading | GTF_writing);
	assert_ptr_equal(give_grant_frame(2, 12), high);
	fake_run(dom0->vcpu[0]);
	assert_int_equal(unmap(0, window_address(0), 0), GNTST_okay);
	assert_int_equal(high[5].flags, GTF_permit_access);
	table = low;
}

static void test_frames_refused(void **state)
{
	unsigned int space = XENMAPSPACE_grant_table;

	(void)state;
	fake_run(domu->vcpu[0]);
	assert_int_equal(add_to_physmap(space, GRANT_FRAMES_MAX, fake_gfn(domu, 9)),
			 -XEN_EINVAL);
	assert_int_equal(
		add_to_physmap(space, XENMAPIDX_grant_table_status, fake_gfn(domu, 9)),
		-XEN_EINVAL);
	assert_int_equal(add_to_physmap(space, UINT64_MAX, fake_gfn(domu, 9)),
			 -XEN_EINVAL);
	assert_int_equal(add_to_physmap(space, 1, 0), -XEN_EINVAL);
	assert_int_equal(add_to_physmap(space, 1, UINT64_MAX), -XEN_EINVAL);
	assert_int_equal(add_to_physmap(space, 1, fake_gfn(domu, 0)), -XEN_EINVAL);
	assert_int_equal(add_to_physmap(space, 1, fake_window_gfn(domu, 0)), -XEN_EINVAL);
	fake_window_budget = 0;
	assert_int_equal(add_to_physmap(space, 1, fake_gfn(domu, 9)), -XEN_ENOMEM);
	fake_window_budget = -1;
	fake_heap_budget = 0;
	assert_int_equal(add_to_physmap(space, 2, fake_gfn(domu, 9)), -XEN_ENOMEM);
	fake_heap_budget = -1;
	assert_int_equal(add_to_physmap(space, 1, fake_gfn(domu, 9)), 0);
}

/* The rings of a domain that has not run yet: xenstored maps them at once. */
static void test_preset(void **state)
{
	struct gnttab_map_grant_ref op =
		map_op(GNTTAB_RESERVED_XENSTORE, 0, GNTMAP_host_map);

	(void)state;
	grant_preset(third, GNTTAB_RESERVED_XENSTORE,
		     paddr(fake_gfn(third, 60) << PAGE_SHIFT), 0);
	op.dom = third->id;
	assert_int_equal(OP(map_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_okay);
	assert_int_equal(dom0->foreign[0], machine_of(third, 60));
	op = map_op(GNTTAB_NR_RESERVED_ENTRIES, 1, GNTMAP_host_map);
	op.dom = third->id;
	assert_int_equal(OP(map_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_bad_gntref);

	fake_run(third->vcpu[0]);
	table = give_grant_frame(0, 20);
	assert_int_equal(table[1].flags, GTF_permit_access | GTF_reading | GTF_writing);
	assert_int_equal(table[1].frame, fake_gfn(third, 60));
	assert_int_equal(table[9].flags, 0);
	fake_run(dom0->vcpu[0]);
	assert_int_equal(unmap(0, window_address(0), 0), GNTST_okay);
	assert_int_equal(table[1].flags, GTF_permit_access);
}

/* ---- pages without a grant ----------------------------------------------------- */

static void test_foreign(void **state)
{
	uint64_t at = fake_window_gfn(dom0, 6);

	(void)state;
	assert_int_equal(foreign_map(dom0, at, domu, fake_gfn(domu, 50)), 0);
	assert_int_equal(dom0->foreign[6], machine_of(domu, 50));
	assert_true(grants_in_use(domu));
	assert_int_equal(foreign_map(dom0, at, domu, fake_gfn(domu, 51)),
			 0); /* replaced */
	assert_int_equal(dom0->foreign[6], machine_of(domu, 51));
	assert_int_equal(unmap(6, window_address(6), 0), GNTST_bad_handle);
	assert_int_equal(foreign_unmap(dom0, at), 0);
	assert_int_equal(foreign_unmap(dom0, at), -XEN_ENOENT);
	assert_false(grants_in_use(domu));

	assert_int_equal(foreign_map(dom0, fake_gfn(dom0, 50), domu, fake_gfn(domu, 50)),
			 -XEN_EINVAL);
	assert_int_equal(foreign_map(dom0, at | 1ull << 52, domu, fake_gfn(domu, 50)),
			 -XEN_EINVAL);
	assert_int_equal(foreign_map(dom0, at, domu, fake_window_gfn(domu, 0)),
			 -XEN_EINVAL);
	assert_int_equal(foreign_unmap(dom0, fake_gfn(dom0, 50)), -XEN_EINVAL);
	assert_int_equal(foreign_unmap(dom0, UINT64_MAX), -XEN_EINVAL);
	/* a grant is not touched */
	grant(9, 40, 0, 0);
	assert_int_equal(map(9, 6, GNTMAP_host_map), GNTST_okay);
	assert_int_equal(foreign_map(dom0, at, domu, fake_gfn(domu, 50)), -XEN_EBUSY);
	assert_int_equal(foreign_unmap(dom0, at), -XEN_EBUSY);
	assert_int_equal(dom0->foreign[6], machine_of(domu, 40));
	fake_heap_budget = 0;
	assert_int_equal(
		foreign_map(third, fake_window_gfn(third, 0), domu, fake_gfn(domu, 50)),
		-XEN_ENOMEM);
}

/* ---- the end of a domain ------------------------------------------------------- */

static void test_granter_dies_first(void **state)
{
	uint32_t freed = fake_slots_freed;

	(void)state;
	grant(9, 40, 0, 0);
	assert_int_equal(map(9, 0, GNTMAP_host_map), GNTST_okay);
	assert_int_equal(map(9, 1, GNTMAP_host_map | GNTMAP_readonly), GNTST_okay);
	assert_int_equal(
		foreign_map(dom0, fake_window_gfn(dom0, 2), domu, fake_gfn(domu, 50)), 0);
	assert_int_equal(domain_destroy(domu), 0);
	assert_ptr_equal(domains[1], domu); /* still there: dom0 has pages of it */
	assert_int_equal(fake_slots_freed, freed);
	assert_int_equal(map(9, 3, GNTMAP_host_map), GNTST_bad_domain);
	assert_int_equal(
		foreign_map(dom0, fake_window_gfn(dom0, 4), domu, fake_gfn(domu, 50)),
		-XEN_EINVAL);
	assert_int_equal(unmap(0, window_address(0), 0), GNTST_okay);
	assert_int_equal(foreign_unmap(dom0, fake_window_gfn(dom0, 2)), 0);
	assert_ptr_equal(domains[1], domu);
	assert_int_equal(unmap(1, window_address(1), 0), GNTST_okay);
	assert_null(domains[1]);
	assert_int_equal(fake_slots_freed, freed + FAKE_DOMAIN_RAM);
}

static void test_last_page_is_replaced(void **state)
{
	(void)state;
	assert_int_equal(
		foreign_map(dom0, fake_window_gfn(dom0, 2), domu, fake_gfn(domu, 50)), 0);
	assert_int_equal(domain_destroy(domu), 0);
	assert_non_null(domains[1]);
	assert_int_equal(
		foreign_map(dom0, fake_window_gfn(dom0, 2), third, fake_gfn(third, 50)),
		0);
	assert_null(domains[1]);
}

static void test_mapper_dies_first(void **state)
{
	struct gnttab_map_grant_ref op = map_op(10, 3, GNTMAP_host_map);

	(void)state;
	grant(10, 40, third->id, 0);
	fake_run(third->vcpu[0]);
	assert_int_equal(OP(map_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_okay);
	assert_int_equal(
		foreign_map(third, fake_window_gfn(third, 9), domu, fake_gfn(domu, 50)),
		0);
	fake_run(dom0->vcpu[0]);
	/* first the granter, which waits, then the mapper, which takes it along */
	assert_int_equal(domain_destroy(domu), 0);
	assert_non_null(domains[1]);
	assert_int_equal(domain_destroy(third), 0);
	assert_null(domains[1]);
	assert_null(domains[2]);
}

static void test_both_map_each_other(void **state)
{
	struct gnttab_map_grant_ref op = map_op(10, 3, GNTMAP_host_map);

	(void)state;
	grant(10, 40, domu->id, 0); /* to itself */
	fake_run(domu->vcpu[0]);
	assert_int_equal(OP(map_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_okay);
	assert_int_equal(domu->foreign[3], machine_of(domu, 40));
	fake_run(dom0->vcpu[0]);
	assert_int_equal(domain_destroy(domu), 0);
	assert_null(domains[1]);
}

/* ---- the call's own checks --------------------------------------------------- */

static void test_bad_calls(void **state)
{
	static const bool known[] = {
		[GNTTABOP_map_grant_ref] = true, [GNTTABOP_unmap_grant_ref] = true,
		[GNTTABOP_setup_table] = true,   [GNTTABOP_copy] = true,
		[GNTTABOP_query_size] = true,    [GNTTABOP_set_version] = true,
		[GNTTABOP_get_version] = true,   [GNTTABOP_cache_flush] = true};
	uint32_t at = guest_put("", 1);

	(void)state;
	for (unsigned int cmd = 0; cmd < 20; cmd++)
		assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, cmd, 4, 1),
				 cmd < ARRAY_SIZE(known) && known[cmd] ? -XEN_EFAULT
								       : -XEN_ENOSYS);
	assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, UINT32_MAX, at, 1),
			 -XEN_ENOSYS);
	assert_int_equal(
		fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, at, 2),
		-XEN_EINVAL);
	assert_int_equal(
		fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, at, 0), 0);
}

static void test_dump(void **state)
{
	(void)state;
	grant(9, 40, 0, GTF_readonly);
	assert_int_equal(map(9, 0, GNTMAP_host_map | GNTMAP_readonly), GNTST_okay);
	assert_int_equal(
		foreign_map(dom0, fake_window_gfn(dom0, 1), domu, fake_gfn(domu, 50)), 0);
	grants_dump(dom0);
	grants_dump(domu);
	assert_non_null(strstr(fake_screen, "maps grant 9 of domain 1"));
	assert_non_null(strstr(fake_screen, "(read)"));
	assert_non_null(strstr(fake_screen, "maps page 0 of domain 1"));
	assert_non_null(strstr(fake_screen, "grants of domU: 1 frames, 2 pages in use"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_map_and_unmap),
		TEST(test_map_readonly),
		TEST(test_map_refused),
		TEST(test_entry_changes_while_mapped),
		TEST(test_entry_changes_under_our_hands),
		TEST(test_unmap_refused),
		TEST(test_batch),
		TEST(test_batch_ends_in_a_hole),
		TEST(test_whole_window),
		TEST(test_no_space_for_mappings),
		TEST(test_copy),
		TEST(test_copy_refused),
		TEST(test_cache_flush),
		TEST(test_versions),
		TEST(test_query_size),
		TEST(test_setup_table),
		TEST(test_frames),
		TEST(test_frames_refused),
		TEST(test_preset),
		TEST(test_foreign),
		TEST(test_granter_dies_first),
		TEST(test_last_page_is_replaced),
		TEST(test_mapper_dies_first),
		TEST(test_both_map_each_other),
		TEST(test_bad_calls),
		TEST(test_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
