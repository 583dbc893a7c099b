/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Engine `trampoline`: a hypercall is a function call.
 *
 * The guest's kernel runs in SVC mode like the hypervisor, in an address space that
 * has the hypervisor's window, so it calls hypercall_page directly.  Leaves run
 * right there; the others change to this CPU's hypercall stack.
 *
 * Contract of every call (docs/abi.md):
 *	in	r12 = number, r0-r4 = arguments, lr = return, a stack of 16 bytes
 *	out	r0 = result
 *	lost	r1-r3, r12, flags, PAR
 */
#include <asm/gic.h>
#include <asm/linkage.h>
#include <asm/offsets.h>
#include <asm/percpu.h>
#include <asm/regs.h>
#include <asm/window.h>
#include <public/sigma.h>

	.syntax	unified
	.arm
	.section .text.hot, "ax"

#define HYPERCALL_COUNT 64
#define MONITOR_INTERRUPT 0		/* r12 of an SMC by the hypervisor: monitor.S */

/* slot_<number> = the leaf that serves it; numbers without one are calls */
#define SIGMA_LEAF(number, name, args, brief) .set slot_##number, leaf_##name
#define SIGMA_CALL(number, name, args, brief) .set slot_##number, hypercall_call
#include <public/hypercalls.def>

	.macro	slot number
	.ifdef	slot_\number
	.word	slot_\number
	.else
	.word	hypercall_call
	.endif
	.endm

	.balign	32
FUNC(hypercall_page)
	cmp	r12, #HYPERCALL_COUNT
	ldrlo	pc, [pc, r12, lsl #2]
	b	hypercall_bad
	.altmacro
	.set	number, 0
	.rept	HYPERCALL_COUNT
	slot	%number
	.set	number, number + 1
	.endr
	.noaltmacro
END(hypercall_page)

FUNC_LOCAL(hypercall_bad)
	ldr	r0, =-38			/* ENOSYS */
	bx	lr
END(hypercall_bad)

/*
 * Change to the hypercall stack, call hypercall_table[r12], run the scheduler if
 * it is asked for.
 *
 * r5 = guest's CPSR, r6 = guest's sp, r7 = this CPU's struct percpu, which is also
 * where its stack begins.
 */
FUNC_LOCAL(hypercall_call)
	push	{r5-r7, lr}
	mrs	r5, cpsr
	cpsid	if
	ldr	r7, =cpu_areas + CPU_AREA_SIZE - PERCPU_SIZE
	mrc	p15, 0, r6, c0, c0, 5		/* MPIDR */
	bfi	r7, r6, #CPU_AREA_SHIFT, #2
	mov	r6, sp
	sub	sp, r7, #8
	str	r4, [sp]			/* the fifth argument, by AAPCS */
	ldr	lr, =hypercall_table
	ldr	r12, [lr, r12, lsl #2]
	blx	r12
	ldr	r12, [r7, #PERCPU_NEED_RESCHED]
	cmp	r12, #0
	bne	1f
	mov	sp, r6
	msr	cpsr_c, r5
	pop	{r5-r7, pc}
1:
	/*
	 * A vCPU is never left on the shared stack: reschedule from the guest's.
	 * r12 is need_resched, so not MONITOR_INTERRUPT.
	 */
	mov	sp, r6
	smc	#0
	msr	cpsr_c, r5
	pop	{r5-r7, pc}
END(hypercall_call)

/* null: returns 0 */
FUNC_LOCAL(leaf_sigma_null)
	mov	r0, #0
	bx	lr
END(leaf_sigma_null)

/*
 * virq_ack: acknowledge and end the line's SGI.  A secure read of IAR may return a
 * physical interrupt instead, which is then handed on (study: trap 1).
 * F is masked between the two so that they are not split by a switch.
 */
FUNC_LOCAL(leaf_sigma_virq_ack)
	ldr	r2, =GICD_VA
	cpsid	f
	ldr	r1, [r2, #(GICC_OFFSET + GICC_IAR - 0x1000)]
	ubfx	r0, r1, #0, #10
	cmp	r0, #LINE_SGI
	streq	r1, [r2, #(GICC_OFFSET + GICC_EOIR - 0x1000)]
	cpsie	f
	bne	1f
	mov	r0, #0
	bx	lr
1:	/* r1 = IAR of something else: give it to the Monitor */
	cpsid	f
	mov	r0, r1
	mov	r12, #MONITOR_INTERRUPT
	smc	#0
	cpsie	f
	mov	r0, #0
	bx	lr
END(leaf_sigma_virq_ack)

/* virq_eoi: r0 = 32..127, one of the interrupts this vCPU is given directly */
FUNC_LOCAL(leaf_sigma_virq_eoi)
	sub	r1, r0, #SIGMA_VIRQ_SPI_BASE
	cmp	r1, #(SIGMA_VIRQ_COUNT - SIGMA_VIRQ_SPI_BASE)
	bhs	1f
	ldr	r3, =cpu_areas + CPU_AREA_SIZE - PERCPU_SIZE
	mrc	p15, 0, r2, c0, c0, 5		/* MPIDR */
	bfi	r3, r2, #CPU_AREA_SHIFT, #2
	ldr	r3, [r3, #PERCPU_CURRENT]
	lsr	r1, r0, #5
	add	r3, r3, r1, lsl #2
	ldr	r3, [r3, #VCPU_FORWARD]
	and	r0, r0, #31
	mov	r2, #1
	lsl	r2, r2, r0
	tst	r3, r2
	beq	1f
	ldr	r3, =GICD_VA + GICD_ISENABLER
	str	r2, [r3, r1, lsl #2]
	mov	r0, #0
	bx	lr
1:	mvn	r0, #21				/* -EINVAL */
	bx	lr
END(leaf_sigma_virq_eoi)

/*
 * timer_arm: r0 = ticks from now, 0 = stop.  The private timer belongs to the vCPU
 * that runs; its interrupt is enabled at the distributor while it is armed, and a
 * switch takes both over (vcpu.c).
 */
FUNC_LOCAL(leaf_sigma_timer_arm)
	ldr	r1, =MPCORE_VA + PRIVATE_TIMER_OFFSET
	ldr	r3, =GICD_VA
	mov	r2, #(1 << IRQ_PRIVATE_TIMER)
	cpsid	f
	cmp	r0, #0
	beq	1f
	mov	r12, #1
	str	r12, [r1, #0xc]			/* clear the event flag, then load: a short */
	str	r2, [r3, #GICD_ICPENDR]
	str	r0, [r1, #0x0]			/* time must not run out in between */
	mov	r12, #5				/* enable, one-shot, interrupt */
	str	r12, [r1, #0x8]
	str	r2, [r3, #GICD_ISENABLER]
	cpsie	f
	mov	r0, #0
	bx	lr
1:	str	r0, [r1, #0x8]
	str	r2, [r3, #GICD_ICENABLER]
	cpsie	f
	bx	lr
END(leaf_sigma_timer_arm)
	.ltorg
