/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vCPUs of the engine `trampoline`: their stack, first registers, PV timer, line.
 *
 * The private timer of a CPU belongs to the vCPU that is loaded there.  It is armed
 * exactly while its interrupt is enabled at the distributor: the interrupt fast
 * path, sigma_timer_arm and the functions below keep to that.
 */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/time.h>
#include <arch/vcpu.h>
#include <asm/engine.h>
#include <asm/gic.h>
#include <asm/mmu.h>
#include <asm/mpcore.h>
#include <asm/percpu.h>
#include <asm/regs.h>
#include <hv/domain.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/slice.h>
#include <hv/virq.h>
#include <string.h>

#define VCPU_AREA_PAGES 2   /* guard page, then stack with the structure on top */
#define FAULT_STACK     256 /* bytes from the bottom of the stack, see fault.S */

#define TIMER_ENABLE_BIT (1u << IRQ_PRIVATE_TIMER)

const char arch_engine_name[] = "trampoline";

/* What monitor.S finds above the stack when a guest is interrupted. */
struct monitor_frame {
	uint32_t cpsr, pad, r0, r1, r2, r3, r12, pc;
};

static void vcpu_timer_expired(struct timer *t)
{
	struct vcpu *v = container_of(t, struct vcpu, timer);

	v->arch.reload &= ~RELOAD_TIMER;
	virq_set(v, SIGMA_VIRQ_TIMER);
}

struct vcpu *arch_vcpu_alloc(void)
{
	char *area = heap_alloc(VCPU_AREA_PAGES);
	struct vcpu *v;

	if (!area)
		return NULL;
	window_map((uint32_t)(uintptr_t)area, maddr(0), 0);
	v = (struct vcpu *)(void *)(area + VCPU_AREA_PAGES * PAGE_SIZE - sizeof(*v));
	timer_init(&v->timer, vcpu_timer_expired);
	return v;
}

static char *vcpu_area(struct vcpu *v)
{
	return (char *)v + sizeof(*v) - VCPU_AREA_PAGES * PAGE_SIZE;
}

void arch_vcpu_free(struct vcpu *v)
{
	char *area = vcpu_area(v);

	window_map((uint32_t)(uintptr_t)area, image_to_machine(area), PAGE_DATA);
	heap_free(area, VCPU_AREA_PAGES);
}

void arch_vcpu_reset(struct vcpu *v, paddr_t entry, uint32_t r0, uint32_t r1, uint32_t r2)
{
	struct arch_context *c = &v->arch.context;
	struct monitor_frame *frame = (struct monitor_frame *)(void *)v - 1;
	uint32_t fault_sp = (uint32_t)(uintptr_t)vcpu_area(v) + PAGE_SIZE + FAULT_STACK;
	uint32_t *saved = (uint32_t *)frame - 10; /* r3-r11, lr: switch.S */

	memset(saved, 0, 10 * sizeof(*saved));
	saved[9] = (uint32_t)(uintptr_t)monitor_return;
	*frame = (struct monitor_frame){.cpsr = PSR_ENTRY,
					.r0 = r0,
					.r1 = r1,
					.r2 = r2,
					.r12 = (uint32_t)(uintptr_t)v->domain->descriptor,
					.pc = entry.p};
	*c = (struct arch_context){.sctlr = SCTLR_ENTRY,
				   .ttbr0 = v->domain->arch.sigma.m | TTBR_FLAGS,
				   .ttbr1 = v->domain->arch.sigma.m | TTBR_FLAGS,
				   .dacr = 1,
				   .prrr = PRRR_LINUX,
				   .nmrr = NMRR_LINUX,
				   .vbar = (uint32_t)(uintptr_t)fault_vectors};
	c->abt[1] = c->und[1] = c->irq[1] = fault_sp;
	v->arch.monitor_sp = (uint32_t)(uintptr_t)saved;
	v->arch.reload = 0;
	v->arch.forward[IRQ_PRIVATE_TIMER / 32] |= TIMER_ENABLE_BIT;
}

static inline bool pv_timer_is_armed(void)
{
	return mmio_read(GICD_VA + GICD_ISENABLER) & TIMER_ENABLE_BIT;
}

static void pv_timer_disarm(void)
{
	mmio_write(GICD_VA + GICD_ICENABLER, TIMER_ENABLE_BIT);
	mmio_write(PRIVATE_TIMER_VA + TIMER_CONTROL, 0);
}

static void pv_timer_program(uint64_t ticks)
{
	/* before the load: a short time must not run out in between */
	mmio_write(PRIVATE_TIMER_VA + TIMER_STATUS, 1);
	mmio_write(GICD_VA + GICD_ICPENDR, TIMER_ENABLE_BIT);
	mmio_write(PRIVATE_TIMER_VA + TIMER_LOAD,
		   ticks > UINT32_MAX ? UINT32_MAX : (uint32_t)ticks);
	mmio_write(PRIVATE_TIMER_VA + TIMER_CONTROL, TIMER_ENABLE_IRQ);
	mmio_write(GICD_VA + GICD_ISENABLER, TIMER_ENABLE_BIT);
}

