// SPDX-License-Identifier: GPL-2.0-only
/* Scheduling: sched.c and the policy `fair`, driven by the timer as on the board. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include <arch/cpu.h>
#include <hv/sched.h>
#include <hv/timer.h>
#include <hv/virq.h>
#include "fake.h"

#define MS      100000ull /* ticks */
#define SECOND  (1000 * MS)
#define DAY     (86400 * SECOND)
#define SLICE   (10 * MS)
#define BONUS   MS
#define WEIGHTS 8

static struct percpu *cpu;
static unsigned int idle_waits;
static struct vcpu *idle_wakes;

static int setup(void **state)
{
	(void)state;
	fake_on_idle = NULL;
	fake_fill_ram = false;
	fake_power_on();
	cpu = this_cpu();
	idle_waits = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_power_off();
	return 0;
}

static struct vcpu *make(const char *name, uint32_t weight)
{
	struct domain *d = fake_domain(name, 1, false);

	sched_set_weight(d, weight);
	return d->vcpu[0];
}

static void compute(uint64_t ticks)
{
	fake_compute_until(fake_clock + ticks);
}

/* The running vCPU has nothing to do, and leaves. */
static void block(void)
{
	sched_block();
	schedule();
}

/* v wakes; it runs at once if it may. */
static void wake(struct vcpu *v)
{
	vcpu_wake(v);
	if (cpu->need_resched)
		schedule();
}

/* Two: `first` runs, `second` is blocked; none has run before. */
static void start_two(struct vcpu **first, struct vcpu **second)
{
	*first = make("first", 256);
	*second = make("second", 256);
	sched_remove(*second, VCPU_BLOCKED);
	schedule();
	assert_ptr_equal(cpu->current, *first);
}

/* The timer comes at the end of the turn at the latest: it serves more than that. */
static void assert_turn_ends(uint64_t at)
{
	assert_int_equal(cpu->rq.slice_end, (uint32_t)at);
	assert_in_range(fake_timer_at, fake_clock + 1, at);
}

static void assert_near(uint64_t value, uint64_t expected, uint64_t tolerance)
{
	if (value > expected + tolerance || value + tolerance < expected)
		fail_msg("%llu is not %llu, by more than %llu", (unsigned long long)value,
			 (unsigned long long)expected, (unsigned long long)tolerance);
}

/* ---- shares ------------------------------------------------------------------- */

/* A vCPU for each weight, all of them busy; each has its share, within 1 %. */
static void check_shares(const uint32_t *weights, unsigned int count, uint64_t ticks)
{
	uint64_t before[WEIGHTS], total = 0, sum = 0;
	struct vcpu *v[WEIGHTS];

	for (unsigned int i = 0; i < count; i++) {
		v[i] = make("busy", weights[i]);
		before[i] = sched_run_time(v[i]);
		sum += weights[i];
	}
	schedule();
	compute(ticks);
	for (unsigned int i = 0; i < count; i++) {
		uint64_t ran = sched_run_time(v[i]) - before[i];

		assert_near(ran, ticks / sum * weights[i],
			    ticks / sum * weights[i] / 100);
		total += ran;
	}
	assert_int_equal(total, ticks);
}

static void test_shares(void **state)
{
	(void)state;
	check_shares((uint32_t[]){256, 512, 1}, 3, 4000 * SECOND);
}

static void test_shares_of_equals(void **state)
{
	(void)state;
	check_shares((uint32_t[]){256, 256, 256, 256, 256}, 5, 100 * SECOND);
}

static void test_shares_of_large_weights(void **state)
{
	(void)state;
	check_shares((uint32_t[]){65535, 40000, 1000, 700, 300}, 5, 4000 * SECOND);
}

static void test_shares_over_the_whole_range(void **state)
{
	(void)state;
	check_shares((uint32_t[]){65535, 1}, 2, 30 * DAY);
}

/* A domain's weight is each of its vCPUs'. */
static void test_shares_of_vcpus(void **state)
{
	struct domain *two = fake_domain("two", 2, false);
	struct vcpu *one = make("one", 256);

	(void)state;
	sched_set_weight(two, 128);
	sched_make_runnable(two->vcpu[1]);
	schedule();
	compute(100 * SECOND);
	assert_near(sched_run_time(one), 50 * SECOND, SECOND / 2);
	assert_near(sched_run_time(two->vcpu[0]), 25 * SECOND, SECOND / 4);
	assert_near(sched_run_time(two->vcpu[1]), 25 * SECOND, SECOND / 4);
}

