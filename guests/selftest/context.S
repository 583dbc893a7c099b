/* SPDX-License-Identifier: MIT */
#include "context.h"

#define MODE_FIQ 0x11
#define MODE_IRQ 0x12
#define MODE_SVC 0x13
#define MODE_ABT 0x17
#define MODE_UND 0x1b
#define MODE_SYS 0x1f

	.arch	armv7-a
	.fpu	neon
	.syntax unified
	.arm

/* \rd = address of \symbol, from the pc alone; flags kept */
.macro	load_address rd, symbol
	ldr	\rd, .Loffset\@
.Lhere\@:
	add	\rd, pc, \rd
	b	.Lnext\@
.Loffset\@:
	.word	\symbol - (.Lhere\@ + 8)
.Lnext\@:
.endm

/* The CP15 registers of a context, in its order. */
.macro	cp15_registers do
	\do	0, c13, c0, 2	@ TPIDRURW
	\do	0, c13, c0, 3	@ TPIDRURO
	\do	0, c13, c0, 4	@ TPIDRPRW
	\do	0, c13, c0, 1	@ CONTEXTIDR
	\do	0, c3, c0, 0	@ DACR
	\do	0, c5, c0, 0	@ DFSR
	\do	0, c5, c0, 1	@ IFSR
	\do	0, c6, c0, 0	@ DFAR
	\do	0, c6, c0, 2	@ IFAR
	\do	2, c0, c0, 0	@ CSSELR
	\do	0, c7, c4, 0	@ PAR
.endm

/* r1 walks over the words */
.macro	cp15_load op1, crn, crm, op2
	ldr	r2, [r1], #4
	mcr	p15, \op1, r2, \crn, \crm, \op2
.endm

.macro	cp15_store op1, crn, crm, op2
	mrc	p15, \op1, r2, \crn, \crm, \op2
	str	r2, [r1], #4
.endm

/* r0 = context; the banked registers of one mode that has spsr, sp, lr */
.macro	bank_load mode, offset
	cps	#\mode
	ldr	sp, [r0, #4 * (\offset)]
	ldr	lr, [r0, #4 * (\offset) + 4]
	ldr	r1, [r0, #4 * (\offset) + 8]
	msr	spsr_cxsf, r1
.endm

.macro	bank_store mode, offset
	cps	#\mode
	str	sp, [r0, #4 * (\offset)]
	str	lr, [r0, #4 * (\offset) + 4]
	mrs	r1, spsr
	str	r1, [r0, #4 * (\offset) + 8]
.endm

/* All but r0-r12, sp and lr of SVC mode; r0 = context, r1 and r2 are lost. */
.macro	context_load
	bank_load MODE_ABT, CONTEXT_ABT
	bank_load MODE_UND, CONTEXT_UND
	bank_load MODE_IRQ, CONTEXT_IRQ
	bank_load MODE_FIQ, CONTEXT_FIQ + 5
	add	r1, r0, #4 * CONTEXT_FIQ
	ldm	r1, {r8-r12}
	cps	#MODE_SYS
	ldr	sp, [r0, #4 * CONTEXT_USR]
	ldr	lr, [r0, #4 * CONTEXT_USR + 4]
	cps	#MODE_SVC
	ldr	r1, [r0, #4 * CONTEXT_SVC + 8]
	msr	spsr_cxsf, r1
	add	r1, r0, #4 * CONTEXT_VFP
	vldmia	r1!, {d0-d15}
	vldmia	r1!, {d16-d31}
	ldr	r1, [r0, #4 * CONTEXT_FPSCR]
	vmsr	fpscr, r1
	add	r1, r0, #4 * CONTEXT_CP15
	cp15_registers cp15_load
	isb
	ldr	r1, [r0, #4 * CONTEXT_FLAGS]
	msr	APSR_nzcvqg, r1
.endm

/* Counterpart: r0 = context; its r1-r12, sp and lr are stored already. */
.macro	context_store
	mrs	r1, cpsr
	str	r1, [r0, #4 * CONTEXT_FLAGS]
	mrs	r1, spsr
	str	r1, [r0, #4 * CONTEXT_SVC + 8]
	add	r1, r0, #4 * CONTEXT_CP15
	cp15_registers cp15_store
	vmrs	r1, fpscr
	str	r1, [r0, #4 * CONTEXT_FPSCR]
	add	r1, r0, #4 * CONTEXT_VFP
	vstmia	r1!, {d0-d15}
	vstmia	r1!, {d16-d31}
	bank_store MODE_ABT, CONTEXT_ABT
	bank_store MODE_UND, CONTEXT_UND
	bank_store MODE_IRQ, CONTEXT_IRQ
	bank_store MODE_FIQ, CONTEXT_FIQ + 5
	add	r1, r0, #4 * CONTEXT_FIQ
	stm	r1, {r8-r12}
	cps	#MODE_SYS
	str	sp, [r0, #4 * CONTEXT_USR]
	str	lr, [r0, #4 * CONTEXT_USR + 4]
	cps	#MODE_SVC
.endm

/* Back to what the rest of the guest relies on. */
.macro	machine_restore
	mov	r1, #0
	mcr	p15, 0, r1, c13, c0, 1
	mov	r1, #1
	mcr	p15, 0, r1, c3, c0, 0
	isb
.endm

	.text
	.global	context_hold_spinning
	.type	context_hold_spinning, %function
context_hold_spinning:
	push	{r4-r12, lr}
	load_address r2, hold_found
	stm	r2, {r1, sp}
	context_load
	ldr	sp, [r0, #4 * CONTEXT_SVC]
	ldr	lr, [r0, #4 * CONTEXT_SVC + 4]
	ldm	r0, {r0-r12}
1:	subs	r0, r0, #1
	bne	1b
	load_address r0, hold_found
	ldr	r0, [r0]
	stmib	r0, {r1-r12}
	str	sp, [r0, #4 * CONTEXT_SVC]
	str	lr, [r0, #4 * CONTEXT_SVC + 4]
	context_store
	machine_restore
	load_address r2, hold_found
	ldr	sp, [r2, #4]
	pop	{r4-r12, pc}
	.size	context_hold_spinning, . - context_hold_spinning

	.global	context_hold_calling
	.type	context_hold_calling, %function
context_hold_calling:
	push	{r4-r12, lr}
	load_address r2, hold_found
	stm	r2, {r1, sp}
	context_load
	ldm	r0, {r0-r12}
	blx	r3
	load_address lr, hold_found
	ldr	lr, [lr]
	stm	lr, {r0-r12}
	str	sp, [lr, #4 * CONTEXT_SVC]
	mov	r0, lr
	context_store
	machine_restore
	pop	{r4-r12, pc}
	.size	context_hold_calling, . - context_hold_calling

	.global	context_vfp_enable
	.type	context_vfp_enable, %function
context_vfp_enable:
	mrc	p15, 0, r0, c1, c0, 2
	orr	r0, r0, #0xf00000
	mcr	p15, 0, r0, c1, c0, 2
	isb
	mov	r0, #0x40000000
	vmsr	fpexc, r0
	bx	lr
	.size	context_vfp_enable, . - context_vfp_enable

	.section .bss
	.balign	4
hold_found:	/* where to store, sp to return to */
	.space	8
