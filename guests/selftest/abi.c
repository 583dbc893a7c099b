/* SPDX-License-Identifier: MIT */
/* What the hypervisor hands over: registers, descriptor, sigma'. */
#include "guest.h"
#include "selftest.h"

#define RAM_SECTION    0x11c0eu /* normal memory, cached, shareable, read-write */
#define DEVICE_SECTION 0xc12u   /* strongly ordered, execute never */
#define SECTION_MASK   0xfff00000u
#define ENTRY_SCTLR    0x00c5187du /* MMU and caches on, low vectors, TRE off */

static void check_word(const char *what, uint32_t is, uint32_t should)
{
	guest_check(is == should, "%s is %08x, not %08x", what, is, should);
}

#define cp15_read(op1, crn, crm, op2)                                               \
	({                                                                          \
		uint32_t value_;                                                    \
		__asm__ volatile("mrc p15, " #op1 ", %0, " #crn ", " #crm ", " #op2 \
				 : "=r"(value_));                                   \
		value_;                                                             \
	})

void test_entry(void)
{
	const uint32_t *r = guest_entry_registers;

	check_word("r0", r[0], 0);
	check_word("r1", r[1], UINT32_MAX);
	check_word("r2", r[2], guest_descriptor->dtb);
	for (unsigned int i = 3; i < 12; i++)
		guest_check(r[i] == 0, "r%u is %08x, not 0", i, r[i]);
	guest_check(r[12] - SIGMA_WINDOW_BASE < SIGMA_WINDOW_SIZE,
		    "r12 = %08x lies outside the hypervisor's window", r[12]);
	check_word("sp", r[ENTRY_SP], 0);
	check_word("lr", r[ENTRY_LR], 0);
	check_word("CPSR", r[ENTRY_CPSR] & 0x1ff, 0x93);

	check_word("SCTLR", cp15_read(0, c1, c0, 0), ENTRY_SCTLR);
	check_word("TTBR0", cp15_read(0, c2, c0, 0),
		   guest_descriptor->machine_base | 0x4a);
	check_word("TTBR1", cp15_read(0, c2, c0, 1),
		   guest_descriptor->machine_base | 0x4a);
	check_word("TTBCR", cp15_read(0, c2, c0, 2), 0);
	check_word("DACR", cp15_read(0, c3, c0, 0), 1);
	check_word("CONTEXTIDR", cp15_read(0, c13, c0, 1), 0);
	check_word("CPACR", cp15_read(0, c1, c0, 2), 0);
	check_word("PRRR", cp15_read(0, c10, c2, 0), 0xff0a81a8);
	check_word("NMRR", cp15_read(0, c10, c2, 1), 0x40e040e0);
	guest_check(guest_entry_vbar - SIGMA_WINDOW_BASE < SIGMA_WINDOW_SIZE,
		    "VBAR = %08x lies outside the hypervisor's window", guest_entry_vbar);
}

void test_descriptor(void)
{
	const struct sigma_descriptor *d = guest_descriptor;
	uint32_t image = guest_address(guest_image);

	check_word("magic", d->magic, SIGMA_DESCRIPTOR_MAGIC);
	check_word("version", d->version, SIGMA_ABI_VERSION);
	guest_check(d->size >= sizeof(*d), "size %u is less than %u", d->size,
		    (unsigned int)sizeof(*d));
	guest_check(!(d->flags & SIGMA_DOMAIN_PRIVILEGED) == (d->domain_id != 0),
		    "domain %u has flags %x", d->domain_id, d->flags);
	guest_check(!(d->flags & SIGMA_DOMAIN_DIRECT) == (d->machine_base != d->ram_base),
		    "flags %x, but pseudo-physical %08x is machine %08x", d->flags,
		    d->ram_base, d->machine_base);
	guest_check(d->ram_size && d->ram_size % 0x100000 == 0, "ram_size is %x",
		    d->ram_size);
	check_word("foreign_base", d->foreign_base, d->ram_base + d->ram_size);
	guest_check(d->foreign_size % 0x100000 == 0, "foreign_size is %x",
		    d->foreign_size);
	check_word("end of the reserved RAM", d->reserved_base + d->reserved_size,
		   d->ram_base + d->ram_size);
	guest_check(image >= d->ram_base + SIGMA_TABLE_SIZE && image < d->reserved_base,
		    "the guest was loaded at %08x, over sigma' or outside its RAM",
		    image);
	guest_check(d->vcpu_count >= 1 && d->vcpu_count <= SIGMA_MAX_VCPUS, "%u vCPUs",
		    d->vcpu_count);
	guest_check(d->clock_hz >= 1000000, "clock of %u Hz", d->clock_hz);
	check_word("first word of the device tree", *(const uint32_t *)(uintptr_t)d->dtb,
		   0xedfe0dd0); /* d00dfeed, big endian */
}

/* What entry `slot` of sigma' should be, as far as that is known; 0 = hole. */
static void check_entry(uint32_t slot, uint32_t entry)
{
	const struct sigma_descriptor *d = guest_descriptor;
	uint32_t p = slot << 20;

	if (p - d->ram_base < d->ram_size) {
		check_word("sigma' of RAM", entry,
			   (p - d->ram_base + d->machine_base) | RAM_SECTION);
	} else if (p - d->foreign_base < d->foreign_size) {
		guest_check((entry & 3) == 1, "sigma'(%08x) = %08x: no page table", p,
			    entry);
	} else if (p - SIGMA_WINDOW_BASE < SIGMA_WINDOW_SIZE) {
		return; /* the hypervisor's own business */
	} else if (entry) {
		guest_check(d->flags & SIGMA_DOMAIN_PRIVILEGED,
			    "sigma'(%08x) = %08x: a domU reaches a device", p, entry);
		guest_check((entry & ~SECTION_MASK) == DEVICE_SECTION,
			    "sigma'(%08x) = %08x: not the attributes of a device", p,
			    entry);
	}
}

void test_sigma(void)
{
	const struct sigma_descriptor *d = guest_descriptor;
	const volatile uint32_t *table =
		(const volatile uint32_t *)(uintptr_t)d->ram_base;
	const volatile uint32_t *foreign =
		(const volatile uint32_t *)(uintptr_t)d->foreign_table;

	for (uint32_t slot = 0; slot < SIGMA_TABLE_SIZE / 4; slot++)
		check_entry(slot, table[slot]);
	guest_check(table[SIGMA_WINDOW_BASE >> 20],
		    "the hypervisor's window is not in sigma'");
	for (uint32_t i = 0; i < d->foreign_size >> 12; i++)
		guest_check(foreign[i] == 0,
			    "foreign frame %u is mapped at the start: %08x", i,
			    foreign[i]);
}
