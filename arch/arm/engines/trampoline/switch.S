/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All registers of one vCPU for those of another.
 *
 * Runs in Monitor mode, secure state, interrupts masked, in the hypervisor's
 * window, which both address spaces map alike.  The layout is struct arch_context.
 */
#include <asm/gic.h>
#include <asm/linkage.h>
#include <asm/offsets.h>
#include <asm/regs.h>
#include <asm/window.h>

	.syntax	unified
	.arm
	.section .text.hot, "ax"

	/* \rp: where to; lost: r3 */
	.macro	save_mode mode, rp
	cps	#\mode
	mrs	r3, spsr
	stmia	\rp!, {r3, sp, lr}
	.endm

	.macro	load_mode mode, rp
	cps	#\mode
	ldmia	\rp!, {r3, sp, lr}
	msr	spsr_cxsf, r3
	.endm

/*
 * void arch_vcpu_switch(struct vcpu *prev [r0], struct vcpu *next [r1])
 *	<arch/vcpu.h>.  Returns, on prev's Monitor stack, when prev is next again.
 */
FUNC(arch_vcpu_switch)
	push	{r3-r11, lr}
	ldr	r3, =GICD_VA
	ldr	r4, [r3, #GICD_ISENABLER]
	ldr	r5, [r3, #(GICC_OFFSET + GICC_HPPIR - 0x1000)]
	tst	r4, #(1 << IRQ_PRIVATE_TIMER)
	bne	.Lunload			/* the PV timer is armed */
	mvn	r5, r5
	lsls	r5, r5, #22			/* not GIC_SPURIOUS in bits 9:0: */
	bne	.Lunload			/* the line or an interrupt is pending */
.Lsave:
	str	sp, [r0, #VCPU_MONITOR_SP]
	add	r2, r0, #VCPU_CONTEXT

	cps	#MODE_SYS
	stmia	r2!, {sp, lr}
	save_mode MODE_SVC, r2
	save_mode MODE_ABT, r2
	save_mode MODE_UND, r2
	save_mode MODE_IRQ, r2
	cps	#MODE_FIQ			/* r8-r12 are banked: r2 holds the place */
	mrs	r3, spsr
	stmia	r2!, {r3, r8-r12, sp, lr}
	cps	#MODE_MON

	mrc	p15, 0, r3, c1, c0, 0		/* SCTLR */
	mrc	p15, 0, r4, c1, c0, 2		/* CPACR */
	mrc	p15, 0, r5, c2, c0, 0		/* TTBR0 */
	mrc	p15, 0, r6, c2, c0, 1		/* TTBR1 */
	mrc	p15, 0, r7, c2, c0, 2		/* TTBCR */
	mrc	p15, 0, r8, c3, c0, 0		/* DACR */
	mrc	p15, 0, r9, c5, c0, 0		/* DFSR */
	mrc	p15, 0, r10, c5, c0, 1		/* IFSR */
	mrc	p15, 0, r11, c6, c0, 0		/* DFAR */
	mrc	p15, 0, r12, c6, c0, 2		/* IFAR */
	stmia	r2!, {r3-r12}
	mrc	p15, 0, r3, c7, c4, 0		/* PAR */
	mrc	p15, 0, r4, c10, c2, 0		/* PRRR */
	mrc	p15, 0, r5, c10, c2, 1		/* NMRR */
	mrc	p15, 0, r6, c12, c0, 0		/* VBAR */
	mrc	p15, 0, r7, c13, c0, 1		/* CONTEXTIDR */
	mrc	p15, 0, r8, c13, c0, 2		/* TPIDRURW */
	mrc	p15, 0, r9, c13, c0, 3		/* TPIDRURO */
	mrc	p15, 0, r10, c13, c0, 4		/* TPIDRPRW */
	mrc	p15, 2, r11, c0, c0, 0		/* CSSELR */
	stmia	r2!, {r3-r11}

	/* VFP and NEON at once: a lazy trap would enter the guest's vector */
	mov	r3, #0xf00000			/* CPACR: cp10 and cp11 */
	mcr	p15, 0, r3, c1, c0, 2
	isb
	vmrs	r3, fpexc
	mov	r4, #0x40000000			/* FPEXC.EN */
	vmsr	fpexc, r4
	vmrs	r4, fpscr
	stmia	r2!, {r3, r4}
	vstmia	r2!, {d0-d15}
	vstmia	r2!, {d16-d31}
	b	.Lload

.Lunload:
	mov	r4, r0
	mov	r5, r1
	bl	vcpu_unload
	mov	r0, r4
	mov	r1, r5
	b	.Lsave
END(arch_vcpu_switch)

/*
 * void context_load(struct vcpu *next [r1])
 *	As the second half of a switch, from a context that is given up (boot).
 *	in: Monitor mode.  Does not return.
 */
FUNC(context_load)
	mov	r3, #0xf00000
	mcr	p15, 0, r3, c1, c0, 2
	isb
	mov	r4, #0x40000000
	vmsr	fpexc, r4
.Lload:
	add	r2, r1, #VCPU_CONTEXT_VFP
	ldmia	r2!, {r3, r4}
	vldmia	r2!, {d0-d15}
	vldmia	r2!, {d16-d31}
	vmsr	fpscr, r4
	vmsr	fpexc, r3

	add	r2, r1, #VCPU_CONTEXT_CP15
	ldmia	r2!, {r3-r12}
	mcr	p15, 0, r3, c1, c0, 0		/* SCTLR: the MMU stays on */
	mcr	p15, 0, r4, c1, c0, 2		/* CPACR */
	mcr	p15, 0, r5, c2, c0, 0		/* TTBR0 */
	mcr	p15, 0, r6, c2, c0, 1		/* TTBR1 */
	mcr	p15, 0, r7, c2, c0, 2		/* TTBCR */
	mcr	p15, 0, r8, c3, c0, 0		/* DACR */
	mcr	p15, 0, r9, c5, c0, 0		/* DFSR */
	mcr	p15, 0, r10, c5, c0, 1		/* IFSR */
	mcr	p15, 0, r11, c6, c0, 0		/* DFAR */
	mcr	p15, 0, r12, c6, c0, 2		/* IFAR */
	ldmia	r2!, {r3-r11}
	mcr	p15, 0, r3, c7, c4, 0		/* PAR */
	mcr	p15, 0, r4, c10, c2, 0		/* PRRR */
	mcr	p15, 0, r5, c10, c2, 1		/* NMRR */
	mcr	p15, 0, r6, c12, c0, 0		/* VBAR */
	mcr	p15, 0, r7, c13, c0, 1		/* CONTEXTIDR */
	mcr	p15, 0, r8, c13, c0, 2		/* TPIDRURW */
	mcr	p15, 0, r9, c13, c0, 3		/* TPIDRURO */
	mcr	p15, 0, r10, c13, c0, 4		/* TPIDRPRW */
	mcr	p15, 2, r11, c0, c0, 0		/* CSSELR */
	isb
	/*
	 * Two kernels map global pages at the same addresses and share ASIDs: nothing
	 * of the other may stay (ARM ARM B3.9, B3.10.4).  The instruction cache is
	 * physically tagged; branch prediction is not (B2.2.5).
	 */
	mcr	p15, 0, r0, c8, c7, 0		/* TLBIALL */
	mcr	p15, 0, r0, c7, c5, 6		/* BPIALL */
	dsb
	isb

	add	r2, r1, #VCPU_CONTEXT
	cps	#MODE_SYS
	ldmia	r2!, {sp, lr}
	load_mode MODE_SVC, r2
	load_mode MODE_ABT, r2
	load_mode MODE_UND, r2
	load_mode MODE_IRQ, r2
	cps	#MODE_FIQ
	ldmia	r2!, {r3, r8-r12, sp, lr}
	msr	spsr_cxsf, r3
	cps	#MODE_MON
	ldr	sp, [r1, #VCPU_MONITOR_SP]
	ldr	r2, [r1, #VCPU_RELOAD]
	cmp	r2, #0
	popeq	{r3-r11, pc}
	mov	r0, r1
	pop	{r3-r11, lr}
	b	.Lreload
END(context_load)

/* in: r0 = vCPU, lr = where to go on, the vCPU's Monitor stack */
FUNC_LOCAL(reload)
.Lreload:
	push	{r4, lr}
	bl	vcpu_reload
	pop	{r4, pc}
END(reload)

/*
 * void context_start(struct vcpu *next [r0])
 *	From SVC mode at the end of boot to Monitor mode and the first vCPU.
 */
FUNC(context_start)
	cpsid	aif, #MODE_MON
	mov	r1, r0
	b	context_load
END(context_start)
	.ltorg
