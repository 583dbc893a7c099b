/* SPDX-License-Identifier: GPL-2.0-only */
/* A program alone on the board: stack, then main; the MMU stays off. */
	.syntax	unified
	.arm
	.globl	_start
_start:
	ldr	sp, =0x61000000
	bl	main
	b	.
	.section .note.GNU-stack, "", %progbits
