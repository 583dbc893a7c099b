/* SPDX-License-Identifier: GPL-2.0-only */
/* Fake arch: guest memory is the fake machine's. */
#ifndef ASM_GUEST_MEMORY_H
#define ASM_GUEST_MEMORY_H

#include <hv/types.h>

bool arch_guest_range_ok(vaddr_t va, uint32_t bytes, bool write);
void *arch_guest_pointer(vaddr_t va);

static inline bool arch_guest_word_ok(vaddr_t va)
{
	return arch_guest_range_ok(va, 4, false);
}

#endif
