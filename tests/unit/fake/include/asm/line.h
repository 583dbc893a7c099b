/* SPDX-License-Identifier: GPL-2.0-only */
/* Fake arch: the line of virtual interrupts is a counter. */
#ifndef ASM_LINE_H
#define ASM_LINE_H

struct vcpu;

void arch_line_raise(void);
void arch_line_remember(struct vcpu *v);

#endif
