/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's one-shot timers: sorted lists, one for each CPU.
 */
#include <arch/cpu.h>
#include <arch/time.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/slice.h>
#include <hv/timer.h>

static uint32_t ns_per_tick;
static uint64_t ticks_per_ns; /* times 2^64, rounded down */

void timer_setup_conversion(uint32_t hz)
{
	/* boot: the only divisions */
	ns_per_tick = 1000000000u / hz;
	ticks_per_ns = UINT64_MAX / ns_per_tick;
	CHECK(ns_per_tick * hz == 1000000000u);
}

/* x * y >> 64 */
static uint64_t multiply_high(uint64_t x, uint64_t y)
{
	uint32_t x_low = (uint32_t)x, y_low = (uint32_t)y;
	uint64_t low = (uint64_t)x_low * y_low;
	uint64_t middle = (x >> 32) * y_low + (low >> 32);
	uint64_t other = x_low * (y >> 32) + (uint32_t)middle;

	return (x >> 32) * (y >> 32) + (middle >> 32) + (other >> 32);
}

uint64_t ns_to_ticks(uint64_t ns)
{
	uint64_t ticks = multiply_high(ns, ticks_per_ns);
	uint64_t rest = ns - ticks * ns_per_tick;

	/* the quotient is too small by one at the most */
	return ticks + (rest > 0) + (rest > ns_per_tick);
}

uint64_t ticks_to_ns(uint64_t ticks)
{
	return ticks * ns_per_tick;
}

void timer_init(struct timer *t, void (*expired)(struct timer *))
{
	list_init(&t->node);
	t->expired = expired;
}

/*
 * Lock held: when the first timer is due, as the low word of the clock.  One that is
 * farther away than that arithmetic reaches, or none: look again in a while.
 */
static void note_first(struct percpu *cpu)
{
	uint64_t now = arch_clock_read();
	uint64_t due = now + TICKS_MAX;

	if (!list_empty(&cpu->timers)) {
		uint64_t first =
			list_entry(cpu->timers.next, struct timer, node)->deadline;

		if (first < due)
			due = first < now ? now : first;
	}
	cpu->timer_due = (uint32_t)due;
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
	timer_program(cpu, (uint32_t)arch_clock_read());
}

void timer_cancel(struct timer *t)
{
	struct percpu *cpu;

	if (list_empty(&t->node))
		return;
	cpu = percpu_of(t->cpu);
	spin_lock(&cpu->timer_lock);
	list_remove(&t->node);
	spin_unlock(&cpu->timer_lock);
	/* an interrupt for nothing is cheaper than reprogramming */
}

static struct timer *take_expired(struct percpu *cpu)
{
	struct timer *t = NULL;

	spin_lock(&cpu->timer_lock);
	if (!list_empty(&cpu->timers)) {
		t = list_entry(cpu->timers.next, struct timer, node);
		if (t->deadline <= arch_clock_read())
			list_remove(&t->node);
		else
			t = NULL;
	}
	if (!t)
		note_first(cpu);
	spin_unlock(&cpu->timer_lock);
	return t;
}

void timer_expire(struct percpu *cpu)
{
	struct timer *t;

	while ((t = take_expired(cpu)) != NULL)
		t->expired(t);
}
