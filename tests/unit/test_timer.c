// SPDX-License-Identifier: GPL-2.0-only
/* The hypervisor's timers (timer.c, hv/slice.h) and the conversion of times. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include <arch/cpu.h>
#include <hv/sched.h>
#include <hv/timer.h>
#include "fake.h"

#define TIMERS   8
#define EXPIRIES 32
#define SLICE    1000000u /* ticks */

static struct percpu *cpu;
static struct timer timers[TIMERS];
static unsigned int expiries; /* which, and when */
static unsigned int which[EXPIRIES];
static uint64_t when[EXPIRIES];
static void (*on_expiry)(unsigned int n);

static void expired(struct timer *t)
{
	assert_int_equal(fake_locks_held, 0);
	assert_true(list_empty(&t->node));
	assert_true(expiries < EXPIRIES);
	which[expiries] = (unsigned int)(t - timers);
	when[expiries++] = fake_clock;
	if (on_expiry)
		on_expiry((unsigned int)(t - timers));
}

/* One vCPU that computes: the timer of the processor serves its turns as well. */
static int setup(void **state)
{
	(void)state;
	fake_on_idle = NULL;
	fake_fill_ram = false;
	fake_power_on();
	cpu = this_cpu();
	fake_domain("dom0", 1, true);
	schedule();
	expiries = 0;
	on_expiry = NULL;
	for (unsigned int i = 0; i < TIMERS; i++)
		timer_init(&timers[i], expired);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_power_off();
	return 0;
}

static void assert_expired(unsigned int at, unsigned int n, uint64_t clock)
{
	assert_true(expiries > at);
	assert_int_equal(which[at], n);
	assert_int_equal(when[at], clock);
}

/* ---- order --------------------------------------------------------------------- */

static void test_order(void **state)
{
	static const unsigned int deadlines[] = {500, 300, 700, 300, 100, 900, 300};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(deadlines); i++)
		timer_set(&timers[i], deadlines[i]);
	assert_int_equal(fake_timer_at, 100);
	fake_compute_until(99);
	assert_int_equal(expiries, 0);
	fake_compute_until(1000);
	assert_int_equal(expiries, ARRAY_SIZE(deadlines));
	assert_expired(0, 4, 100);
	/* those that are due together: in the order in which they were set */
	assert_expired(1, 1, 300);
	assert_expired(2, 3, 300);
	assert_expired(3, 6, 300);
	assert_expired(4, 0, 500);
	assert_expired(5, 2, 700);
	assert_expired(6, 5, 900);
	fake_compute_until(10 * SLICE);
	assert_int_equal(expiries, ARRAY_SIZE(deadlines)); /* once */
}

static void test_move(void **state)
{
	(void)state;
	timer_set(&timers[0], 500);
	timer_set(&timers[1], 600);
	timer_set(&timers[0], 700); /* later */
	timer_set(&timers[1], 400); /* earlier */
	assert_int_equal(fake_timer_at, 400);
	fake_compute_until(1000);
	assert_int_equal(expiries, 2);
	assert_expired(0, 1, 400);
	assert_expired(1, 0, 700);
}

static void test_past_deadline(void **state)
{
	(void)state;
	fake_compute_until(1000);
	timer_set(&timers[0], 999);
	timer_set(&timers[1], 1000);
	timer_set(&timers[2], 0);
	assert_int_equal(expiries, 0); /* not on the caller's stack */
	assert_int_equal(fake_timer_at, 1001);
	fake_compute_until(1001);
	assert_int_equal(expiries, 3);
	assert_expired(0, 2, 1001);
	assert_expired(1, 0, 1001);
	assert_expired(2, 1, 1001);
	/* however long ago: the low word alone would say that it is to come */
	fake_compute_until(0x90000000);
	timer_set(&timers[3], 0x01000000);
	assert_int_equal(fake_timer_at, 0x90000001);
	fake_compute_until(0x90000001);
	assert_int_equal(expiries, 4);
}

static void test_late_interrupt(void **state)
{
	(void)state;
	timer_set(&timers[0], 300);
	timer_set(&timers[1], 400);
	timer_set(&timers[2], 2000);
	fake_clock = 1500;
	fake_timer_fires();
	assert_int_equal(expiries, 2);
	assert_expired(0, 0, 1500);
	assert_expired(1, 1, 1500);
	assert_int_equal(fake_timer_at, 2000);
}

/* ---- cancel ---------------------------------------------------------------------- */

static void test_cancel(void **state)
{
	(void)state;
	timer_cancel(&timers[0]); /* never armed */
	timer_set(&timers[0], 100);
	timer_set(&timers[1], 200);
	timer_set(&timers[2], 300);
	timer_set(&timers[3], 400);
	timer_cancel(&timers[0]);
	timer_cancel(&timers[2]);
	timer_cancel(&timers[2]);
	fake_compute_until(1000);
	assert_int_equal(expiries, 2);
	assert_expired(0, 1, 200);
	assert_expired(1, 3, 400);
	timer_cancel(&timers[1]);    /* over */
	timer_set(&timers[0], 1500); /* again */
	fake_compute_until(2000);
	assert_int_equal(expiries, 3);
	assert_expired(2, 0, 1500);
}

