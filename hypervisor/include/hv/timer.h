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

/* Farthest that the 32-bit arithmetic of slices and of the hardware timer looks. */
#define TICKS_MAX 0x40000000u /* 10 s at 100 MHz */

struct percpu;

/* The first timer is due: run what has expired.  The caller sets the hardware timer. */
void timer_expire(struct percpu *cpu);

/*
 * Ticks from a 64-bit count of nanoseconds and back, without division at run time.
 * Exact; to ticks it is rounded up, so that a deadline does not come early.
 */
uint64_t ns_to_ticks(uint64_t ns);
uint64_t ticks_to_ns(uint64_t ticks);
void timer_setup_conversion(uint32_t hz); /* once, at boot */

#endif
