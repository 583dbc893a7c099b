/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Assembler functions: FUNC(name) … END(name) give a symbol with type and size and
 * frame information for the debugger.  Above each stands its register contract.
 */
#ifndef ASM_LINKAGE_H
#define ASM_LINKAGE_H

/* clang-format off */
#define FUNC(name)			\
	.globl	name;			\
	.type	name, %function;	\
	.balign	4;			\
name:					\
	.cfi_startproc
#define FUNC_LOCAL(name)		\
	.type	name, %function;	\
	.balign	4;			\
name:					\
	.cfi_startproc
#define END(name)			\
	.cfi_endproc;			\
	.size	name, . - name
/* clang-format on */

#endif
