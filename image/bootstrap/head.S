/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image's first bytes: the header, the way in, the exception vectors.
 *
 * In: reset, with nothing but the core in a known state (ARM ARM DDI 0406C
 * B1.9), or a loader that keeps to Linux's boot protocol: r2 = its device tree or
 * tag list, MMU and data cache off, SVC.
 */
#include "boot.h"

#define MODE_SVC	0x13
#define SCTLR_M		(1 << 0)
#define SCTLR_A		(1 << 1)
#define SCTLR_C		(1 << 2)
#define SCTLR_Z		(1 << 11)
#define SCTLR_I		(1 << 12)
#define SCTLR_V		(1 << 13)
#define SCTLR_EE	(1 << 25)
#define SCTLR_TRE	(1 << 28)
#define SCTLR_AFE	(1 << 29)
#define SCTLR_TE	(1 << 30)

	.syntax	unified
	.arm
	.arch	armv7-a
	.arch_extension sec
	.section .head, "ax"

	.globl	boot_header
boot_header:
	b	start
	.word	BOOT_MAGIC
	.word	BOOT_VERSION
	.space	BOOT_HEADER_SIZE - 12

	.balign	32
vectors:
	b	start			@ a core that is reset again starts again
	b	1f			@ undefined instruction
	b	2f			@ supervisor call
	b	3f			@ prefetch abort
	b	4f			@ data abort
	b	5f			@ not used
	b	6f			@ IRQ
	b	7f			@ FIQ
1:	mov	r0, #1
	b	exception
2:	mov	r0, #2
	b	exception
3:	mov	r0, #3
	b	exception
4:	mov	r0, #4
	b	exception
5:	mov	r0, #5
	b	exception
6:	mov	r0, #6
	b	exception
7:	mov	r0, #7
exception:
	mov	r1, lr
	cpsid	if, #MODE_SVC
	bl	set_stack
	b	boot_exception

/* sp = end of the work area (see ram_base() in boot.h); clobbers r3-r6 */
set_stack:
	adr	r3, boot_header
	ldr	r4, [r3, #BOOT_RAM_BASE]
	ldr	r5, [r3, #BOOT_RAM_COPIES]
	ldr	r6, [r3, #BOOT_RAM_COPIES + 4]
	and	r3, r4, r5
	and	r5, r5, r6
	orr	r3, r3, r5
	and	r4, r4, r6
	orr	r3, r3, r4
	add	sp, r3, #WORK_SIZE
	bx	lr

start:
	cpsid	if, #MODE_SVC
	mov	r8, r2

	/*
	 * Caches and MMU off.  A data cache that was on holds data: clean it.  One
	 * that was off holds garbage after a reset: invalidate without cleaning.
	 */
	mrc	p15, 0, r9, c1, c0, 0
	ldr	r1, =(SCTLR_M | SCTLR_A | SCTLR_C | SCTLR_Z | SCTLR_I | SCTLR_V | \
		      SCTLR_EE | SCTLR_TRE | SCTLR_AFE | SCTLR_TE)
	bic	r0, r9, r1
	mcr	p15, 0, r0, c1, c0, 0
	isb
	tst	r9, #SCTLR_C
	bne	1f
	bl	dcache_invalidate
	b	2f
1:	bl	dcache_clean
2:	mov	r0, #0
	mcr	p15, 0, r0, c7, c5, 0	@ ICIALLU
	mcr	p15, 0, r0, c7, c5, 6	@ BPIALL
	mcr	p15, 0, r0, c8, c7, 0	@ TLBIALL
	dsb
	isb
	adr	r0, vectors
	mcr	p15, 0, r0, c12, c0, 0	@ VBAR
	isb

	mrc	p15, 0, r0, c0, c0, 5	@ MPIDR: who am I
	ands	r0, r0, #3
	bne	secondary

	bl	set_stack
	mov	r0, r8
	b	boot_main

	.ltorg

/*
 * A core other than the first, after a reset from flash.  It sleeps until an SGI
 * wakes it and finds its entry in the mailbox: the protocol of this board's own
 * firmware, which is also what QEMU does for cores when it loads a kernel.
 */
secondary:
	adr	r3, boot_header
	ldr	r2, [r3, #BOOT_CPU_MAILBOX]
	ldr	r3, [r3, #BOOT_GIC_INTERFACE]
	cmp	r2, #0
	cmpne	r3, #0
	beq	3f
	mov	r0, #0xff
	str	r0, [r3, #4]		@ GICC_PMR: every priority
	mov	r0, #1
	str	r0, [r3]		@ GICC_CTLR: on
	dsb
1:	wfi
	ldr	r0, [r2]
	cmp	r0, #0
	beq	1b
	bx	r0
3:	wfi
	b	3b

	.section .note.GNU-stack, "", %progbits
