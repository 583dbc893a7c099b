/* SPDX-License-Identifier: MIT */
/*
 * What the hypervisor costs: paths between markers (orr rN, rN, rN) that
 * tests/bench/insn_count.c counts instructions between.  One in each domain;
 * dom0 leads, domain 1 does what the phase asks for.
 *
 * Each phase ends with marker 0, before the line that names it: the n-th line
 * "phase NAME" names phase n of the counter.
 */
#include "guest.h"

#define REPEATS    16
#define PORT_LIMIT 64
#define SPIN_US    40000 /* many time slices of 1 ms */

#define MARK(n) __asm__ volatile("orr r" #n ", r" #n ", r" #n ::: "memory")

enum role { ROLE_SLEEP, ROLE_SPIN, ROLE_YIELD, ROLE_WAKE, ROLE_ANSWER, ROLE_END };

static unsigned int control, ball; /* ports */
static volatile unsigned int role, balls, answers;

/* A hypercall between markers 1 and 2, arguments in place before. */
#define marked_call(number, arg0, arg1)                                      \
	({                                                                   \
		register uint32_t r0_ __asm__("r0") = (arg0);                \
		register uint32_t r1_ __asm__("r1") = (arg1);                \
		register uint32_t page_ __asm__("r5") = hypercall_page;      \
		__asm__ volatile("orr r1, r1, r1\n\t"                        \
				 "mov r12, %[nr]\n\t"                        \
				 "blx %[page]\n\t"                           \
				 "orr r2, r2, r2"                            \
				 : "+r"(r0_), "+r"(r1_)                      \
				 : [nr] "i"(number), [page] "r"(page_)       \
				 : "r2", "r3", "r12", "lr", "cc", "memory"); \
		r0_;                                                         \
	})

static void phase_end(const char *name)
{
	MARK(0);
	guest_printf("phase %s\n", name);
}

/* ---- dom0 alone --------------------------------------------------------- */

static void measure_markers(void)
{
	for (unsigned int i = 0; i < REPEATS; i++) {
		MARK(1);
		MARK(2);
	}
	phase_end("empty");
}

static void measure_calls(void)
{
	for (unsigned int i = 0; i < REPEATS; i++)
		marked_call(52, 0, 0); /* sigma_null */
	phase_end("null_leaf");
	for (unsigned int i = 0; i < REPEATS; i++)
		marked_call(53, 0, 0); /* sigma_null_call */
	phase_end("null_call");
}

/* The line's acknowledgement, with the line up, as in an interrupt handler. */
static void measure_ack(void)
{
	virq_register(5, NULL);
	irq_disable();
	for (unsigned int i = 0; i < REPEATS; i++) {
		__atomic_fetch_or(&guest_descriptor->vcpu[0].pending[0], 1u << 5,
				  __ATOMIC_SEQ_CST);
		hypercall_sigma_virq_ctl(SIGMA_VIRQ_RAISE, 0, 0);
		marked_call(48, 0, 0); /* sigma_virq_ack */
		virq_clear(5);
	}
	irq_enable();
	virq_mask(5);
	phase_end("virq_ack");
}

static void measure_timer_arm(void)
{
	for (unsigned int i = 0; i < REPEATS; i++)
		marked_call(51, 0x10000000, 0); /* sigma_timer_arm */
	timer_arm(0);
	phase_end("timer_arm");
}

static volatile unsigned int ticks;

static void tick(unsigned int virq)
{
	(void)virq;
	ticks++;
	timer_arm(clock_us_to_ticks(10000));
}

/* A 10 ms tick while this domain computes and no other wants the processor. */
static void measure_tick(void)
{
	ticks = 0;
	virq_register(SIGMA_VIRQ_TIMER, tick);
	timer_arm(clock_us_to_ticks(10000));
	while (ticks < REPEATS)
		;
	timer_arm(0);
	virq_mask(SIGMA_VIRQ_TIMER);
	phase_end("tick");
}

