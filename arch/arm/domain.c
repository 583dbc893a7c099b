/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sigma': the map of one domain, and the descriptor that tells the domain of it.
 */
#include <arch/memory.h>
#include <asm/mmu.h>
#include <hv/domain.h>
#include <hv/printk.h>
#include <hv/xen.h>
#include <arch/time.h>
#include <string.h>

_Static_assert(offsetof(struct sigma_descriptor, magic) == SIGMA_DESC_MAGIC, "abi");
_Static_assert(offsetof(struct sigma_descriptor, hypercall_page) ==
		       SIGMA_DESC_HYPERCALL_PAGE,
	       "abi");
_Static_assert(offsetof(struct sigma_descriptor, ram_base) == SIGMA_DESC_RAM_BASE, "abi");
_Static_assert(offsetof(struct sigma_descriptor, ram_size) == SIGMA_DESC_RAM_SIZE, "abi");
_Static_assert(offsetof(struct sigma_descriptor, machine_base) == SIGMA_DESC_MACHINE_BASE,
	       "abi");
_Static_assert(offsetof(struct sigma_descriptor, vcpu) == SIGMA_DESC_VCPU, "abi");
_Static_assert(sizeof(struct sigma_vcpu_words) == SIGMA_DESC_VCPU_SIZE, "abi");
_Static_assert(sizeof(struct sigma_descriptor) <= PAGE_SIZE, "abi");

extern char hypercall_page[];

static uint32_t pages_of(uint32_t bytes)
{
	return align_up(bytes, PAGE_SIZE) >> PAGE_SHIFT;
}

static uint32_t foreign_table_pages(const struct domain *d)
{
	return pages_of((d->foreign_size >> PAGE_SHIFT) * 4);
}

static uint32_t foreign_level2_pages(const struct domain *d)
{
	return pages_of((d->foreign_size >> SLOT_SHIFT) * 1024);
}

static void descriptor_fill(struct domain *d)
{
	struct sigma_descriptor *s = d->descriptor;

	s->magic = SIGMA_DESCRIPTOR_MAGIC;
	s->version = SIGMA_ABI_VERSION;
	s->size = sizeof(*s);
	s->domain_id = d->id;
	s->flags = (d->privileged ? SIGMA_DOMAIN_PRIVILEGED : 0) |
		   (d->machine_base.m == d->ram_base.p ? SIGMA_DOMAIN_DIRECT : 0);
	s->hypercall_page = (uint32_t)(uintptr_t)hypercall_page;
	s->ram_base = d->ram_base.p;
	s->ram_size = d->ram_size;
	s->machine_base = d->machine_base.m;
	s->vcpu_count = d->vcpu_count;
	s->clock = CLOCK_VA + GLOBAL_TIMER_OFFSET;
	s->clock_hz = arch_clock_hz;
	s->foreign_base = d->foreign_base.p;
	s->foreign_size = d->foreign_size;
	s->foreign_table = (uint32_t)(uintptr_t)d->foreign;
	s->reserved_base = d->reserved_base.p;
	s->reserved_size = d->reserved_size;
}

static void sigma_fill(struct domain *d, maddr_t level2)
{
	uint32_t slot = d->ram_base.p >> SLOT_SHIFT;

	memset(d->sigma, 0, SIGMA_TABLE_SIZE);
	for (uint32_t i = 0; i < d->ram_size >> SLOT_SHIFT; i++)
		d->sigma[slot + i] =
			(d->machine_base.m + (i << SLOT_SHIFT)) | SECTION_RAM;
	slot = d->foreign_base.p >> SLOT_SHIFT;
	for (uint32_t i = 0; i < d->foreign_size >> SLOT_SHIFT; i++)
		d->sigma[slot + i] = (level2.m + i * 1024) | L1_TABLE;
	window_copy_entries(d->sigma);
}

/* Order in the reserved end: descriptor, foreign table, its second-level tables. */
int arch_domain_build(struct domain *d)
{
	uint32_t table_pages = foreign_table_pages(d),
		 level2_pages = foreign_level2_pages(d);
	uint32_t pages = 1 + table_pages + level2_pages;
	maddr_t reserved;
	char *shared;

	CHECK(pages << PAGE_SHIFT <= d->reserved_size);
	CHECK(domain_ram_to_machine(d, d->reserved_base, d->reserved_size, &reserved));
	shared = arch_map_shared(reserved, pages, false);
	if (!shared)
		return -XEN_ENOMEM;
	d->arch.sigma = d->machine_base;
	d->sigma = arch_map_shared(d->arch.sigma, SIGMA_TABLE_SIZE >> PAGE_SHIFT, false);
	if (!d->sigma) {
		arch_unmap_shared(shared, pages);
		return -XEN_ENOMEM;
	}
	memset(shared, 0, pages << PAGE_SHIFT);
	d->descriptor = (void *)shared;
	d->foreign = (void *)(shared + PAGE_SIZE);
	d->arch.foreign_level2 = (void *)(shared + ((1 + table_pages) << PAGE_SHIFT));
	sigma_fill(d, maddr_add(reserved, (1 + table_pages) << PAGE_SHIFT));
	descriptor_fill(d);
	return 0;
}

void arch_domain_free(struct domain *d)
{
	if (!d->descriptor)
		return;
	arch_unmap_shared(d->descriptor,
			  1 + foreign_table_pages(d) + foreign_level2_pages(d));
	arch_unmap_shared(d->sigma, SIGMA_TABLE_SIZE >> PAGE_SHIFT);
	d->descriptor = NULL;
	d->sigma = NULL;
	d->foreign = NULL;
}

void arch_domain_map_device(struct domain *d, maddr_t m, uint32_t bytes)
{
	for (uint32_t i = m.m >> SLOT_SHIFT; i <= (m.m + (bytes - 1)) >> SLOT_SHIFT; i++)
		d->sigma[i] = i << SLOT_SHIFT | SECTION_DEVICE;
}

uint32_t arch_sigma_entry(const struct domain *d, paddr_t p)
{
	return d->sigma[p.p >> SLOT_SHIFT];
}

void arch_foreign_set(struct domain *d, uint32_t index, maddr_t m)
{
	CHECK(index < d->foreign_size >> PAGE_SHIFT);
	d->foreign[index] = m.m ? m.m | 2 : 0;
	d->arch.foreign_level2[index] = m.m ? m.m | PAGE_FOREIGN : 0;
	/* for a guest that runs on sigma' itself; others flush their own mapping */
	tlb_invalidate_page(d->foreign_base.p + (index << PAGE_SHIFT));
}

maddr_t arch_foreign_get(const struct domain *d, uint32_t index)
{
	CHECK(index < d->foreign_size >> PAGE_SHIFT);
	return maddr(d->foreign[index] & ~PAGE_MASK);
}
