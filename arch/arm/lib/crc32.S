/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inner loop of crc32() (hv/crc32.h): 9 instructions a word and 4 a block of eight,
 * 2.4 a byte.  The C loop needs a load more for each word.
 */
#include <asm/linkage.h>

	.syntax	unified
	.arm
	.text

/* r0 = crc ^ next word -> crc; r3, r12, lr = tables; r2 lost */
.macro crc_word word
	eor	r0, r0, \word
	ubfx	r2, r0, #0, #11
	ldr	\word, [r3, r2, lsl #2]
	ubfx	r2, r0, #11, #11
	ldr	r2, [r12, r2, lsl #2]
	lsr	r0, r0, #22
	ldr	r0, [lr, r0, lsl #2]
	eor	\word, \word, r2
	eor	r0, r0, \word
.endm

/*
 * uint32_t arch_crc32_words(crc, words, blocks, tables)
 * in:	r0 = crc, r1 = words (aligned), r2 = blocks of 32 bytes, r3 = tables
 * out:	r0 = crc; r1-r3, r12 and flags lost
 */
FUNC(arch_crc32_words)
	cmp	r2, #0
	bxeq	lr
	push	{r4-r11, lr}
	add	r2, r1, r2, lsl #5		/* end */
	add	r12, r3, #8192
	add	lr, r12, #8192
	push	{r2}
1:	ldm	r1!, {r4-r11}
	crc_word r4
	crc_word r5
	crc_word r6
	crc_word r7
	crc_word r8
	crc_word r9
	crc_word r10
	crc_word r11
	ldr	r2, [sp]
	cmp	r1, r2
	bne	1b
	add	sp, sp, #4
	pop	{r4-r11, pc}
END(arch_crc32_words)
