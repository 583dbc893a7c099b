/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Division: ARMv7-A without the virtualization extensions has no instruction for
 * it.  Names and registers: Run-time ABI for the Arm Architecture (IHI0043), 4.3.1.
 * Schoolbook, one bit a step, beginning at the quotient's first bit.
 *
 * Division by zero is the hypervisor's own mistake: panic.
 */
#include <asm/linkage.h>

	.syntax	unified
	.arm
	.text

FUNC_LOCAL(divided_by_zero)
	push	{r4, lr}
	movw	r0, #:lower16:.Lmessage
	movt	r0, #:upper16:.Lmessage
	bl	panic				/* does not return */
END(divided_by_zero)

/*
 * r0 = quotient, r1 = remainder of unsigned r0 / r1
 * r2, r3, r12 and flags lost
 */
FUNC(__aeabi_uidivmod)
	cmp	r1, #0
	beq	divided_by_zero
	clz	r2, r0
	clz	r3, r1
	subs	r3, r3, r2			/* the quotient's highest bit, if any */
	mov	r2, #0
	bmi	2f
1:	lsl	r12, r1, r3
	cmp	r0, r12
	subcs	r0, r0, r12
	adc	r2, r2, r2			/* carry: this bit of the quotient */
	subs	r3, r3, #1
	bpl	1b
2:	mov	r1, r0
	mov	r0, r2
	bx	lr
END(__aeabi_uidivmod)

	.globl	__aeabi_uidiv
	.set	__aeabi_uidiv, __aeabi_uidivmod

/*
 * Signed: the quotient rounds towards zero, the remainder has the dividend's sign.
 * r0 = quotient, r1 = remainder of r0 / r1; r2, r3, r12 and flags lost
 */
FUNC(__aeabi_idivmod)
	push	{r4, r5, lr}
	mov	r4, r0				/* sign of the remainder */
	eor	r5, r0, r1			/* sign of the quotient */
	cmp	r0, #0
	rsblt	r0, r0, #0
	cmp	r1, #0
	rsblt	r1, r1, #0
	bl	__aeabi_uidivmod
	cmp	r5, #0
	rsblt	r0, r0, #0
	cmp	r4, #0
	rsblt	r1, r1, #0
	pop	{r4, r5, pc}
END(__aeabi_idivmod)

	.globl	__aeabi_idiv
	.set	__aeabi_idiv, __aeabi_idivmod

/*
 * r1:r0 = quotient, r3:r2 = remainder of unsigned r1:r0 / r3:r2
 * r12 and flags lost
 */
FUNC(__aeabi_uldivmod)
	orrs	r12, r1, r3
	beq	4f				/* both fit 32 bits */
	orrs	r12, r2, r3
	beq	divided_by_zero
	push	{r4-r8, lr}
	/* r12 = (zeros before the divisor) - (zeros before the dividend) */
	clz	r12, r3
	cmp	r3, #0
	clzeq	r12, r2
	addeq	r12, r12, #32
	clz	r4, r1
	cmp	r1, #0
	clzeq	r4, r0
	addeq	r4, r4, #32
	subs	r12, r12, r4
	mov	r4, #0				/* r5:r4 = quotient */
	mov	r5, #0
	bmi	3f
	/* r7:r6 = divisor << r12; a shift by 32 or more gives 0 */
	rsb	r8, r12, #32
	lsl	r7, r3, r12
	orr	r7, r7, r2, lsr r8
	sub	r8, r12, #32
	orr	r7, r7, r2, lsl r8
	lsl	r6, r2, r12
1:	cmp	r1, r7
	cmpeq	r0, r6
	bcc	2f
	subs	r0, r0, r6
	sbc	r1, r1, r7
	cmp	r0, r0				/* set the carry */
2:	adcs	r4, r4, r4
	adc	r5, r5, r5
	lsrs	r7, r7, #1
	rrx	r6, r6
	subs	r12, r12, #1
	bpl	1b
3:	mov	r2, r0
	mov	r3, r1
	mov	r0, r4
	mov	r1, r5
	pop	{r4-r8, pc}
4:	push	{r4, lr}
	mov	r1, r2
	bl	__aeabi_uidivmod
	mov	r2, r1
	mov	r1, #0
	mov	r3, #0
	pop	{r4, pc}
END(__aeabi_uldivmod)

/* Signed, like __aeabi_idivmod: r1:r0, r3:r2 = r1:r0 / r3:r2 */
FUNC(__aeabi_ldivmod)
	push	{r4, r5, r6, lr}
	mov	r4, r1
	eor	r5, r1, r3
	cmp	r1, #0
	bge	1f
	rsbs	r0, r0, #0
	rsc	r1, r1, #0
1:	cmp	r3, #0
	bge	2f
	rsbs	r2, r2, #0
	rsc	r3, r3, #0
2:	bl	__aeabi_uldivmod
	cmp	r5, #0
	bge	3f
	rsbs	r0, r0, #0
	rsc	r1, r1, #0
3:	cmp	r4, #0
	bge	4f
	rsbs	r2, r2, #0
	rsc	r3, r3, #0
4:	pop	{r4, r5, r6, pc}
END(__aeabi_ldivmod)

	.section .rodata.str1.1, "aMS", %progbits, 1
.Lmessage:
	.asciz	"division by zero"
