/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual interrupts: bits in the descriptor, a line to the guest, and the
 * board's interrupts that are forwarded as such bits.
 */
#ifndef HV_VIRQ_H
#define HV_VIRQ_H

#include <hv/types.h>

struct vcpu;
struct domain;

/* Set the bit, raise the line, wake the vCPU.  Any context, no run queue lock. */
void virq_set(struct vcpu *v, unsigned int virq);

/* Is there a pending bit that the guest has not masked? */
bool virq_pending(const struct vcpu *v);

/* Give the board's interrupt irq to d (its vCPU 0).  Boot only. */
void virq_assign(struct domain *d, unsigned int irq);
/* Take all of a dying domain's interrupts away. */
void virq_release(struct domain *d);
struct domain *virq_owner(unsigned int irq);

/* Handler of an interrupt that the hypervisor keeps for itself. */
void irq_register(unsigned int irq, void (*handler)(unsigned int irq), const char *name);

/* The arch calls this for every interrupt its fast path did not deliver. */
void irq_dispatch(unsigned int irq);

/* Hypercall sigma_virq_ctl: see public/sigma.h. */
long virq_control(unsigned int op, uint32_t a, uint32_t b);

void virq_dump(void); /* console key */

#endif