/* One that works for 100 us every 5 ms starts at once; the others share the rest. */
static void test_shares_beside_an_interactive_one(void **state)
{
	struct vcpu *a = make("a", 256), *b = make("b", 512), *c = make("c", 256);

	(void)state;
	sched_remove(c, VCPU_BLOCKED);
	schedule();
	compute(5 * SLICE); /* none is behind because it has just started */
	for (unsigned int i = 0; i < 20000; i++) {
		compute(5 * MS);
		wake(c);
		assert_ptr_equal(cpu->current, c);
		compute(MS / 10);
		block();
		assert_ptr_not_equal(cpu->current, c);
	}
	assert_int_equal(sched_run_time(c), 20000 * MS / 10);
	assert_near(sched_run_time(a) * 2, sched_run_time(b), sched_run_time(b) / 100);
}

static void test_weight_changes(void **state)
{
	struct vcpu *a = make("a", 256), *b = make("b", 256);
	uint64_t a_before, b_before;

	(void)state;
	schedule();
	compute(10 * SECOND);
	assert_near(sched_run_time(a), 5 * SECOND, SLICE);
	sched_set_weight(a->domain, 768);
	assert_int_equal(a->domain->weight, 768);
	a_before = sched_run_time(a);
	b_before = sched_run_time(b);
	compute(100 * SECOND);
	assert_near(sched_run_time(a) - a_before, 75 * SECOND, SECOND / 2);
	assert_near(sched_run_time(b) - b_before, 25 * SECOND, SECOND / 4);
	sched_set_weight(b->domain, 0); /* the default */
	a_before = sched_run_time(a);
	compute(100 * SECOND);
	assert_near(sched_run_time(a) - a_before, 75 * SECOND, SECOND / 2);
}

/* Virtual time runs fastest for weight 1: it must not come to its end. */
static void test_shares_after_a_year(void **state)
{
	struct vcpu *a, *b;
	uint64_t a_before;

	(void)state;
	start_two(&a, &b);
	sched_set_weight(a->domain, 1);
	sched_set_weight(b->domain, 3);
	compute(365 * DAY);
	assert_int_equal(sched_run_time(a), 365 * DAY);
	wake(b);
	a_before = sched_run_time(a);
	compute(100 * SECOND);
	assert_near(sched_run_time(a) - a_before, 25 * SECOND, SECOND / 4);
	assert_near(sched_run_time(b), 75 * SECOND, SECOND / 2);
}

/* ---- sleepers ------------------------------------------------------------------- */

/* After `alone` of the first, the second wakes: from then on half is its. */
static void check_sleeper(uint64_t alone)
{
	struct vcpu *a, *b;

	start_two(&a, &b);
	compute(alone);
	wake(b);
	assert_ptr_equal(cpu->current, b);
	compute(2 * SECOND);
	assert_near(sched_run_time(b), SECOND, SLICE + BONUS);
	assert_int_equal(sched_run_time(a) + sched_run_time(b), alone + 2 * SECOND);
}

static void test_sleeper(void **state)
{
	(void)state;
	check_sleeper(9 * SECOND); /* not charged yet: a turn alone lasts so long */
}

static void test_sleeper_after_a_minute(void **state)
{
	(void)state;
	check_sleeper(60 * SECOND);
}

/* Both sleep; the one that had slept for long has no more than the other then. */
static void wake_in_idle(void)
{
	fake_clock += SECOND;
	vcpu_wake(idle_wakes);
}

static void test_sleeper_wakes_on_an_idle_processor(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	compute(9 * SECOND);
	idle_wakes = b;
	fake_on_idle = wake_in_idle;
	block();
	assert_ptr_equal(cpu->current, b);
	wake(a);
	compute(2 * SECOND);
	assert_near(sched_run_time(b), SECOND, SLICE + BONUS);
}

/* Neither the running one nor a waiting one loses to it. */
static void test_sleeper_among_three(void **state)
{
	struct vcpu *a, *b, *c;
	uint64_t a_before, c_before;

	(void)state;
	start_two(&a, &b);
	c = make("c", 256);
	compute(9 * SECOND);
	assert_near(sched_run_time(c), 9 * SECOND / 2, SLICE);
	wake(b);
	a_before = sched_run_time(a);
	c_before = sched_run_time(c);
	compute(3 * SECOND);
	assert_near(sched_run_time(a) - a_before, SECOND, SLICE + BONUS);
	assert_near(sched_run_time(b), SECOND, SLICE + BONUS);
	assert_near(sched_run_time(c) - c_before, SECOND, SLICE + BONUS);
}

