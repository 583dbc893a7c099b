/* SPDX-License-Identifier: MIT */
/* The clock that all domains share, the PV timer, and idling. */
#include "guest.h"

uint64_t clock_read(void)
{
	volatile uint32_t *clock =
		(volatile uint32_t *)(uintptr_t)guest_descriptor->clock;
	uint32_t high, low;

	do {
		high = clock[1];
		low = clock[0];
	} while (clock[1] != high);
	return (uint64_t)high << 32 | low;
}

uint32_t clock_us_to_ticks(uint32_t us)
{
	return (uint32_t)divide((uint64_t)us * guest_descriptor->clock_hz, 1000000, NULL);
}

uint32_t clock_ticks_to_us(uint64_t ticks)
{
	return (uint32_t)divide(ticks * 1000000, guest_descriptor->clock_hz, NULL);
}

void timer_arm(uint32_t ticks)
{
	hypercall_sigma_timer_arm(ticks);
}

void guest_idle(void)
{
	/*
	 * Masked, so that nothing slips in between the caller's last look and the
	 * call; it returns at once when something is pending.
	 */
	irq_disable();
	hypercall_sched_op(SCHEDOP_block, 0);
	irq_enable();
}

void guest_yield(void)
{
	hypercall_sched_op(SCHEDOP_yield, 0);
}
