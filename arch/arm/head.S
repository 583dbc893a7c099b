/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * First instructions of the hypervisor: from the bootstrap's hand-over, at any
 * 1 MiB slot of RAM, to C at the link address with the MMU on.
 */
#include <asm/linkage.h>
#include <asm/offsets.h>
#include <asm/percpu.h>
#include <asm/pte.h>
#include <asm/regs.h>
#include <asm/window.h>

	.syntax	unified
	.arm
	.section .text.head, "ax"

/*
 * in:	r0 = "SIGB", r1 = board tree, r2 = FIT, r3 = its size: machine addresses
 *	SVC, secure, interrupts masked, MMU and caches off
 * out:	arch_boot(tree, fit, fit_size, slot) on this CPU's hypercall stack
 */
FUNC(head_start)
	cpsid	aif, #MODE_SVC
	mov	r8, r1
	mov	r9, r2
	mov	r10, r3

	/* r11 = machine address of the slot, r7 = machine - virtual */
	mov	r11, pc
	lsr	r11, r11, #20
	lsl	r11, r11, #20
	ldr	r0, =SIGMA_WINDOW_BASE
	sub	r7, r11, r0

	/* clear .bss (16-byte multiples: linker script) */
	ldr	r0, =__bss_start
	ldr	r1, =__bss_end
	add	r0, r0, r7
	add	r1, r1, r7
	mov	r2, #0
	mov	r3, #0
	mov	r4, #0
	mov	r5, #0
1:	cmp	r0, r1
	stmialo	r0!, {r2-r5}
	blo	1b

	/* early sigma: this slot where it is and at the window, the board tree */
	ldr	r4, =sigma_table
	add	r4, r4, r7
	ldr	r0, =SECTION_RAM_KERNEL
	orr	r1, r11, r0
	str	r1, [r4, r11, lsr #18]
	ldr	r2, =(SIGMA_WINDOW_BASE >> 18)
	str	r1, [r4, r2]
	orr	r0, r0, #SECTION_XN
	lsr	r1, r8, #20
	orr	r2, r0, r1, lsl #20
	str	r2, [r4, r1, lsl #2]
	add	r1, r1, #1
	cmp	r1, r11, lsr #20
	orrne	r2, r0, r1, lsl #20
	strne	r2, [r4, r1, lsl #2]

	/* MMU on: ARM ARM B3.10; nothing of ours is in a cache or TLB yet */
	mov	r0, #0
	mcr	p15, 0, r0, c8, c7, 0		/* TLBIALL */
	mcr	p15, 0, r0, c7, c5, 0		/* ICIALLU */
	mcr	p15, 0, r0, c7, c5, 6		/* BPIALL */
	mcr	p15, 0, r0, c2, c0, 2		/* TTBCR */
	mcr	p15, 0, r0, c13, c0, 1		/* CONTEXTIDR */
	orr	r1, r4, #TTBR_FLAGS
	mcr	p15, 0, r1, c2, c0, 0		/* TTBR0 */
	mcr	p15, 0, r1, c2, c0, 1		/* TTBR1 */
	mov	r1, #1
	mcr	p15, 0, r1, c3, c0, 0		/* DACR: domain 0 is a client */
	mrc	p15, 0, r1, c1, c0, 1		/* ACTLR: SMP and FW (A9 TRM 4.3.10) */
	orr	r1, r1, #0x41
	mcr	p15, 0, r1, c1, c0, 1
	ldr	r1, =fault_vectors
	mcr	p15, 0, r1, c12, c0, 0		/* VBAR */
	dsb
	isb
	ldr	r1, =SCTLR_ENTRY
	ldr	r2, =1f
	mcr	p15, 0, r1, c1, c0, 0
	isb
	bx	r2
1:
	ldr	sp, =cpu_areas + CPU_AREA_SIZE - PERCPU_SIZE
	mov	r0, r8
	mov	r1, r9
	mov	r2, r10
	mov	r3, r11
	bl	arch_boot
	b	.				/* arch_boot does not return */
END(head_start)
	.ltorg
