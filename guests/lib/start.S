/* SPDX-License-Identifier: MIT */
/*
 * First instructions of a small guest, and its exception vectors.
 *
 * A domain is entered with the MMU on under sigma', in SVC mode with IRQ masked
 * and FIQ clear (docs/abi.md, "Entry"): r0 = 0, r1 = ~0, r2 = device tree,
 * r12 = domain descriptor, all others 0.  FIQ is never masked here: it belongs to
 * the hypervisor.
 *
 * The image is position independent; its relocations were applied by whoever
 * loaded it.  Until a stack is set up, addresses are formed from the pc alone.
 */
#include <public/sigma.h>

#define MODE_SVC 0x13
#define MODE_ABT 0x17
#define MODE_UND 0x1b
#define MODE_FIQ 0x11

	.arch	armv7-a
	.arch_extension sec
	.syntax unified
	.arm

/* \rd = address of \symbol, which this link places */
.macro	load_address rd, symbol
	ldr	\rd, .Loffset\@
.Lhere\@:
	add	\rd, pc, \rd
	b	.Lnext\@
.Loffset\@:
	.word	\symbol - (.Lhere\@ + 8)
.Lnext\@:
.endm

	.section .text.start, "ax"
	.global	_start
	.type	_start, %function
_start:
	/* Keep what we were given: selftest compares it with the contract. */
	mcr	p15, 0, lr, c13, c0, 2
	load_address lr, guest_entry_registers
	stmia	lr!, {r0-r12}
	str	sp, [lr], #4
	mrc	p15, 0, r3, c13, c0, 2
	str	r3, [lr], #4
	mrs	r3, cpsr
	str	r3, [lr], #4
	mov	r3, #0
	mcr	p15, 0, r3, c13, c0, 2

	load_address sp, guest_stack_end
	load_address r3, guest_vectors
	mrc	p15, 0, r4, c12, c0, 0
	mcr	p15, 0, r3, c12, c0, 0
	isb
	mov	r0, r12
	mov	r1, r4
	mov	fp, #0
	mov	lr, #0
	b	guest_start
	.size	_start, . - _start

/*
 * VBAR points here.  The first instruction of the IRQ slot is a marker for the
 * instruction counter (tests/bench): no other effect.
 */
	.section .text.vectors, "ax"
	.balign	32
	.global	guest_vectors
guest_vectors:
	b	guest_fault_reset
	b	guest_fault_undefined
	b	guest_fault_svc
	b	guest_fault_prefetch
	b	guest_fault_data
	nop
	orr	r6, r6, r6
	b	guest_irq	/* the FIQ slot: FIQ never comes here */

/*
 * The virtual interrupt line.  Handled in SVC mode on the interrupted stack, so
 * that handlers may make hypercalls.
 */
	.global	guest_irq
	.type	guest_irq, %function
guest_irq:
	sub	lr, lr, #4
	srsdb	sp!, #MODE_SVC
	cps	#MODE_SVC
	push	{r0-r3, r12, lr}
	and	r1, sp, #4		/* the ABI wants sp on 8 bytes */
	sub	sp, sp, r1
	push	{r1, r2}
	bl	virq_dispatch
	pop	{r1, r2}
	add	sp, sp, r1
	pop	{r0-r3, r12, lr}
	rfeia	sp!
	.size	guest_irq, . - guest_irq

/*
 * Everything else is a fault of the guest's: say what and where, then end the
 * domain.  Runs on the fault stack, in SVC mode.
 */
.macro	fault name, number
	.type	guest_fault_\name, %function
guest_fault_\name:
	mov	r0, #\number
	b	fault_common
	.size	guest_fault_\name, . - guest_fault_\name
.endm

	fault	reset, 0
	fault	undefined, 1
	fault	svc, 2
	fault	prefetch, 3
	fault	data, 4

fault_common:
	mov	r1, lr
	mrs	r2, spsr
	cps	#MODE_SVC
	mov	r3, lr
	load_address sp, guest_fault_stack_end
	b	guest_fault

	.section .bss
	.balign	8
	.global	guest_entry_registers
guest_entry_registers:
	.space	16 * 4
	.balign	8
	.space	8192
guest_stack_end:
	.space	1024
guest_fault_stack_end:
