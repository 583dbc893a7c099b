/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's virtual addresses: checked by the MMU before use, walked for people.
 */
#include <arch/memory.h>
#include <asm/mmu.h>
#include <asm/percpu.h>
#include <hv/domain.h>
#include <hv/frames.h>

bool arch_guest_range_ok(vaddr_t va, uint32_t bytes, bool write)
{
	uint32_t page = va.v & ~PAGE_MASK;
	uint32_t last;

	if (bytes == 0)
		return true;
	last = va.v + (bytes - 1);
	if (last < va.v)
		return false;
	/* in the window every access is the hypervisor's own affair */
	if (last >= SIGMA_WINDOW_BASE && va.v < SIGMA_WINDOW_BASE + SIGMA_WINDOW_SIZE)
		return false;
	for (;;) {
		if (!mmu_allows(page, write))
			return false;
		if (last - page < PAGE_SIZE)
			return true;
		page += PAGE_SIZE;
	}
}

static uint32_t read_word(maddr_t m)
{
	return ram_contains(m, 4) ? *(volatile uint32_t *)arch_map_frame(m, 2) : 0;
}

static void table_bases(const struct vcpu *v, uint32_t *ttbr0, uint32_t *ttbr1,
			uint32_t *ttbcr)
{
	if (v == this_cpu()->current) {
		__asm__ volatile("mrc p15, 0, %0, c2, c0, 0" : "=r"(*ttbr0));
		__asm__ volatile("mrc p15, 0, %0, c2, c0, 1" : "=r"(*ttbr1));
		__asm__ volatile("mrc p15, 0, %0, c2, c0, 2" : "=r"(*ttbcr));
	} else {
		*ttbr0 = v->arch.context.ttbr0;
		*ttbr1 = v->arch.context.ttbr1;
		*ttbcr = v->arch.context.ttbcr;
	}
}

bool arch_guest_walk(struct domain *d, unsigned int vcpu_id, vaddr_t va,
		     struct walk_steps *steps)
{
	struct walk_steps none;
	uint32_t ttbr0, ttbr1, ttbcr, n;

	if (!steps)
		steps = &none;
	*steps = (struct walk_steps){0};
	if (vcpu_id >= d->vcpu_count || !d->vcpu[vcpu_id])
		return false;
	table_bases(d->vcpu[vcpu_id], &ttbr0, &ttbr1, &ttbcr);
	n = ttbcr & 7; /* ARM ARM B3.5.4: which table, and how large the first is */
	if (n && va.v >> (32 - n))
		steps->table = maddr(ttbr1 & ~0x3fffu);
	else
		steps->table = maddr(ttbr0 & ~((0x4000u >> n) - 1));
	steps->level1 = read_word(maddr_add(steps->table, va.v >> SLOT_SHIFT << 2));
	switch (steps->level1 & L1_TYPE_MASK) {
	case L1_TABLE:
		steps->level2 = read_word(maddr((steps->level1 & ~0x3ffu) +
						(va.v >> PAGE_SHIFT) % L2_ENTRIES * 4));
		if ((steps->level2 & 3) == 0)
			return false;
		if (steps->level2 & 2)
			steps->machine =
				maddr((steps->level2 & ~PAGE_MASK) | (va.v & PAGE_MASK));
		else /* 64 KiB page */
			steps->machine =
				maddr((steps->level2 & 0xffff0000) | (va.v & 0xffff));
		return true;
	case L1_SECTION:
		steps->machine = maddr((steps->level1 & ~SLOT_MASK) | (va.v & SLOT_MASK));
		return true;
	default:
		return false;
	}
}
