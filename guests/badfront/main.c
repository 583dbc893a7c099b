/* SPDX-License-Identifier: MIT */
#include "badfront.h"

static uint32_t seed = 20121122;

uint32_t random_word(void)
{
	seed ^= seed << 13; /* Marsaglia, "Xorshift RNGs", 2003 */
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

void format(char *text, uint32_t size, const char *pattern, ...)
{
	va_list args;

	va_start(args, pattern);
	guest_vsnprintf(text, size, pattern, args);
	va_end(args);
}

static void timer_fired(unsigned int virq)
{
	(void)virq;
}

void wake(unsigned int port)
{
	(void)port;
}

void doze(void)
{
	/* masked: the timer must not go by before the call that waits for it */
	irq_disable();
	timer_arm(clock_us_to_ticks(2000));
	hypercall_sched_op(SCHEDOP_block, 0);
	irq_enable();
	timer_arm(0);
}

void guest_main(void)
{
	event_setup();
	virq_register(SIGMA_VIRQ_TIMER, timer_fired);
	grants_setup();
	guest_printf("badfront waits for xenstored\n");
	xs_connect();
	event_attacks();
	grant_attacks();
	console_attacks();
	xenstore_attacks();
	block_attacks();
	net_attacks();
	xenstore_break_ring();
}
