/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's one-shot timers and its one hardware timer on each CPU, which is
 * shared with the scheduler's slice: it is set to whichever comes first.
 */
#include <arch/cpu.h>
#include <arch/time.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/timer.h>

/* Conversions: value * multiplier >> 32, rounded by less than a part in 2^30. */
static uint32_t ns_per_tick_int, ticks_per_ns_frac;

void timer_setup_conversion(uint32_t hz)
{
	/* boot: the only divisions */
	ns_per_tick_int = 1000000000u / hz;
	ticks_per_ns_frac = (uint32_t)(((uint64_t)hz << 32) / 1000000000u);
	CHECK(ns_per_tick_int * hz == 1000000000u);
}

uint64_t ns_to_ticks(uint64_t ns)
{
	uint64_t high = (ns >> 32) * ticks_per_ns_frac;
	uint64_t low = (uint64_t)(uint32_t)ns * ticks_per_ns_frac;

	/* + 1: the fraction was rounded down, a deadline must not come early */
	return high + (low >> 32) + 1;
}

uint64_t ticks_to_ns(uint64_t ticks)
{
	return ticks * ns_per_tick_int;
}

void timer_init(struct timer *t, void (*expired)(struct timer *))
{
	list_init(&t->node);
	t->expired = expired;
}

/* Lock held: what timer_program compares. */
static void note_first(struct percpu *cpu)
{
	cpu->timer_first = UINT64_MAX;
	if (!list_empty(&cpu->timers))
		cpu->timer_first =
			list_entry(cpu->timers.next, struct timer, node)->deadline;
}

void timer_program(struct percpu *cpu, uint64_t now)
{
	uint64_t deadline = cpu->rq.slice_end;

	if (cpu->timer_first < deadline)
		deadline = cpu->timer_first;
	if (deadline == cpu->timer_deadline)
		return;
	cpu->timer_deadline = deadline;
	if (deadline == UINT64_MAX)
		arch_timer_stop();
	else
		timer_start(deadline, now);
}

void timer_set(struct timer *t, uint64_t deadline)
{
	struct percpu *cpu = this_cpu();
	struct list *where;

	spin_lock(&cpu->timer_lock);
	list_remove(&t->node);
	t->deadline = deadline;
	t->cpu = (uint8_t)cpu->id;
	where = cpu->timers.next;
	while (where != &cpu->timers &&
	       list_entry(where, struct timer, node)->deadline <= deadline)
		where = where->next;
	list_insert_before(where, &t->node);
	note_first(cpu);
	spin_unlock(&cpu->timer_lock);
	timer_program(cpu, arch_clock_read());
}

void timer_cancel(struct timer *t)
{
	struct percpu *cpu;

	if (list_empty(&t->node))
		return;
	cpu = percpu_of(t->cpu);
	spin_lock(&cpu->timer_lock);
	list_remove(&t->node);
	note_first(cpu);
	spin_unlock(&cpu->timer_lock);
	/* an interrupt for nothing is cheaper than reprogramming */
}

static struct timer *take_expired(struct percpu *cpu, uint64_t now)
{
	struct timer *t = NULL;

	spin_lock(&cpu->timer_lock);
	if (cpu->timer_first <= now) {
		t = list_entry(cpu->timers.next, struct timer, node);
		list_remove(&t->node);
		note_first(cpu);
	}
	spin_unlock(&cpu->timer_lock);
	return t;
}

void timer_interrupt(void)
{
	struct percpu *cpu = this_cpu();
	uint64_t now = arch_clock_read();
	struct timer *t;

	cpu->timer_deadline = UINT64_MAX;
	while (unlikely(cpu->timer_first <= now) && (t = take_expired(cpu, now)) != NULL)
		t->expired(t);
	if (cpu->rq.slice_end <= now)
		cpu->need_resched = 1; /* schedule() programs the timer */
	else
		timer_program(cpu, now);
}
