/* SPDX-License-Identifier: MIT */
/* The grant table, and what one may try with it. */
#include "badfront.h"

#define DOM0 0

static grant_entry_v1_t table[PAGE_SIZE / sizeof(grant_entry_v1_t)]
	__attribute__((aligned(4096)));
static uint8_t victim[PAGE_SIZE] __attribute__((aligned(4096)));

void grants_setup(void)
{
	struct xen_add_to_physmap map = {.domid = DOMID_SELF,
					 .space = XENMAPSPACE_grant_table};
	long result;

	map.gpfn = guest_address(table) / PAGE_SIZE;
	result = hypercall_memory_op(XENMEM_add_to_physmap, guest_address(&map));
	guest_check(result == 0, "the grant table is refused: %ld", result);
}

void grant(grant_ref_t ref, uint32_t frame, uint16_t flags)
{
	table[ref].frame = frame;
	table[ref].domid = DOM0;
	__sync_synchronize();
	table[ref].flags = (uint16_t)(GTF_permit_access | flags);
}

void grant_page(grant_ref_t ref, const void *page, uint16_t flags)
{
	grant(ref, guest_address(page) / PAGE_SIZE, flags);
}

void grant_revoke(grant_ref_t ref)
{
	*(volatile uint16_t *)&table[ref].flags = 0;
	table[ref].frame = 0xdeadbeef;
	table[ref].domid = 0x7fff;
}

bool grant_in_use(grant_ref_t ref)
{
	return *(volatile uint16_t *)&table[ref].flags & (GTF_reading | GTF_writing);
}

/* ---- attacks ----------------------------------------------------------------- */

static int16_t copy(domid_t source, bool by_ref, uint32_t from, domid_t dest, uint32_t to)
{
	struct gnttab_copy op = {.len = 64};

	op.source.domid = source;
	op.source.u.gmfn = from;
	op.flags = by_ref ? GNTCOPY_source_gref : 0;
	op.dest.domid = dest;
	op.dest.u.gmfn = to;
	guest_check(hypercall_grant_table_op(GNTTABOP_copy, guest_address(&op), 1) == 0,
		    "copy is refused as a whole");
	return op.status;
}

static void copy_of_others(void)
{
	uint32_t own = guest_address(victim) / PAGE_SIZE;
	uint32_t ram = guest_descriptor->ram_base / PAGE_SIZE;

	for (grant_ref_t ref = 0; ref < 600; ref++)
		guest_check(copy(DOM0, true, ref, DOMID_SELF, own) < 0,
			    "dom0's reference %u can be copied", ref);
	guest_check(copy(DOM0, false, ram + 0x100, DOMID_SELF, own) < 0,
		    "dom0's memory can be read");
	guest_check(copy(DOMID_SELF, false, own, DOM0, ram + 0x100) < 0,
		    "dom0's memory can be written");
	/* sigma', what lies beyond the RAM, the hypervisor's window, nowhere */
	guest_check(copy(DOMID_SELF, false, own, DOMID_SELF, ram) < 0,
		    "sigma' can be written");
	guest_check(copy(DOMID_SELF, false, own, DOMID_SELF,
			 (guest_descriptor->ram_base + guest_descriptor->ram_size) /
				 PAGE_SIZE) < 0,
		    "a frame beyond the RAM can be written");
	guest_check(copy(DOMID_SELF, false, own, DOMID_SELF, SIGMA_WINDOW_BASE >> 12) < 0,
		    "the hypervisor's window can be written");
	guest_check(copy(DOMID_SELF, false, 0xffffffff, DOMID_SELF, own) < 0,
		    "frame ffffffff can be read");
}

static int16_t map(domid_t granter, grant_ref_t ref, uint64_t where, uint32_t *handle)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = where, .flags = GNTMAP_host_map, .ref = ref, .dom = granter};

	guest_check(hypercall_grant_table_op(GNTTABOP_map_grant_ref, guest_address(&op),
					     1) == 0,
		    "map is refused as a whole");
	*handle = op.handle;
	return op.status;
}

static void map_of_others(void)
{
	uint64_t window = guest_descriptor->foreign_base;
	uint32_t handle;

	for (grant_ref_t ref = 0; ref < 600; ref++)
		guest_check(map(DOM0, ref, window, &handle) < 0,
			    "dom0's reference %u can be mapped", ref);
	for (unsigned int i = 0; i < 200; i++) {
		domid_t granter = (domid_t)random_word();

		guest_check(map(granter, random_word(), window, &handle) < 0,
			    "something of domain %u can be mapped", granter);
	}
}

static void unmap_of_nothing(void)
{
	struct gnttab_unmap_grant_ref op;

	for (unsigned int i = 0; i < 200; i++) {
		op = (struct gnttab_unmap_grant_ref){
			.host_addr = guest_descriptor->foreign_base,
			.handle = i < 100 ? i : random_word()};
		hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, guest_address(&op), 1);
		guest_check(op.status < 0, "handle %x can be unmapped", op.handle);
	}
}

void grant_attacks(void)
{
	copy_of_others();
	map_of_others();
	unmap_of_nothing();
	guest_printf("grants: copies, maps and unmaps of what is not granted refused\n");
}
