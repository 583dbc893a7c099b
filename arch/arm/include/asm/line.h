/* SPDX-License-Identifier: GPL-2.0-only */
/* The virtual interrupt line: <arch/vcpu.h>. */
#ifndef ASM_LINE_H
#define ASM_LINE_H

#include <asm/gic.h>
#include <asm/mpcore.h>
#include <hv/domain.h>

static inline void arch_line_raise(void)
{
	mmio_write(GICD_VA + GICD_SGIR, LINE_RAISE);
}

static inline void arch_line_remember(struct vcpu *v)
{
	v->arch.reload |= RELOAD_LINE;
}

#endif
