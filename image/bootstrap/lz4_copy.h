/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Forced into LZ4's sources: its small copies of constant size, which are most of
 * its work, by one NEON load and one store instead of a pair for each word.
 */
#ifndef SIGMA_LZ4_COPY_H
#define SIGMA_LZ4_COPY_H

#include <arm_neon.h>
#include <stddef.h>

static inline __attribute__((always_inline)) void lz4_copy(void *to, const void *from,
							   size_t size)
{
	if (__builtin_constant_p(size) && size == 16)
		vst1q_u8(to, vld1q_u8(from));
	else if (__builtin_constant_p(size) && size == 8)
		vst1_u8(to, vld1_u8(from));
	else
		__builtin_memcpy(to, from, size);
}

#define LZ4_memcpy(to, from, size) lz4_copy(to, from, size)

#endif /* SIGMA_LZ4_COPY_H */
