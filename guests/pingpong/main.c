/* SPDX-License-Identifier: MIT */
/*
 * Event channels between two domains.  dom0 opens two ports at numbers agreed on;
 * domain 1 binds to them and says so with the first event.  dom0 then serves on
 * the two ports in turn; each event has to come back on the port it left by,
 * before the next is sent.
 */
#include "guest.h"

#define ROUNDS        2000
#define FIRST_PORT    40 /* of dom0, and the one after it */
#define BIND_LIMIT_US 10000000

static unsigned int port[2];
static volatile unsigned int received;
static unsigned int expected; /* index of the port that is next */

static void ball(unsigned int from)
{
	guest_check(from == port[expected], "event %u came on port %u, not %u", received,
		    from, port[expected]);
	expected ^= 1;
	received++;
}

/* Ports are given out in order: take those below as well, then let them go. */
static void open_ports(void)
{
	unsigned int below[FIRST_PORT], used = 0;
	int p;

	for (;;) {
		p = event_alloc_unbound(1, ball);
		guest_check(p > 0, "alloc_unbound answers %d", p);
		if (p >= FIRST_PORT)
			break;
		below[used++] = (unsigned int)p;
	}
	port[0] = (unsigned int)p;
	p = event_alloc_unbound(1, ball);
	guest_check(port[0] == FIRST_PORT && p == FIRST_PORT + 1,
		    "got ports %u and %d, not %u and the next", port[0], p, FIRST_PORT);
	port[1] = (unsigned int)p;
	while (used)
		event_close(below[--used]);
}

static void bind_ports(void)
{
	uint64_t end = clock_read() + clock_us_to_ticks(BIND_LIMIT_US);

	/* The other side opens its second port last: wait for that one. */
	for (unsigned int i = 2; i-- > 0;) {
		int p = event_bind(0, FIRST_PORT + i, ball);

		while (p < 0) {
			guest_check(clock_read() < end,
				    "bind_interdomain still answers %d", p);
			guest_yield();
			p = event_bind(0, FIRST_PORT + i, ball);
		}
		port[i] = (unsigned int)p;
	}
}

static void send(unsigned int which)
{
	int result = event_send(port[which]);

	guest_check(result == 0, "send answers %d", result);
}

static void serve(void)
{
	uint64_t start;

	guest_wait_until(received == 1); /* domain 1 is there: on the first port */
	expected = 0;
	start = clock_read();
	for (unsigned int round = 0; round < ROUNDS; round++) {
		send(round & 1);
		guest_wait_until(received == round + 2);
	}
	guest_printf("%u events and as many back in %u us\n", ROUNDS,
		     clock_ticks_to_us(clock_read() - start));
}

static void play(void)
{
	send(0);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		guest_wait_until(received == round + 1);
		send(round & 1);
	}
	guest_printf("%u events answered\n", ROUNDS);
}

void guest_main(void)
{
	event_setup();
	if (guest_descriptor->domain_id == 0) {
		open_ports();
		serve();
	} else {
		bind_ports();
		play();
	}
	guest_pass();
}
