/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's own tables: sigma, and the second level of the window.
 */
#ifndef ASM_MMU_H
#define ASM_MMU_H

#include <hv/types.h>
#include <asm/pte.h>
#include <asm/window.h>

extern uint32_t sigma_table[L1_ENTRIES];

/* Machine address of an object in the hypervisor's own slot. */
maddr_t image_to_machine(const volatile void *ptr);

/**
 * window_init - replace head.S's section by pages with the permissions of each part
 * @slot: machine address of the hypervisor's slot
 */
void window_init(maddr_t slot);

/* sigma: let the hypervisor see RAM [m, m + bytes) at its machine address.  Boot. */
void sigma_map_ram(maddr_t m, uint32_t bytes);

/* Map one page of the window; va in it, flags PAGE_*.  0 unmaps. */
void window_map(uint32_t va, maddr_t m, uint32_t flags);

/* Copy the window's first-level entries into another first-level table. */
void window_copy_entries(uint32_t *table);

static inline void tlb_invalidate_page(uint32_t va)
{
	__asm__ volatile("dsb\n"
			 "mcr p15, 0, %0, c8, c3, 3\n" /* TLBIMVAAIS */
			 "dsb\n"
			 "isb\n"
			 :
			 : "r"(va & ~PAGE_MASK)
			 : "memory");
}

static inline void tlb_invalidate_all(void)
{
	__asm__ volatile("dsb\n"
			 "mcr p15, 0, %0, c8, c3, 0\n" /* TLBIALLIS */
			 "mcr p15, 0, %0, c7, c1, 6\n" /* BPIALLIS */
			 "dsb\n"
			 "isb\n"
			 :
			 : "r"(0)
			 : "memory");
}

/* Clean one data cache line by address to the point of coherency. */
static inline void cache_clean_line(const volatile void *p)
{
	__asm__ volatile("mcr p15, 0, %0, c7, c10, 1" : : "r"(p) : "memory");
}

#define CACHE_LINE 32 /* Cortex-A9 TRM 7.1 */

#endif
