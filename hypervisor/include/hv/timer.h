/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One-shot timers of the hypervisor, a sorted list on each CPU, driven by the
 * CPU's hypervisor timer.  Time is in ticks of arch_clock_read().
 */
#ifndef HV_TIMER_H
#define HV_TIMER_H

#include <hv/types.h>
#include <hv/list.h>
#include <arch/time.h>

struct timer {
	struct list node; /* on no list: not armed */
	uint64_t deadline;
	void (*expired)(struct timer *); /* interrupts masked, no lock held */
	uint8_t cpu;
};

void timer_init(struct timer *t, void (*expired)(struct timer *));

/* Arm on this CPU, or move; a deadline in the past expires at the next interrupt. */
void timer_set(struct timer *t, uint64_t deadline);

/* Disarm; harmless when not armed. */
void timer_cancel(struct timer *t);

struct percpu;

/* Set this CPU's hardware timer to the first timer or the end of the slice. */
void timer_program(struct percpu *cpu, uint64_t now);

/* The arch calls this when the CPU's hypervisor timer fires. */
void timer_interrupt(void);

/* Start the hardware timer.  A far deadline is met in several steps. */
static inline void timer_start(uint64_t deadline, uint64_t now)
{
	uint32_t ticks = (uint32_t)(deadline - now);

	if (unlikely(deadline <= now))
		ticks = 0;
	else if (unlikely((deadline - now) >> 32))
		ticks = UINT32_MAX;
	arch_timer_set(ticks);
}

/* Ticks from a 64-bit count of nanoseconds and back, without division at run time. */
uint64_t ns_to_ticks(uint64_t ns);
uint64_t ticks_to_ns(uint64_t ticks);
void timer_setup_conversion(uint32_t hz); /* once, at boot */

#endif
