/* SPDX-License-Identifier: GPL-2.0-only */
#include <asm/linkage.h>

	.syntax	unified
	.arm
	.text

/*
 * void *memset(void *to, int byte, size_t bytes)
 * in:	r0 = to, r1 = byte, r2 = bytes
 * out:	r0 = to; r1-r3, r12 and flags lost
 * 0.09 instructions a byte for long runs.
 */
FUNC(memset)
	mov	r12, r0
	cmp	r2, #8
	blo	4f
1:	tst	r12, #3				/* up to a word's boundary */
	strbne	r1, [r12], #1
	subne	r2, r2, #1
	bne	1b
	and	r1, r1, #0xff
	orr	r1, r1, r1, lsl #8
	orr	r1, r1, r1, lsl #16
	mov	r3, r1
	subs	r2, r2, #64
	blo	3f
	push	{r4-r9}
	mov	r4, r1
	mov	r5, r1
	mov	r6, r1
	mov	r7, r1
	mov	r8, r1
	mov	r9, r1
2:	stm	r12!, {r1, r3-r9}
	stm	r12!, {r1, r3-r9}
	subs	r2, r2, #64
	bhs	2b
	pop	{r4-r9}
3:	add	r2, r2, #64
5:	subs	r2, r2, #4
	strhs	r1, [r12], #4
	bhi	5b
	bxeq	lr
	add	r2, r2, #4
4:	subs	r2, r2, #1
	strbhs	r1, [r12], #1
	bhi	4b
	bx	lr
END(memset)
