/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memcpy and memmove with loads and stores of eight words.  Only aligned accesses:
 * a guest may have set SCTLR.A, and the abort would be taken in its vectors.
 */
#include <asm/linkage.h>

	.syntax	unified
	.arm
	.text

/*
 * Source `\shift` bits past a word, destination aligned: whole words, shifted
 * together.  in: r12 = to, r1 = from (unaligned), r2 = bytes, at least 20; goes on
 * to .Lbytes with what is left.
 */
.macro copy_shifted shift
	push	{r4-r7}
	bic	r1, r1, #3
	ldr	r3, [r1], #4
1:	ldm	r1!, {r4-r7}
	lsr	r3, r3, #\shift
	orr	r3, r3, r4, lsl #(32 - \shift)
	lsr	r4, r4, #\shift
	orr	r4, r4, r5, lsl #(32 - \shift)
	lsr	r5, r5, #\shift
	orr	r5, r5, r6, lsl #(32 - \shift)
	lsr	r6, r6, #\shift
	orr	r6, r6, r7, lsl #(32 - \shift)
	stm	r12!, {r3-r6}
	mov	r3, r7
	sub	r2, r2, #16
	cmp	r2, #20				/* nothing past the source is read */
	bhs	1b
	sub	r1, r1, #(4 - \shift / 8)
	pop	{r4-r7}
	b	.Lbytes
.endm

/*
 * void *memcpy(void *to, const void *from, size_t bytes)
 * in:	r0 = to, r1 = from, r2 = bytes; the ranges do not overlap
 * out:	r0 = to; r1-r3, r12 and flags lost
 * Long runs: 0.13 instructions a byte aligned alike, 0.9 otherwise.
 */
FUNC(memcpy)
	mov	r12, r0
	cmp	r2, #20
	blo	.Lbytes
1:	tst	r12, #3				/* destination to a word's boundary */
	ldrbne	r3, [r1], #1
	strbne	r3, [r12], #1
	subne	r2, r2, #1
	bne	1b
	cmp	r2, #20
	blo	.Lbytes
	and	r3, r1, #3
	cmp	r3, #2
	blo	2f
	beq	.Lshift16
	b	.Lshift24
2:	cmp	r3, #1
	beq	.Lshift8

	push	{r4-r10}
	subs	r2, r2, #32
	blo	4f
3:	ldm	r1!, {r3-r10}
	stm	r12!, {r3-r10}
	subs	r2, r2, #32
	bhs	3b
4:	add	r2, r2, #32
	pop	{r4-r10}
5:	subs	r2, r2, #4
	ldrhs	r3, [r1], #4
	strhs	r3, [r12], #4
	bhi	5b
	bxeq	lr
	add	r2, r2, #4
.Lbytes:
	subs	r2, r2, #1
	ldrbhs	r3, [r1], #1
	strbhs	r3, [r12], #1
	bhi	.Lbytes
	bx	lr
.Lshift8:
	copy_shifted 8
.Lshift16:
	copy_shifted 16
.Lshift24:
	copy_shifted 24
END(memcpy)

/*
 * void *memmove(void *to, const void *from, size_t bytes)
 * in, out, lost: as memcpy; the ranges may overlap
 */
FUNC(memmove)
	sub	r3, r0, r1
	cmp	r3, r2				/* unsigned: to below from, or beyond its end */
	bhs	memcpy
	add	r12, r0, r2			/* from the end downwards */
	add	r1, r1, r2
	tst	r3, #3
	bne	4f				/* not aligned alike: bytes */
1:	cmp	r2, #32
	blo	4f
	tst	r12, #3
	beq	2f
	ldrb	r3, [r1, #-1]!
	strb	r3, [r12, #-1]!
	sub	r2, r2, #1
	b	1b
2:	push	{r4-r10}
	sub	r2, r2, #32
3:	ldmdb	r1!, {r3-r10}
	stmdb	r12!, {r3-r10}
	subs	r2, r2, #32
	bhs	3b
	add	r2, r2, #32
	pop	{r4-r10}
4:	subs	r2, r2, #1
	ldrbhs	r3, [r1, #-1]!
	strbhs	r3, [r12, #-1]!
	bhi	4b
	bx	lr
END(memmove)