/* One that slept for a moment is not set back. */
static void test_short_sleep_is_no_gain(void **state)
{
	struct vcpu *a, *b;
	uint64_t vruntime;

	(void)state;
	start_two(&a, &b);
	sched_make_runnable(b);
	compute(SLICE);
	assert_ptr_equal(cpu->current, b);
	compute(SLICE - MS / 2);
	block();
	vruntime = b->sched.vruntime;
	compute(MS / 4);
	vcpu_wake(b);
	assert_int_equal(b->sched.vruntime, vruntime);
}

/* ---- preemption, turns ------------------------------------------------------------ */

static void test_wake_preempts(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	compute(5 * MS);
	assert_int_equal(cpu->need_resched, 0);
	vcpu_wake(b);
	assert_int_equal(cpu->need_resched, 1);
	schedule();
	assert_ptr_equal(cpu->current, b);
	assert_int_equal(cpu->need_resched, 0);
	assert_turn_ends(fake_clock + SLICE);
}

/* One with less right to run does not; but a turn has an end from now on. */
static void test_wake_does_not_preempt(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	compute(20 * MS);
	assert_turn_ends(TICKS_MAX);
	idle_wakes = b;
	fake_on_idle = wake_in_idle;
	block();
	assert_ptr_equal(cpu->current, b); /* BONUS behind a */
	compute(BONUS / 2);
	vcpu_wake(a);
	assert_int_equal(cpu->need_resched, 0);
	assert_turn_ends(fake_clock + SLICE);
	compute(SLICE - 1);
	assert_ptr_equal(cpu->current, b);
	compute(1);
	assert_ptr_equal(cpu->current, a);
}

/* A third that waits too does not lengthen the turn that goes on. */
static void test_wake_keeps_the_end_of_a_turn(void **state)
{
	struct vcpu *a, *b, *c;
	uint64_t end;

	(void)state;
	start_two(&a, &b);
	c = make("c", 256);
	compute(2 * SLICE);
	assert_ptr_equal(cpu->current, a);
	end = fake_clock + SLICE;
	assert_turn_ends(end);
	compute(MS);
	assert_ptr_equal(cpu->current, a);
	b->sched.vruntime = UINT64_MAX / 4;
	vcpu_wake(b);
	assert_int_equal(cpu->need_resched, 0);
	assert_turn_ends(end);
	fake_compute_until(end);
	assert_ptr_equal(cpu->current, c);
	b->sched.vruntime = 0;
}

static void test_turns(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	sched_make_runnable(b);
	for (unsigned int i = 0; i < 10; i++) {
		assert_ptr_equal(cpu->current, i & 1 ? b : a);
		assert_turn_ends(fake_clock + SLICE);
		compute(SLICE - 1);
		assert_ptr_equal(cpu->current, i & 1 ? b : a);
		compute(1);
	}
	assert_int_equal(a->sched.switches, 6);
	assert_int_equal(b->sched.switches, 5);
}

/* The same where the clock's low word goes through 0, and through its sign. */
static void test_turns_over_the_end_of_the_low_word(void **state)
{
	static const uint64_t ends[] = {0x80000000, 0x100000000, 0x180000000,
					0x200000000};

	for (unsigned int i = 0; i < ARRAY_SIZE(ends); i++) {
		setup(state);
		fake_clock = ends[i] - SLICE / 2 - 3 * SLICE;
		test_turns(state);
		assert_int_equal(fake_clock, ends[i] - SLICE / 2 + 7 * SLICE);
		assert_int_equal(sched_run_time(domains[0]->vcpu[0]), 5 * SLICE);
		assert_int_equal(sched_run_time(domains[1]->vcpu[0]), 5 * SLICE);
		teardown(state);
	}
	setup(state);
}

/* Interrupts come late: the time is that of whoever had it. */
static void test_late_interrupts(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	sched_make_runnable(b);
	for (unsigned int i = 0; i < 1000; i++) {
		fake_clock = fake_timer_at + i % 7 * MS;
		fake_timer_fires();
		assert_int_equal(cpu->need_resched, 1);
		schedule();
	}
	assert_near(sched_run_time(a), fake_clock / 2, SLICE + 7 * MS);
	assert_int_equal(sched_run_time(a) + sched_run_time(b), fake_clock);
}

