/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cache maintenance by set and way, and the two changes of the MMU's state.
 * ARM ARM DDI 0406C B2.2.7 (operations), B4.1.19 (CCSIDR), B4.1.20 (CLIDR).
 *
 * All of it works in registers alone: while the cache is being emptied with
 * SCTLR.C = 0, a store would go round lines that are still dirty.
 */
#include "boot.h"

#define SCTLR_M		(1 << 0)
#define SCTLR_C		(1 << 2)
#define SCTLR_Z		(1 << 11)
#define SCTLR_I		(1 << 12)

/* PL310 (CoreLink level 2 cache controller) TRM DDI 0246, chapter 3 */
#define L2_CONTROL		0x100
#define L2_AUXILIARY		0x104
#define L2_CACHE_SYNC		0x730
#define L2_CLEAN_INVALIDATE_WAY	0x7fc

	.syntax	unified
	.arm
	.arch	armv7-a
	.fpu	neon

/*
 * Every line of every data cache level up to the point of coherency.
 * \crm: c14 = DCCISW (clean and invalidate), c6 = DCISW (invalidate)
 * Clobbers r0-r7.  No stack.
 */
	.macro	dcache_all crm
	dmb
	mrc	p15, 1, r0, c0, c0, 1	@ CLIDR
	ubfx	r1, r0, #24, #3		@ level of coherency
	mov	r2, #0			@ level * 2, as CSSELR wants it
1:	cmp	r1, r2, lsr #1
	beq	5f
	add	r3, r2, r2, lsr #1	@ level * 3
	lsr	r3, r0, r3
	and	r3, r3, #7		@ what cache this level has
	cmp	r3, #2			@ 2 and above: with a data cache
	blo	4f
	mcr	p15, 2, r2, c0, c0, 0	@ CSSELR
	isb
	mrc	p15, 1, r3, c0, c0, 0	@ CCSIDR
	and	r4, r3, #7
	add	r4, r4, #4		@ log2 of the line size
	ubfx	r5, r3, #3, #10		@ ways - 1
	ubfx	r3, r3, #13, #15	@ sets - 1
	clz	r6, r5			@ shift of the way: 32 - log2(ways)
2:	mov	r7, r3			@ set
3:	lsl	ip, r5, r6
	orr	ip, ip, r2
	orr	ip, ip, r7, lsl r4
	mcr	p15, 0, ip, c7, \crm, 2
	subs	r7, r7, #1
	bge	3b
	subs	r5, r5, #1
	bge	2b
4:	add	r2, r2, #2
	b	1b
5:	mov	r2, #0
	mcr	p15, 2, r2, c0, c0, 0	@ CSSELR: level 1 again
	dsb
	isb
	.endm

	.text

	.globl	dcache_clean
	.type	dcache_clean, %function
dcache_clean:
	dcache_all c14
	bx	lr

	.globl	dcache_invalidate
	.type	dcache_invalidate, %function
dcache_invalidate:
	dcache_all c6
	bx	lr

/* void mmu_enable(const uint32_t *table) */
	.globl	mmu_enable
	.type	mmu_enable, %function
mmu_enable:
	dsb				@ the table is in memory
	mov	r1, #0
	mcr	p15, 0, r1, c2, c0, 2	@ TTBCR: TTBR0 for all
	mcr	p15, 0, r0, c2, c0, 0	@ TTBR0: walks not cached
	mov	r2, #1
	mcr	p15, 0, r2, c3, c0, 0	@ DACR: domain 0 client
	mcr	p15, 0, r1, c8, c7, 0	@ TLBIALL
	mcr	p15, 0, r1, c7, c5, 0	@ ICIALLU
	mcr	p15, 0, r1, c7, c5, 6	@ BPIALL
	dsb
	isb
	mrc	p15, 0, r2, c1, c0, 0
	ldr	r3, =(SCTLR_M | SCTLR_C | SCTLR_Z | SCTLR_I)
	orr	r2, r2, r3
	mcr	p15, 0, r2, c1, c0, 0
	isb
	bx	lr

/*
 * void hand_over(entry, l2cache, dtb, fit, [sp] = fit_size)
 *
 * Order: the level 1 cache off, then emptied into level 2, then level 2 emptied
 * into memory.  The map is flat, so the MMU may go off under the program counter.
 * The instruction cache is off with it: the hypervisor's text is fetched from
 * memory.
 */
	.globl	hand_over
	.type	hand_over, %function
hand_over:
	ldr	fp, [sp]
	mov	r8, r0
	mov	r9, r1
	mov	r10, r2
	mov	lr, r3
	cpsid	if

	mov	r0, #0
	vmsr	fpexc, r0		@ NEON and VFP as after a reset: off
	mcr	p15, 0, r0, c1, c0, 2	@ CPACR

	mrc	p15, 0, r0, c1, c0, 0
	ldr	r1, =(SCTLR_M | SCTLR_C | SCTLR_Z | SCTLR_I)
	bic	r0, r0, r1
	mcr	p15, 0, r0, c1, c0, 0
	isb
	dcache_all c14

	cmp	r9, #0
	beq	7f
	ldr	r0, [r9, #L2_CONTROL]
	tst	r0, #1
	beq	7f
	ldr	r0, [r9, #L2_AUXILIARY]
	tst	r0, #(1 << 16)		@ 16 ways, or 8
	ldrne	r0, =0xffff
	moveq	r0, #0xff
	str	r0, [r9, #L2_CLEAN_INVALIDATE_WAY]
6:	ldr	r1, [r9, #L2_CLEAN_INVALIDATE_WAY]
	tst	r1, r0			@ a bit falls when its way is done
	bne	6b
	mov	r1, #0
	str	r1, [r9, #L2_CACHE_SYNC]
	dsb

7:	mov	r1, #0
	mcr	p15, 0, r1, c7, c5, 0	@ ICIALLU
	mcr	p15, 0, r1, c7, c5, 6	@ BPIALL
	mcr	p15, 0, r1, c8, c7, 0	@ TLBIALL
	dsb
	isb

	ldr	r0, =HYPERVISOR_MAGIC
	mov	r1, r10
	mov	r2, lr
	mov	r3, fp
	bx	r8
	.ltorg

	.section .note.GNU-stack, "", %progbits
