/* SPDX-License-Identifier: MIT */
/*
 * A periodic timer in a domain that otherwise sleeps.  Each tick is due at a
 * fixed time; the handler arms the next one itself, so a tick that is lost ends
 * the sequence and a late one shows.  What the other domain does must not matter.
 */
#include "guest.h"

#define TICKS     200
#define PERIOD_US 10000
/* Another domain may hold the processor for its whole slice of at most 30 ms. */
#define LATE_US      45000
#define REPORT_EVERY 50

static volatile unsigned int ticks;
static uint64_t due, latest;
static uint32_t period;

static void tick(unsigned int virq)
{
	uint64_t now = clock_read(), late;

	(void)virq;
	guest_check(now >= due, "tick %u came %u us early", ticks,
		    clock_ticks_to_us(due - now));
	late = now - due;
	if (late > latest)
		latest = late;
	ticks++;
	due += period;
	timer_arm(due > now ? (uint32_t)(due - now) : 1);
}

void guest_main(void)
{
	uint64_t before, start;
	unsigned int seen = 0, woken = 0;

	period = clock_us_to_ticks(PERIOD_US);
	virq_register(SIGMA_VIRQ_TIMER, tick);
	start = before = clock_read();
	due = start + period;
	timer_arm(period);
	while (ticks < TICKS) {
		uint64_t now;

		guest_idle();
		woken++;
		now = clock_read();
		guest_check(now >= before, "the clock went back by %u us",
			    clock_ticks_to_us(before - now));
		guest_check(now - before < (uint64_t)period * 100,
			    "no tick for %u us after tick %u",
			    clock_ticks_to_us(now - before), ticks);
		before = now;
		if (ticks / REPORT_EVERY > seen / REPORT_EVERY)
			guest_printf("%u ticks of %u us\n", ticks, PERIOD_US);
		seen = ticks;
	}
	timer_arm(0);
	guest_printf("%u ticks, woken %u times, latest %u us late\n", ticks, woken,
		     clock_ticks_to_us(latest));
	guest_check(clock_ticks_to_us(latest) < LATE_US, "a tick came %u us late",
		    clock_ticks_to_us(latest));
	guest_pass();
}