static void test_yield(void **state)
{
	struct vcpu *a, *b;
	uint64_t vruntime;

	(void)state;
	start_two(&a, &b);
	vruntime = a->sched.vruntime;
	sched_yield(); /* to nobody */
	assert_int_equal(a->sched.vruntime, vruntime);
	assert_int_equal(cpu->need_resched, 1);
	schedule();
	assert_ptr_equal(cpu->current, a);
	assert_int_equal(a->sched.switches, 1);

	compute(9 * MS);
	wake(b);
	assert_ptr_equal(cpu->current, b); /* and has more right than a has */
	compute(MS / 4);
	sched_yield();
	schedule();
	assert_ptr_equal(cpu->current, a);
	/* the rest of its turn only */
	compute(SLICE);
	assert_ptr_equal(cpu->current, b);
	compute(SLICE);
	assert_ptr_equal(cpu->current, a);
	/* even before it has run for a tick */
	sched_yield();
	schedule();
	assert_ptr_equal(cpu->current, b);
}

/* It costs nothing to one whose turn was over anyway. */
static void test_yield_of_one_ahead(void **state)
{
	struct vcpu *a, *b;
	uint64_t vruntime;

	(void)state;
	start_two(&a, &b);
	compute(10 * MS);
	wake(b);
	compute(SLICE);
	assert_ptr_equal(cpu->current, a);
	a->sched.vruntime += 1000;
	b->sched.vruntime = a->sched.vruntime - 500;
	vruntime = a->sched.vruntime;
	sched_yield();
	assert_int_equal(a->sched.vruntime, vruntime);
	schedule();
	assert_ptr_equal(cpu->current, b);
}

static void test_request(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	sched_request();
	assert_int_equal(cpu->need_resched, 1);
	compute(1);
	assert_int_equal(cpu->need_resched, 0);
	assert_ptr_equal(cpu->current, a);
}

/* ---- set-up ------------------------------------------------------------------------- */

static void check_slice(uint64_t ticks)
{
	sched_request();
	schedule();
	assert_turn_ends(fake_clock + ticks);
}

static void test_setup(void **state)
{
	(void)state;
	make("a", 256);
	make("b", 256);
	schedule();
	assert_int_equal(sched_setup("fair", 1000), 0);
	check_slice(1 * MS);
	assert_int_equal(sched_setup("fair", 30000), 0);
	check_slice(30 * MS);
	/* what is refused changes nothing */
	assert_int_equal(sched_setup("fair", 999), -XEN_ERANGE);
	assert_int_equal(sched_setup("fair", 30001), -XEN_ERANGE);
	assert_int_equal(sched_setup("fair", 0), -XEN_ERANGE);
	assert_int_equal(sched_setup("fair", UINT32_MAX), -XEN_ERANGE);
	assert_int_equal(sched_setup("unfair", 10000), -XEN_ENOENT);
	assert_int_equal(sched_setup("fai", 10000), -XEN_ENOENT);
	assert_int_equal(sched_setup("", 10000), -XEN_ENOENT);
	check_slice(30 * MS);
}

static jmp_buf started;

static void on_start(struct vcpu *first)
{
	assert_ptr_equal(first, cpu->current);
	longjmp(started, 1);
}

static void test_start(void **state)
{
	struct vcpu *a = make("a", 256), *b = make("b", 256);

	(void)state;
	fake_on_start = on_start;
	fake_clock = 12345;
	if (setjmp(started) == 0)
		sched_start();
	assert_ptr_equal(cpu->current, a);
	assert_int_equal(a->sched.switches, 1);
	assert_turn_ends(fake_clock + SLICE);
	assert_int_equal(sched_run_time(a), 0);
	compute(SLICE);
	assert_int_equal(sched_run_time(a), SLICE);
	assert_ptr_equal(cpu->current, b);
	compute(SLICE);
	assert_ptr_equal(cpu->current, a); /* once on the queue, not twice */
	compute(SLICE);
	assert_ptr_equal(cpu->current, b);
}

/* ---- blocking ----------------------------------------------------------------------- */