/* An interrupt for nothing may come; not one after the other. */
static void test_cancel_the_only_one(void **state)
{
	(void)state;
	timer_set(&timers[0], 100);
	timer_cancel(&timers[0]);
	fake_compute_until(101);
	assert_int_equal(expiries, 0);
	assert_in_range(fake_timer_at, TICKS_MAX, TICKS_MAX + 100);
}

static void cancel_next(unsigned int n)
{
	timer_cancel(&timers[n + 1]);
}

static void test_cancel_while_expiring(void **state)
{
	(void)state;
	on_expiry = cancel_next;
	timer_set(&timers[0], 100);
	timer_set(&timers[1], 100);
	timer_set(&timers[2], 100);
	fake_compute_until(1000);
	assert_int_equal(expiries, 2);
	assert_expired(0, 0, 100);
	assert_expired(1, 2, 100);
}

static void set_again(unsigned int n)
{
	timer_set(&timers[n], timers[n].deadline + 1000);
}

static void test_periodic(void **state)
{
	(void)state;
	on_expiry = set_again;
	timer_set(&timers[0], 1000);
	fake_compute_until(20500);
	assert_int_equal(expiries, 20);
	for (unsigned int i = 0; i < 20; i++)
		assert_expired(i, 0, 1000 * (i + 1));
}

/* ---- far away ---------------------------------------------------------------------- */

/* One after the other, from `start` on: to the tick. */
static void check_far(uint64_t start)
{
	static const uint64_t far[] = {
		1,          TICKS_MAX - 1, TICKS_MAX,  TICKS_MAX + 1,
		0x7fffffff, 0x80000001,    0xffffffff, 5ull * TICKS_MAX + 3};
	uint64_t clock = start;

	for (unsigned int i = 0; i < ARRAY_SIZE(far); i++) {
		fake_clock = clock;
		fake_timer_fires();
		schedule();
		expiries = 0;
		timer_set(&timers[0], clock + far[i]);
		assert_in_range(fake_timer_at - fake_clock, 1, TICKS_MAX);
		fake_compute_until(clock + far[i] - 1);
		assert_int_equal(expiries, 0);
		fake_compute_until(clock + far[i] + 10);
		assert_int_equal(expiries, 1);
		assert_expired(0, 0, clock + far[i]);
		clock = fake_clock;
	}
}

static void test_far(void **state)
{
	(void)state;
	check_far(0);
}

static void test_far_over_the_end_of_the_low_word(void **state)
{
	(void)state;
	check_far(0x7ffffff0);
	check_far(0xffffffff0);
	check_far(0x17ffffff00);
	check_far(0xffffffffff00);
}

static void test_very_far(void **state)
{
	(void)state;
	timer_set(&timers[0], 365 * 86400 * 100000000ull);
	timer_set(&timers[1], UINT64_MAX);
	fake_compute_until(365 * 86400 * 100000000ull + 1);
	assert_int_equal(expiries, 1);
	assert_expired(0, 0, 365 * 86400 * 100000000ull);
	timer_cancel(&timers[1]);
}

/* Sorted by the whole clock, not by its low word. */
static void test_order_over_the_end_of_the_low_word(void **state)
{
	const uint64_t end = 0x100000000;

	(void)state;
	fake_clock = end - 1000;
	fake_timer_fires();
	schedule();
	timer_set(&timers[0], end + 500);
	timer_set(&timers[1], end - 500);
	timer_set(&timers[2], end);
	timer_set(&timers[3], end - 1);
	timer_set(&timers[4], end + 2000);
	timer_set(&timers[5], 2 * end - 500);
	assert_int_equal(fake_timer_at, end - 500);
	fake_compute_until(end + 1000);
	assert_int_equal(expiries, 4);
	assert_expired(0, 1, end - 500);
	assert_expired(1, 3, end - 1);
	assert_expired(2, 2, end);
	assert_expired(3, 0, end + 500);
	/* an interrupt so late that the low word has gone through 0 since */
	timer_cancel(&timers[4]);
	fake_compute_until(2 * end - 1000);
	assert_int_equal(expiries, 4);
	fake_clock = 2 * end + 10;
	fake_timer_fires();
	assert_int_equal(expiries, 5);
	assert_expired(4, 5, 2 * end + 10);
}

/* ---- timers and turns ------------------------------------------------------------- */

static void test_timers_do_not_move_turns(void **state)
{
	struct vcpu *dom0 = current_vcpu();

	(void)state;
	fake_domain("domU", 1, false); /* wakes now: a turn ends a slice later */
	assert_int_equal(cpu->need_resched, 0);
	for (unsigned int i = 0; i < TIMERS; i++)
		timer_set(&timers[i], 300000ull * (i + 1));
	for (uint64_t end = SLICE; end < 4 * SLICE; end += SLICE) {
		fake_compute_until(end - 1);
		assert_int_equal(current_vcpu() == dom0, (end / SLICE) % 2);
		fake_compute_until(end);
		assert_int_equal(current_vcpu() == dom0, (end / SLICE + 1) % 2);
	}
	assert_int_equal(expiries, TIMERS);
	for (unsigned int i = 0; i < TIMERS; i++)
		assert_expired(i, i, 300000ull * (i + 1));
	assert_int_equal(dom0->sched.switches, 2);
}

