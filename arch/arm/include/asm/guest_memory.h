/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's virtual addresses, asked of the MMU (ARM ARM B3.13: ATS1CPR, ATS1CPW).
 * Specified in <arch/memory.h>.
 */
#ifndef ASM_GUEST_MEMORY_H
#define ASM_GUEST_MEMORY_H

#include <hv/types.h>
#include <public/sigma.h>

/* May privileged code access the page of va now? */
static inline bool mmu_allows(uint32_t va, bool write)
{
	uint32_t par;

	if (write)
		__asm__ volatile("mcr p15, 0, %0, c7, c8, 1" : : "r"(va) : "memory");
	else
		__asm__ volatile("mcr p15, 0, %0, c7, c8, 0" : : "r"(va) : "memory");
	__asm__ volatile("isb\n"
			 "mrc p15, 0, %0, c7, c4, 0"
			 : "=r"(par)
			 :
			 : "memory");
	return !(par & 1);
}

static inline bool arch_guest_word_ok(vaddr_t va)
{
	return va.v - SIGMA_WINDOW_BASE >= SIGMA_WINDOW_SIZE && mmu_allows(va.v, false);
}

static inline void *arch_guest_pointer(vaddr_t va)
{
	return (void *)(uintptr_t)va.v;
}

#endif