static void test_block(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	sched_make_runnable(b);
	sched_block();
	assert_int_equal(a->state, VCPU_BLOCKED);
	assert_int_equal(cpu->need_resched, 1);
	schedule();
	assert_ptr_equal(cpu->current, b);
	compute(5 * SLICE);
	assert_ptr_equal(cpu->current, b);
	virq_set(a, SIGMA_VIRQ_EVENT);
	assert_int_equal(a->state, VCPU_RUNNABLE);
	compute(1);
	assert_ptr_equal(cpu->current, a);
}

/* Every bit counts, unless it is masked. */
static void test_block_with_something_pending(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	for (unsigned int virq = 0; virq < SIGMA_VIRQ_COUNT; virq++) {
		memset(a->words, 0, sizeof(*a->words));
		a->words->pending[virq / 32] = 1u << virq % 32;
		sched_block();
		assert_int_equal(a->state, VCPU_RUNNABLE);
		schedule();
		assert_ptr_equal(cpu->current, a);

		memset(a->words->mask, 0xff, sizeof(a->words->mask));
		a->words->mask[virq / 32] &= ~(1u << virq % 32);
		sched_block();
		assert_int_equal(a->state, VCPU_RUNNABLE);
		schedule();

		memset(a->words->mask, 0, sizeof(a->words->mask));
		a->words->mask[virq / 32] = 1u << virq % 32;
		sched_block();
		assert_int_equal(a->state, VCPU_BLOCKED);
		vcpu_wake(a);
		schedule();
	}
	assert_int_equal(a->sched.switches, 1); /* it never left */
}

/* Woken on its way out: it goes on, and is in one place only. */
static void test_wake_before_it_left(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	compute(MS);
	sched_block();
	vcpu_wake(a);
	assert_int_equal(a->state, VCPU_RUNNABLE);
	assert_true(list_empty(&cpu->rq.runnable));
	schedule();
	assert_ptr_equal(cpu->current, a);
	/* with another to go on */
	sched_make_runnable(b);
	sched_block();
	vcpu_wake(a);
	schedule();
	compute(10 * SLICE);
	assert_near(sched_run_time(b), 5 * SLICE, SLICE);
}

/* The time of one that leaves, not charged yet, counts for who wakes meanwhile. */
static void test_wake_while_the_running_one_leaves(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	compute(9 * SECOND);
	sched_block();
	vcpu_wake(b);
	schedule();
	assert_ptr_equal(cpu->current, b);
	assert_int_equal(a->state, VCPU_BLOCKED);
	wake(a);
	compute(2 * SECOND);
	assert_near(sched_run_time(b), SECOND, SLICE + BONUS);
}

static void test_wake_of_others(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	sched_remove(b, VCPU_OFFLINE);
	vcpu_wake(b);
	assert_int_equal(b->state, VCPU_OFFLINE);
	sched_remove(b, VCPU_PAUSED);
	vcpu_wake(b);
	assert_int_equal(b->state, VCPU_PAUSED);
	assert_true(list_empty(&cpu->rq.runnable));
	sched_make_runnable(b);
	sched_make_runnable(b); /* there already */
	vcpu_wake(b);
	assert_ptr_equal(cpu->rq.runnable.next, &b->sched.node);
	assert_ptr_equal(cpu->rq.runnable.prev, &b->sched.node);
	assert_ptr_equal(b->sched.node.next, &cpu->rq.runnable);
	assert_ptr_equal(b->sched.node.prev, &cpu->rq.runnable);
}

static void test_remove(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	sched_make_runnable(b);
	compute(SLICE / 2);
	sched_remove(b, VCPU_OFFLINE); /* waiting */
	compute(5 * SLICE);
	assert_int_equal(sched_run_time(b), 0);
	sched_make_runnable(b);
	compute(1);
	assert_ptr_equal(cpu->current, b);
	sched_remove(b, VCPU_OFFLINE); /* running */
	assert_int_equal(cpu->need_resched, 1);
	compute(1);
	assert_ptr_equal(cpu->current, a);
	assert_int_equal(b->state, VCPU_OFFLINE);
}

/* ---- nothing to run -------------------------------------------------------------- */

/* The timer interrupts; at the third time somebody wakes. */
static void third_time(void)
{
	assert_true(cpu->idle);
	assert_int_equal(fake_locks_held, 0);
	/* not for every tick: two kinds of look have TICKS_MAX to go each */
	assert_in_range(fake_timer_at, fake_clock + TICKS_MAX / 2,
			fake_clock + TICKS_MAX);
	fake_clock = fake_timer_at;
	fake_timer_fires();
	if (++idle_waits == 3)
		vcpu_wake(idle_wakes);
}

