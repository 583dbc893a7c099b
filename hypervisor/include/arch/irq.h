/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arch contract: the interrupt controller.  Interrupt numbers are the board's
 * (GIC ids: 16..31 private, 32.. shared).
 *
 * The arch calls up: irq_dispatch(irq) in hv/virq.h for an interrupt that its own
 * fast path did not deliver.
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H

#include <hv/types.h>

/* How many ids the controller implements (at most SIGMA_VIRQ_COUNT are used). */
unsigned int arch_irq_count(void);

void arch_irq_enable(unsigned int irq);
void arch_irq_disable(unsigned int irq);
bool arch_irq_is_enabled(unsigned int irq);

/* Shared interrupt irq is sent to CPU cpu from now on. */
void arch_irq_route(unsigned int irq, unsigned int cpu);

#endif
