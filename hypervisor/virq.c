/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual interrupts.
 *
 * A board interrupt that a domain owns is masked at the controller when it is
 * delivered and comes again after the guest's sigma_virq_eoi.  The engine's fast
 * path does that for the running vCPU; this file for the others.
 */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/spinlock.h>
#include <arch/vcpu.h>
#include <hv/domain.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/virq.h>

struct irq_line {
	void (*handler)(unsigned int irq); /* the hypervisor's own */
	const char *name;
	struct vcpu *owner; /* or: forwarded to this vCPU */
	uint32_t count;     /* times it took the slow way */
};

static struct irq_line lines[SIGMA_VIRQ_COUNT];

void virq_set(struct vcpu *v, unsigned int virq)
{
	atomic_or(&v->words->pending[virq / 32], 1u << virq % 32);
	if (v == current_vcpu())
		arch_line_raise();
	else
		arch_line_remember(v);
	if (v->state == VCPU_BLOCKED)
		vcpu_wake(v);
}

bool virq_pending(const struct vcpu *v)
{
	const volatile struct sigma_vcpu_words *words = v->words;

	for (unsigned int i = 0; i < SIGMA_VIRQ_WORDS; i++)
		if (words->pending[i] & ~words->mask[i])
			return true;
	return false;
}

static void forward_to(struct vcpu *v, unsigned int irq)
{
	struct vcpu *old = lines[irq].owner;

	if (old)
		old->arch.forward[irq / 32] &= ~(1u << irq % 32);
	lines[irq].owner = v;
	v->arch.forward[irq / 32] |= 1u << irq % 32;
}

void virq_assign(struct domain *d, unsigned int irq)
{
	CHECK(irq >= SIGMA_VIRQ_SPI_BASE && irq < SIGMA_VIRQ_COUNT);
	d->irqs[irq / 32] |= 1u << irq % 32;
	forward_to(d->vcpu[0], irq);
}

struct domain *virq_owner(unsigned int irq)
{
	return irq < SIGMA_VIRQ_COUNT && lines[irq].owner ? lines[irq].owner->domain
							  : NULL;
}

void irq_register(unsigned int irq, void (*handler)(unsigned int irq), const char *name)
{
	CHECK(irq < SIGMA_VIRQ_COUNT && !lines[irq].owner);
	lines[irq].handler = handler;
	lines[irq].name = name;
}

void irq_dispatch(unsigned int irq)
{
	struct irq_line *line;

	if (irq >= SIGMA_VIRQ_COUNT)
		return;
	line = &lines[irq];
	line->count++;
	if (line->handler) {
		line->handler(irq);
	} else {
		arch_irq_disable(irq);
		if (line->owner)
			virq_set(line->owner, irq);
	}
}

static bool owns(const struct domain *d, uint32_t irq)
{
	return irq >= SIGMA_VIRQ_SPI_BASE && irq < SIGMA_VIRQ_COUNT &&
	       (d->irqs[irq / 32] & 1u << irq % 32);
}

static long send_ipi(struct domain *d, uint32_t irq, uint32_t mask)
{
	if (irq >= SIGMA_VIRQ_IPI_COUNT || mask >> d->vcpu_count)
		return -XEN_EINVAL;
	for (unsigned int i = 0; i < d->vcpu_count; i++)
		if (mask & 1u << i)
			virq_set(d->vcpu[i], irq);
	return 0;
}

long virq_control(unsigned int op, uint32_t a, uint32_t b)
{
	struct vcpu *v = current_vcpu();
	struct domain *d = v->domain;

	switch (op) {
	case SIGMA_VIRQ_RAISE:
		if (virq_pending(v))
			arch_line_raise();
		return 0;
	case SIGMA_VIRQ_SEND:
		return send_ipi(d, a, b);
	case SIGMA_VIRQ_ENABLE:
	case SIGMA_VIRQ_DISABLE:
	case SIGMA_VIRQ_ROUTE:
		break;
	default:
		return -XEN_ENOSYS;
	}
	if (!owns(d, a))
		return a < SIGMA_VIRQ_COUNT ? -XEN_EPERM : -XEN_EINVAL;
	if (op == SIGMA_VIRQ_ROUTE) {
		if (b >= d->vcpu_count)
			return -XEN_EINVAL;
		forward_to(d->vcpu[b], a);
	} else if (op == SIGMA_VIRQ_ENABLE) {
		arch_irq_enable(a);
	} else {
		arch_irq_disable(a);
	}
	return 0;
}

void virq_release(struct domain *d)
{
	for (unsigned int irq = SIGMA_VIRQ_SPI_BASE; irq < SIGMA_VIRQ_COUNT; irq++) {
		if (!owns(d, irq))
			continue;
		arch_irq_disable(irq);
		lines[irq].owner = NULL;
	}
}

void virq_dump(void)
{
	for (unsigned int irq = 0; irq < arch_irq_count(); irq++) {
		const struct irq_line *line = &lines[irq];

		if (line->handler)
			printk("  %3u hypervisor  %s, taken %u\n", irq, line->name,
			       line->count);
		else if (line->owner)
			printk("  %3u %s.%u  %s, missed the fast path %u\n", irq,
			       line->owner->domain->name, line->owner->id,
			       arch_irq_is_enabled(irq) ? "enabled" : "off or in service",
			       line->count);
	}
}