static struct vcpu *sleeper;

static void wake_sleeper(unsigned int n)
{
	(void)n;
	vcpu_wake(sleeper);
}

/* From an expiry somebody wakes, who runs when the interrupt is over. */
static void test_expiry_wakes(void **state)
{
	(void)state;
	sleeper = fake_domain("domU", 1, false)->vcpu[0];
	sched_remove(sleeper, VCPU_BLOCKED);
	on_expiry = wake_sleeper;
	timer_set(&timers[0], 5000000);
	fake_compute_until(4999999);
	assert_ptr_not_equal(current_vcpu(), sleeper);
	fake_compute_until(5000000);
	assert_ptr_equal(current_vcpu(), sleeper);
}

static void until_interrupt(void)
{
	fake_clock = fake_timer_at;
	fake_timer_fires();
}

/* The same while the processor has nothing to do. */
static void test_expiry_wakes_idle_processor(void **state)
{
	(void)state;
	sleeper = current_vcpu();
	on_expiry = wake_sleeper;
	fake_on_idle = until_interrupt;
	fake_compute_until(1000);
	timer_set(&timers[0], 3ull * TICKS_MAX);
	timer_set(&timers[1], 3ull * TICKS_MAX + 1);
	sched_block();
	schedule();
	assert_int_equal(fake_clock, 3ull * TICKS_MAX);
	assert_int_equal(expiries, 1);
	assert_ptr_equal(current_vcpu(), sleeper);
	assert_int_equal(fake_timer_at, fake_clock + 1);
	fake_compute_until(3ull * TICKS_MAX + 1);
	assert_int_equal(expiries, 2);
}

/* ---- conversion ------------------------------------------------------------------- */

/* Up, so that a deadline is not early; by less than a tick, so that it is not late. */
static void check_ns(uint64_t ns, uint64_t ns_per_tick)
{
	uint64_t expected = ns / ns_per_tick + (ns % ns_per_tick != 0);

	if (ns_to_ticks(ns) != expected)
		fail_msg("%llu ns at %llu ns a tick: %llu ticks, expected %llu",
			 (unsigned long long)ns, (unsigned long long)ns_per_tick,
			 (unsigned long long)ns_to_ticks(ns),
			 (unsigned long long)expected);
}

static void check_conversion(uint32_t hz)
{
	const uint64_t ns_per_tick = 1000000000u / hz, year = 31536000000000000ull;
	uint64_t random = 12345;

	timer_setup_conversion(hz);
	for (uint64_t ns = 0; ns < 3000; ns++)
		check_ns(ns, ns_per_tick);
	for (unsigned int bit = 4; bit < 64; bit++)
		for (uint64_t ns = (1ull << bit) - 12; ns < (1ull << bit) + 12; ns++)
			check_ns(ns, ns_per_tick);
	for (uint64_t ns = year - 1000; ns < year + 1000; ns++)
		check_ns(ns, ns_per_tick);
	for (unsigned int i = 0; i < 10000; i++) {
		random = random * 6364136223846793005ull + 1442695040888963407ull;
		check_ns(random >> i % 64, ns_per_tick);
		random |= 1; /* no multiple of two only */
	}
	check_ns(UINT64_MAX, ns_per_tick);
	assert_int_equal(ticks_to_ns(0), 0);
	assert_int_equal(ticks_to_ns(1), ns_per_tick);
	assert_int_equal(ticks_to_ns(0x123456789abcull), 0x123456789abcull * ns_per_tick);
	assert_int_equal(ticks_to_ns(UINT64_MAX / ns_per_tick),
			 UINT64_MAX / ns_per_tick * ns_per_tick);
	/* there and back is the same tick */
	for (uint64_t ticks = 1; ticks < UINT64_MAX / ns_per_tick / 4; ticks *= 3)
		assert_int_equal(ns_to_ticks(ticks_to_ns(ticks)), ticks);
}

static void test_conversion(void **state)
{
	(void)state;
	check_conversion(100000000); /* the reference board's */
}

static void test_conversion_of_other_clocks(void **state)
{
	static const uint32_t clocks[] = {1000000000, 500000000, 250000000,
					  200000000,  50000000,  40000000,
					  1000000,    15625,     1};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(clocks); i++)
		check_conversion(clocks[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_move),
		TEST(test_past_deadline),
		TEST(test_late_interrupt),
		TEST(test_cancel),
		TEST(test_cancel_the_only_one),
		TEST(test_cancel_while_expiring),
		TEST(test_periodic),
		TEST(test_far),
		TEST(test_far_over_the_end_of_the_low_word),
		TEST(test_very_far),
		TEST(test_order_over_the_end_of_the_low_word),
		TEST(test_timers_do_not_move_turns),
		TEST(test_expiry_wakes),
		TEST(test_expiry_wakes_idle_processor),
		TEST(test_conversion),
		TEST(test_conversion_of_other_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
