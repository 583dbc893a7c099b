/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 64-bit shifts that a compiler may call (Run-time ABI for the Arm Architecture,
 * IHI0043, 4.2): clang does, gcc shifts in line.
 */
#include <asm/linkage.h>

	.syntax	unified
	.arm
	.text

/*
 * uint64_t __aeabi_llsr(uint64_t value [r1:r0], int count [r2])	logical right
 * uint64_t __aeabi_llsl(uint64_t value [r1:r0], int count [r2])	left
 *	count 0..63; lost: r2, r3, r12.  A register shift by 32 or more gives 0.
 */
FUNC(__aeabi_llsr)
	rsb	r3, r2, #32
	sub	r12, r2, #32
	lsr	r0, r0, r2
	orr	r0, r0, r1, lsl r3
	orr	r0, r0, r1, lsr r12
	lsr	r1, r1, r2
	bx	lr
END(__aeabi_llsr)

FUNC(__aeabi_llsl)
	rsb	r3, r2, #32
	sub	r12, r2, #32
	lsl	r1, r1, r2
	orr	r1, r1, r0, lsr r3
	orr	r1, r1, r0, lsl r12
	lsl	r0, r0, r2
	bx	lr
END(__aeabi_llsl)
