/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one hardware timer of a CPU serves its timers and the end of the time slice;
 * the inline half of timer.c, which every domain switch runs through.  Times are the
 * clock's low word, compared by difference, so valid within TICKS_MAX.
 */
#ifndef HV_SLICE_H
#define HV_SLICE_H

#include <arch/cpu.h>
#include <arch/time.h>
#include <hv/timer.h>

/* Has the clock reached `when`? */
static inline bool clock_reached(uint32_t now, uint32_t when)
{
	return (int32_t)(now - when) >= 0;
}

/* Set the hardware timer to what comes first. */
static inline void timer_program(struct percpu *cpu, uint32_t now)
{
	int32_t ticks = (int32_t)(cpu->rq.slice_end - now);
	int32_t due = (int32_t)(cpu->timer_due - now);

	if (due < ticks)
		ticks = due;
	arch_timer_set(ticks > 0 ? (uint32_t)ticks : 1);
}

/* The arch calls this when the CPU's hypervisor timer fires, then may schedule(). */
static inline void timer_interrupt(struct percpu *cpu)
{
	uint32_t now = arch_clock_low();

	if (unlikely(clock_reached(now, cpu->timer_due)))
		timer_expire(cpu);
	if (likely(clock_reached(now, cpu->rq.slice_end)))
		cpu->need_resched = 1; /* schedule() sets the timer */
	else
		timer_program(cpu, now);
}

#endif
