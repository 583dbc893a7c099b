/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Vectors until a guest has its own (VBAR at entry), and the hypervisor's while it
 * boots: every exception is reported with its registers and ends the domain, or
 * the hypervisor if that is where it happened.
 */
#include <asm/linkage.h>
#include <asm/offsets.h>
#include <asm/percpu.h>
#include <asm/regs.h>

	.syntax	unified
	.arm
	.section .text.fault, "ax"

	/*
	 * Until the guest sets them, the stack pointers of the exception modes point
	 * to room on the vCPU's stack in the hypervisor (arch_vcpu_reset).
	 * out: r0 = kind, r1 = frame {r0-r12, pc}, r2 = cpsr
	 */
	.macro	fault_slot kind, correction
	sub	lr, lr, #\correction
	stmdb	sp!, {r0-r12, lr}
	mov	r0, #\kind
	b	fault_common
	.endm

	.balign	32
	.globl	fault_vectors
fault_vectors:
	b	.
	b	fault_undefined
	b	fault_svc
	b	fault_prefetch
	b	fault_data
	b	.
	b	fault_irq
	b	.

fault_undefined:
	fault_slot 0, 4
fault_svc:
	fault_slot 1, 4
fault_prefetch:
	fault_slot 2, 4
fault_data:
	fault_slot 3, 8
fault_irq:
	fault_slot 4, 4

FUNC_LOCAL(fault_common)
	mov	r1, sp
	mrs	r2, spsr
	cpsid	if, #MODE_SVC
	mov	r3, sp				/* where it was, for the report */
	mov	r4, lr
	ldr	r5, =cpu_areas + CPU_AREA_SIZE - PERCPU_SIZE
	mrc	p15, 0, r6, c0, c0, 5		/* MPIDR */
	bfi	r5, r6, #CPU_AREA_SHIFT, #2
	sub	sp, r5, #8
	str	r4, [sp]			/* fifth argument: lr */
	bl	fault_report			/* ends the domain, or panics */
	mov	r12, #1				/* run the scheduler: monitor.S */
	smc	#0
	b	.				/* never scheduled again */
END(fault_common)
	.ltorg