/* Take the running timer along: to a deadline that a blocked vCPU is woken at. */
static void pv_timer_save(struct vcpu *v)
{
	uint32_t left = mmio_read(PRIVATE_TIMER_VA + TIMER_COUNTER);

	if (mmio_read(PRIVATE_TIMER_VA + TIMER_STATUS)) /* its interrupt not yet taken */
		left = 0;
	pv_timer_disarm();
	mmio_write(PRIVATE_TIMER_VA + TIMER_STATUS, 1);
	mmio_write(GICD_VA + GICD_ICPENDR, TIMER_ENABLE_BIT);
	v->arch.timer_deadline = arch_clock_read() + left;
	v->arch.reload |= RELOAD_TIMER;
	if (v->state == VCPU_BLOCKED)
		timer_set(&v->timer, v->arch.timer_deadline);
}

static void pv_timer_restore(struct vcpu *v)
{
	uint64_t now = arch_clock_read();

	timer_cancel(&v->timer);
	if (v->arch.timer_deadline > now)
		pv_timer_program(v->arch.timer_deadline - now);
	else
		virq_set(v, SIGMA_VIRQ_TIMER);
}

/* What a switch does not load by itself, when there is something. */
void vcpu_reload(struct vcpu *v)
{
	uint32_t reload = v->arch.reload;

	v->arch.reload = 0;
	if (reload & RELOAD_TIMER)
		pv_timer_restore(v);
	if (reload & RELOAD_LINE)
		arch_line_raise();
}

/*
 * What a switch does not save by itself: the armed timer, and an interrupt that is
 * pending on this CPU.  The line may hide behind a physical interrupt of higher
 * priority, so all are taken; whose line it was, or has become, the bits tell.  Who
 * is to run was decided before: if they change that, the timer comes at once.
 */
void vcpu_unload(struct vcpu *prev, struct vcpu *next)
{
	if (pv_timer_is_armed())
		pv_timer_save(prev);
	if (!gic_is_pending())
		return;
	while (gic_is_pending())
		gic_poll();
	if (virq_pending(prev))
		arch_line_remember(prev);
	if (virq_pending(next))
		arch_line_remember(next);
	/* one of them wakes somebody, or the turn that begins is over already */
	if (unlikely(this_cpu()->need_resched))
		arch_timer_set(1);
}

void arch_vcpu_start(struct vcpu *first)
{
	context_start(first);
}

void arch_vcpu_timer_arm(struct vcpu *v, uint64_t deadline)
{
	uint64_t now = arch_clock_read();

	CHECK(v == this_cpu()->current);
	pv_timer_disarm();
	if (deadline > now)
		pv_timer_program(deadline - now);
	else
		virq_set(v, SIGMA_VIRQ_TIMER);
}

void arch_vcpu_timer_stop(struct vcpu *v)
{
	CHECK(v == this_cpu()->current);
	pv_timer_disarm();
}

/* The end of a time slice is by far the most frequent. */
void monitor_interrupt(uint32_t iar)
{
	struct percpu *cpu = this_cpu();

	if (likely(iar == IRQ_WATCHDOG)) {
		mmio_write(WATCHDOG_VA + TIMER_STATUS, 1);
		mmio_write(MPCORE_VA + GICC_OFFSET + GICC_EOIR, iar);
		timer_interrupt(cpu);
	} else {
		gic_handle(iar);
	}
	if (cpu->need_resched)
		schedule();
}

void arch_idle_wait(void)
{
	__asm__ volatile("dsb\n"
			 "wfi\n" /* a masked FIQ wakes as well: ARM ARM B1.8.14 */
			 :
			 :
			 : "memory");
	gic_poll();
}

/* The private timer while its vCPU sits in the scheduler's idle loop. */
static void private_timer_interrupt(unsigned int irq)
{
	arch_irq_disable(irq);
	virq_set(this_cpu()->current, SIGMA_VIRQ_TIMER);
}

__init void engine_init(void)
{
	irq_register(IRQ_PRIVATE_TIMER, private_timer_interrupt, "PV timer");
}

void arch_vcpu_print(struct vcpu *v)
{
	const struct monitor_frame *frame =
		(const struct monitor_frame *)(const void *)v - 1;
	const struct arch_context *c = &v->arch.context;

	if (v == this_cpu()->current)
		printk("  loaded: pc %08x cpsr %08x\n", frame->pc, frame->cpsr);
	else
		printk("  pc %08x cpsr %08x svc sp %08x lr %08x usr sp %08x lr %08x\n",
		       frame->pc, frame->cpsr, c->svc[1], c->svc[2], c->sp_usr,
		       c->lr_usr);
	printk("  ttbr0 %08x sctlr %08x contextidr %08x vbar %08x pv timer %s\n",
	       c->ttbr0, c->sctlr, c->contextidr, c->vbar,
	       v->arch.reload & RELOAD_TIMER ? "armed" : "off");
}