/* ---- the two together ------------------------------------------------------ */

static void control_event(unsigned int port)
{
	(void)port;
	if (guest_descriptor->domain_id == 0)
		answers++;
	else
		role++;
}

static void ball_event(unsigned int port)
{
	balls++;
	if (guest_descriptor->domain_id != 0 && role == ROLE_ANSWER)
		event_send(port);
}

/* Tell domain 1 to go on to its next role, and wait until it has begun. */
static void next_role(void)
{
	unsigned int before = answers;

	event_send(control);
	guest_wait_until(answers != before);
}

static void __attribute__((noinline)) spin_until(uint64_t end, unsigned int while_role)
{
	while (role == while_role && (end == 0 || clock_read() < end))
		MARK(3);
}

static void measure_preemption(void)
{
	next_role();
	spin_until(clock_read() + clock_us_to_ticks(SPIN_US), role);
	phase_end("switch_interrupt");
}

static void measure_yield(void)
{
	next_role();
	for (unsigned int i = 0; i < REPEATS * 4; i++)
		marked_call(29, SCHEDOP_yield, 0);
	phase_end("switch_yield");
}

/* The sender's window begins here and ends in domain 1, behind its block. */
static void measure_wake(void)
{
	struct evtchn_send send = {.port = ball};

	next_role();
	for (unsigned int i = 0; i < REPEATS; i++) {
		hypercall_sigma_null_call();
		guest_yield(); /* domain 1 blocks again */
		marked_call(32, EVTCHNOP_send, guest_address(&send));
	}
	phase_end("event_wake");
}

static void measure_pingpong(void)
{
	next_role();
	for (unsigned int i = 0; i < REPEATS; i++) {
		unsigned int before = balls;

		MARK(4);
		event_send(ball);
		guest_wait_until(balls != before);
		MARK(5);
	}
	phase_end("event_round_trip");
}

static void lead(void)
{
	int p = event_alloc_unbound(1, control_event),
	    q = event_alloc_unbound(1, ball_event);

	guest_check(p > 0 && q == p + 1, "alloc_unbound answers %d and %d", p, q);
	control = (unsigned int)p;
	ball = (unsigned int)q;
	guest_wait_until(answers == 1); /* domain 1 has bound both */
	measure_markers();
	measure_calls();
	measure_ack();
	measure_timer_arm();
	measure_tick();
	measure_preemption();
	measure_yield();
	measure_wake();
	measure_pingpong();
	next_role();
}

/* ---- domain 1 ------------------------------------------------------------------ */

static unsigned int bind_first(event_handler handler, unsigned int from)
{
	for (;;) {
		for (unsigned int p = from; p < PORT_LIMIT; p++) {
			int port = event_bind(0, p, handler);

			if (port > 0)
				return (unsigned int)port;
		}
		guest_yield();
	}
}

static void play_role(unsigned int mine)
{
	switch (mine) {
	case ROLE_SPIN:
		spin_until(0, mine);
		break;
	case ROLE_YIELD:
		while (role == mine)
			marked_call(29, SCHEDOP_yield, 0);
		break;
	case ROLE_WAKE:
		irq_disable();
		while (role == mine) {
			hypercall_sched_op(SCHEDOP_block, 0);
			MARK(2);
			irq_window();
		}
		irq_enable();
		break;
	default:
		guest_wait_until(role != mine);
	}
}

static void follow(void)
{
	control = bind_first(control_event, 1);
	ball = bind_first(ball_event, 1);
	event_send(control);
	for (unsigned int mine = ROLE_SLEEP; mine < ROLE_END; mine = role) {
		if (mine != ROLE_SLEEP)
			event_send(control);
		play_role(mine);
	}
	event_send(control);
}

void guest_main(void)
{
	event_setup();
	if (guest_descriptor->domain_id == 0)
		lead();
	else
		follow();
	guest_pass();
}