static void test_idle(void **state)
{
	struct vcpu *a, *b;
	uint64_t since, idle;

	(void)state;
	start_two(&a, &b);
	fake_on_idle = third_time;
	compute(MS);
	since = fake_clock;
	idle_wakes = a; /* whose registers are loaded */
	block();
	assert_int_equal(idle_waits, 3);
	idle = cpu->rq.idle;
	assert_int_equal(fake_clock, since + idle);
	assert_int_equal(cpu->rq.idle_since, since);
	assert_false(cpu->idle);
	assert_int_equal(cpu->need_resched, 0);
	assert_ptr_equal(cpu->current, a);
	assert_int_equal(a->sched.switches, 1);
	assert_int_equal(sched_run_time(a), MS);

	compute(MS);
	idle_waits = 0;
	idle_wakes = b;
	block();
	assert_ptr_equal(cpu->current, b);
	assert_int_equal(b->sched.switches, 1);
	assert_true(cpu->rq.idle > idle);
	compute(MS);
	assert_int_equal(sched_run_time(a), 2 * MS);
	assert_int_equal(sched_run_time(b), MS);
	assert_int_equal(cpu->rq.idle + sched_run_time(a) + sched_run_time(b),
			 fake_clock);
}

/* Interrupts come although the last one found the end of a turn and set none. */
static void test_idle_at_the_end_of_a_turn(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	sched_make_runnable(b);
	fake_clock = fake_timer_at;
	fake_timer_fires();
	assert_int_equal(cpu->need_resched, 1);
	sched_remove(b, VCPU_BLOCKED);
	fake_on_idle = third_time;
	idle_wakes = b;
	block();
	assert_int_equal(idle_waits, 3);
	assert_ptr_equal(cpu->current, b);
}

/* What the last one that ran has run stays, while the processor waits. */
static void look_and_wake(void)
{
	fake_clock += SECOND;
	assert_int_equal(sched_run_time(cpu->current), MS);
	virq_set(idle_wakes, SIGMA_VIRQ_TIMER);
	virq_set(cpu->current, SIGMA_VIRQ_TIMER);
}

static void test_idle_run_time(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	fake_on_idle = look_and_wake;
	idle_wakes = b;
	compute(MS);
	block(); /* both wake: both run */
	assert_int_equal(cpu->rq.idle, SECOND);
	compute(2 * SLICE);
	assert_near(sched_run_time(b), SLICE, BONUS);
}

static void test_run_time(void **state)
{
	struct vcpu *a, *b;

	(void)state;
	start_two(&a, &b);
	for (unsigned int i = 1; i <= 100; i++) {
		compute(SECOND);
		assert_int_equal(sched_run_time(a), i * SECOND);
	}
	assert_int_equal(sched_run_time(b), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_shares),
		TEST(test_shares_of_equals),
		TEST(test_shares_of_large_weights),
		TEST(test_shares_over_the_whole_range),
		TEST(test_shares_of_vcpus),
		TEST(test_shares_beside_an_interactive_one),
		TEST(test_weight_changes),
		TEST(test_shares_after_a_year),
		TEST(test_sleeper),
		TEST(test_sleeper_after_a_minute),
		TEST(test_sleeper_wakes_on_an_idle_processor),
		TEST(test_sleeper_among_three),
		TEST(test_short_sleep_is_no_gain),
		TEST(test_wake_preempts),
		TEST(test_wake_does_not_preempt),
		TEST(test_wake_keeps_the_end_of_a_turn),
		TEST(test_turns),
		TEST(test_turns_over_the_end_of_the_low_word),
		TEST(test_late_interrupts),
		TEST(test_yield),
		TEST(test_yield_of_one_ahead),
		TEST(test_request),
		TEST(test_setup),
		TEST(test_start),
		TEST(test_block),
		TEST(test_block_with_something_pending),
		TEST(test_wake_before_it_left),
		TEST(test_wake_while_the_running_one_leaves),
		TEST(test_wake_of_others),
		TEST(test_remove),
		TEST(test_idle),
		TEST(test_idle_at_the_end_of_a_turn),
		TEST(test_idle_run_time),
		TEST(test_run_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
