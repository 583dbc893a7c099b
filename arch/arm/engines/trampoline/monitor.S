/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Monitor mode: physical interrupts (FIQ) and rescheduling (SMC).
 *
 * While a guest runs, the Monitor stack of this CPU is that of its vCPU, and it is
 * empty: sp_mon = the struct vcpu, which lies right above.  The frame is
 *
 *	sp + 28	pc at which the guest goes on	(struct vcpu begins at +32)
 *	sp + 24	r12
 *	sp +  8	r0-r3
 *	sp +  4	(keeps the stack 8-byte aligned)
 *	sp +  0	cpsr of the guest
 */
#include <asm/gic.h>
#include <asm/linkage.h>
#include <asm/offsets.h>
#include <asm/regs.h>
#include <asm/window.h>
#include <public/sigma.h>

	.syntax	unified
	.arm
	.section .text.hot, "ax"

#define SAVED 24			/* r0-r3, r12, lr */

	.balign	32
	.globl	monitor_vectors
monitor_vectors:
	b	.
	b	.
	b	monitor_smc
	b	.
	b	.
	b	.
	b	.
	/* FIQ: falls into monitor_fiq */

/*
 * A physical interrupt.  One that belongs to the running vCPU takes the short way:
 * mask it at the distributor, set its bit, raise the line, done.
 */
FUNC(monitor_fiq)
	sub	lr, lr, #4
	push	{r0-r3, r12, lr}
	ldr	r3, =GICD_VA
	ldr	r0, [r3, #(GICC_OFFSET + GICC_IAR - 0x1000)]
	lsr	r12, r0, #5			/* word; an SGI's source makes it >= 32 */
	cmp	r12, #SIGMA_VIRQ_WORDS
	bhs	.Lslow
	add	r1, sp, r12, lsl #2
	ldr	r1, [r1, #(SAVED + VCPU_FORWARD)]
	and	r2, r0, #31
	mov	lr, #1
	lsl	r2, lr, r2
	tst	r1, r2
	beq	.Lslow

	add	r1, r3, r12, lsl #2
	str	r2, [r1, #GICD_ICENABLER]
	str	r0, [r3, #(GICC_OFFSET + GICC_EOIR - 0x1000)]
	ldr	r1, [sp, #(SAVED + VCPU_PENDING)]
	add	r1, r1, r12, lsl #2
1:	ldrex	lr, [r1]
	orr	lr, lr, r2
	strex	r0, lr, [r1]
	teq	r0, #0
	bne	1b
	ldr	r0, =LINE_RAISE
	str	r0, [r3, #GICD_SGIR]
	pop	{r0-r3, r12, lr}
	movs	pc, lr

.Lslow:	/* r0 = IAR */
	mrs	r1, spsr
	push	{r1, r2}
	bl	monitor_interrupt
END(monitor_fiq)

/*
 * Go on where the frame on the Monitor stack says.  The first switch to a vCPU
 * returns here: arch_vcpu_reset has prepared its stack so.
 */
FUNC(monitor_return)
	pop	{r1, r2}
	msr	spsr_cxsf, r1
	clrex
	pop	{r0-r3, r12, lr}
	movs	pc, lr
END(monitor_return)

/*
 * SMC.  From the hypervisor's window: its own request, r12 = 0 an interrupt was
 * acknowledged elsewhere and r0 is its IAR, else run the scheduler.  From anywhere
 * else: the guest calls PSCI (SMC calling convention, r0-r3).
 */
FUNC_LOCAL(monitor_smc)
	push	{r0-r3, r12, lr}
	mrs	r1, spsr
	push	{r1, r2}
	cmp	lr, #SIGMA_WINDOW_BASE
	blo	2f
	cmp	r12, #0
	beq	1f
	bl	schedule
	b	monitor_return
1:	bl	monitor_interrupt
	b	monitor_return
2:	add	r0, sp, #8
	bl	monitor_psci
	b	monitor_return
END(monitor_smc)

	.ltorg
