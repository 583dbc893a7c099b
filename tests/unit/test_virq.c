// SPDX-License-Identifier: GPL-2.0-only
/* Virtual interrupts: virq.c, and its hypercall. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arch/cpu.h>
#include <arch/irq.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/virq.h>
#include "fake.h"

#define VIRQ_CTL 50 /* hypercalls.def */
#define UART     37 /* dom0's */
#define DISK     40
#define NETWORK  70 /* domU's */
#define NOBODYS  90

static struct domain *dom0, *domu;

/* A broken invariant: cmocka's expect_assert_failure() can wait for it. */
void panic(const char *format, ...)
{
	mock_assert(0, format, __FILE__, __LINE__);
	abort();
}

static int setup(void **state)
{
	(void)state;
	fake_fill_ram = false;
	fake_power_on();
	dom0 = fake_domain("dom0", 4, true);
	domu = fake_domain("domU", 2, false);
	virq_assign(dom0, UART);
	virq_assign(dom0, DISK);
	virq_assign(domu, NETWORK);
	schedule();
	assert_ptr_equal(current_vcpu(), dom0->vcpu[0]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_power_off();
	return 0;
}

static long control(uint32_t op, uint32_t a, uint32_t b)
{
	return fake_call(VIRQ_CTL, op, a, b);
}

static bool is_pending(const struct vcpu *v, unsigned int virq)
{
	return v->words->pending[virq / 32] >> virq % 32 & 1;
}

/* The bits of `pending`, all vCPUs of a domain together. */
static unsigned int count_pending(const struct domain *d)
{
	unsigned int count = 0;
	struct vcpu *v;

	vcpu_for_each(d, v)
		for (unsigned int i = 0; i < SIGMA_VIRQ_WORDS; i++)
			count += (unsigned int)__builtin_popcount(v->words->pending[i]);
	return count;
}

static bool is_forwarded(const struct vcpu *v, unsigned int irq)
{
	return v->arch.forward[irq / 32] >> irq % 32 & 1;
}

/* ---- bits ------------------------------------------------------------------------ */

static void test_set(void **state)
{
	struct vcpu *v = dom0->vcpu[0], *other = domu->vcpu[0];

	(void)state;
	for (unsigned int virq = 0; virq < SIGMA_VIRQ_COUNT; virq++) {
		virq_set(v, virq);
		assert_true(is_pending(v, virq));
		assert_int_equal(count_pending(dom0), virq + 1);
		assert_int_equal(v->arch.lines, virq + 1);
	}
	assert_int_equal(count_pending(domu), 0);
	assert_int_equal(other->arch.lines, 0);
	virq_set(other, 33); /* it does not run: its line is remembered */
	assert_true(is_pending(other, 33));
	assert_int_equal(other->arch.lines, 1);
	assert_int_equal(v->arch.lines, SIGMA_VIRQ_COUNT);
	virq_set(other, 33);
	assert_int_equal(count_pending(domu), 1);
}

static void test_pending_and_mask(void **state)
{
	struct vcpu *v = dom0->vcpu[0];

	(void)state;
	assert_false(virq_pending(v));
	for (unsigned int virq = 0; virq < SIGMA_VIRQ_COUNT; virq++) {
		uint32_t bit = 1u << virq % 32;

		v->words->pending[virq / 32] = bit;
		assert_true(virq_pending(v));
		v->words->mask[virq / 32] = bit;
		assert_false(virq_pending(v));
		v->words->mask[virq / 32] = ~bit;
		assert_true(virq_pending(v));
		memset(v->words->mask, 0xff, sizeof(v->words->mask));
		assert_false(virq_pending(v));
		memset(v->words, 0, sizeof(*v->words));
	}
	/* what another has is not it */
	virq_set(dom0->vcpu[1], 3);
	assert_false(virq_pending(v));
	assert_true(virq_pending(dom0->vcpu[1]));
}

static void test_set_wakes(void **state)
{
	struct vcpu *v = domu->vcpu[0];

	(void)state;
	sched_remove(v, VCPU_BLOCKED);
	virq_set(v, SIGMA_VIRQ_EVENT);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	/* but none that is off or held */
	sched_remove(v, VCPU_PAUSED);
	virq_set(v, SIGMA_VIRQ_EVENT);
	assert_int_equal(v->state, VCPU_PAUSED);
	virq_set(domu->vcpu[1], SIGMA_VIRQ_EVENT);
	assert_int_equal(domu->vcpu[1]->state, VCPU_OFFLINE);
	assert_true(is_pending(domu->vcpu[1], SIGMA_VIRQ_EVENT));
}

/* ---- the board's interrupts -------------------------------------------------------- */

static void test_ownership(void **state)
{
	(void)state;
	assert_ptr_equal(virq_owner(UART), dom0);
	assert_ptr_equal(virq_owner(DISK), dom0);
	assert_ptr_equal(virq_owner(NETWORK), domu);
	assert_null(virq_owner(NOBODYS));
	assert_null(virq_owner(SIGMA_VIRQ_COUNT));
	assert_null(virq_owner(UINT32_MAX));
	assert_true(is_forwarded(dom0->vcpu[0], UART));
	assert_true(is_forwarded(domu->vcpu[0], NETWORK));
	assert_false(is_forwarded(dom0->vcpu[0], NETWORK));
	/* only shared interrupts can be given */
	expect_assert_failure(virq_assign(dom0, SIGMA_VIRQ_SPI_BASE - 1));
	expect_assert_failure(virq_assign(dom0, SIGMA_VIRQ_COUNT));
	virq_assign(domu, SIGMA_VIRQ_SPI_BASE);
	virq_assign(domu, SIGMA_VIRQ_COUNT - 1);
	assert_ptr_equal(virq_owner(SIGMA_VIRQ_SPI_BASE), domu);
	assert_ptr_equal(virq_owner(SIGMA_VIRQ_COUNT - 1), domu);
}

/* One that the fast path did not take: masked, and in its owner's words. */
static void test_dispatch(void **state)
{
	(void)state;
	sched_remove(domu->vcpu[0], VCPU_BLOCKED);
	arch_irq_enable(NETWORK);
	arch_irq_enable(UART);
	irq_dispatch(NETWORK);
	assert_false(arch_irq_is_enabled(NETWORK));
	assert_true(arch_irq_is_enabled(UART));
	assert_true(is_pending(domu->vcpu[0], NETWORK));
	assert_int_equal(count_pending(domu), 1);
	assert_int_equal(count_pending(dom0), 0);
	assert_int_equal(domu->vcpu[0]->state, VCPU_RUNNABLE);
}

static void test_dispatch_of_nobodys(void **state)
{
	(void)state;
	arch_irq_enable(NOBODYS);
	irq_dispatch(NOBODYS); /* it shall not come again */
	assert_false(arch_irq_is_enabled(NOBODYS));
	/* no such line: the controller's answer when there is nothing */
	irq_dispatch(SIGMA_VIRQ_COUNT);
	irq_dispatch(1023);
	irq_dispatch(UINT32_MAX);
	assert_int_equal(count_pending(dom0) + count_pending(domu), 0);
}

static unsigned int handled;

static void handler(unsigned int irq)
{
	handled = irq;
}

static void test_own_handler(void **state)
{
	(void)state;
	irq_register(80, handler, "something");
	arch_irq_enable(80);
	irq_dispatch(80);
	assert_int_equal(handled, 80);
	assert_true(arch_irq_is_enabled(80));
	assert_null(virq_owner(80));
	assert_int_equal(count_pending(dom0) + count_pending(domu), 0);
	expect_assert_failure(irq_register(UART, handler, "dom0's"));
	expect_assert_failure(irq_register(SIGMA_VIRQ_COUNT, handler, "none"));
}

static void test_dump(void **state)
{
	(void)state;
	irq_register(80, handler, "something");
	arch_irq_enable(UART);
	irq_dispatch(NETWORK);
	virq_dump();
	assert_non_null(strstr(fake_screen, "   80 hypervisor  something, taken "));
	assert_non_null(
		strstr(fake_screen, "   37 dom0.0  enabled, missed the fast path "));
	assert_non_null(strstr(fake_screen, "   40 dom0.0  off or in service"));
	assert_non_null(strstr(fake_screen, "   70 domU.0  off or in service"));
	assert_null(strstr(fake_screen, "   90 "));
}

/* ---- the hypercall ------------------------------------------------------------------- */

static void test_enable_and_disable(void **state)
{
	(void)state;
	assert_int_equal(control(SIGMA_VIRQ_ENABLE, UART, 0), 0);
	assert_true(arch_irq_is_enabled(UART));
	assert_false(arch_irq_is_enabled(DISK));
	assert_int_equal(control(SIGMA_VIRQ_ENABLE, DISK, 0), 0);
	assert_int_equal(control(SIGMA_VIRQ_DISABLE, UART, 0), 0);
	assert_false(arch_irq_is_enabled(UART));
	assert_true(arch_irq_is_enabled(DISK));
}

/* Not its own: another's, nobody's, the hypervisor's, private ones, none at all. */
static void test_refused(void **state)
{
	static const uint32_t ops[] = {SIGMA_VIRQ_ENABLE, SIGMA_VIRQ_DISABLE,
				       SIGMA_VIRQ_ROUTE};
	static const struct {
		uint32_t irq;
		long error;
	} others[] = {{NETWORK, -XEN_EPERM},
		      {NOBODYS, -XEN_EPERM},
		      {0, -XEN_EPERM},
		      {SIGMA_VIRQ_TIMER, -XEN_EPERM},
		      {SIGMA_VIRQ_EVENT, -XEN_EPERM},
		      {SIGMA_VIRQ_COUNT - 1, -XEN_EPERM},
		      {SIGMA_VIRQ_COUNT, -XEN_EINVAL},
		      {SIGMA_VIRQ_COUNT + UART, -XEN_EINVAL},
		      {UINT32_MAX, -XEN_EINVAL}};

	(void)state;
	arch_irq_enable(NETWORK);
	dom0->irqs[0] = UINT32_MAX; /* even if it says so */
	for (unsigned int i = 0; i < ARRAY_SIZE(ops); i++)
		for (unsigned int j = 0; j < ARRAY_SIZE(others); j++)
			assert_int_equal(control(ops[i], others[j].irq, 0),
					 others[j].error);
	assert_true(arch_irq_is_enabled(NETWORK));
	assert_false(arch_irq_is_enabled(NOBODYS));
	assert_ptr_equal(virq_owner(NETWORK), domu);
	assert_true(is_forwarded(domu->vcpu[0], NETWORK));
	fake_run(domu->vcpu[1]);
	for (unsigned int i = 0; i < ARRAY_SIZE(ops); i++)
		assert_int_equal(control(ops[i], UART, 0), -XEN_EPERM);
	assert_int_equal(control(SIGMA_VIRQ_DISABLE, NETWORK, 0), 0);
}

static void test_route(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		unsigned int vcpu = 3 - i;

		assert_int_equal(control(SIGMA_VIRQ_ROUTE, DISK, vcpu), 0);
		for (unsigned int j = 0; j < 4; j++)
			assert_int_equal(is_forwarded(dom0->vcpu[j], DISK), j == vcpu);
		irq_dispatch(DISK);
		assert_true(is_pending(dom0->vcpu[vcpu], DISK));
		assert_int_equal(count_pending(dom0), i + 1);
	}
	assert_true(is_forwarded(dom0->vcpu[0], UART)); /* as it was */
	assert_ptr_equal(virq_owner(DISK), dom0);
	assert_int_equal(control(SIGMA_VIRQ_ROUTE, DISK, 4), -XEN_EINVAL);
	assert_int_equal(control(SIGMA_VIRQ_ROUTE, DISK, UINT32_MAX), -XEN_EINVAL);
	assert_true(is_forwarded(dom0->vcpu[0], DISK));
	fake_run(domu->vcpu[0]);
	assert_int_equal(control(SIGMA_VIRQ_ROUTE, NETWORK, 2), -XEN_EINVAL);
	assert_int_equal(control(SIGMA_VIRQ_ROUTE, NETWORK, 1), 0);
}

static void test_send(void **state)
{
	(void)state;
	for (uint32_t mask = 0; mask < 16; mask++) {
		assert_int_equal(control(SIGMA_VIRQ_SEND, mask, mask), 0);
		for (unsigned int i = 0; i < 4; i++)
			assert_int_equal(is_pending(dom0->vcpu[i], mask), mask >> i & 1);
	}
	assert_int_equal(count_pending(dom0), 32);
	assert_int_equal(count_pending(domu), 0);
	assert_int_equal(control(SIGMA_VIRQ_SEND, SIGMA_VIRQ_IPI_COUNT, 1), -XEN_EINVAL);
	assert_int_equal(control(SIGMA_VIRQ_SEND, UINT32_MAX, 1), -XEN_EINVAL);
	assert_int_equal(control(SIGMA_VIRQ_SEND, 0, 1u << 4), -XEN_EINVAL);
	assert_int_equal(control(SIGMA_VIRQ_SEND, 0, 1u << 31 | 1), -XEN_EINVAL);
	assert_int_equal(count_pending(dom0), 32); /* those to nobody reach nobody */
	fake_run(domu->vcpu[0]);
	assert_int_equal(control(SIGMA_VIRQ_SEND, 0, 4), -XEN_EINVAL);
	assert_int_equal(control(SIGMA_VIRQ_SEND, 0, 3), 0);
	assert_int_equal(count_pending(domu), 2);
}

static void test_send_wakes(void **state)
{
	struct vcpu *other = dom0->vcpu[1];

	(void)state;
	sched_make_runnable(other);
	sched_remove(other, VCPU_BLOCKED);
	assert_int_equal(control(SIGMA_VIRQ_SEND, 5, 2), 0);
	assert_int_equal(other->state, VCPU_RUNNABLE);
	assert_int_equal(other->arch.lines, 1);
	assert_int_equal(dom0->vcpu[0]->arch.lines, 0);
}

static void test_raise(void **state)
{
	struct vcpu *v = dom0->vcpu[0];

	(void)state;
	assert_int_equal(control(SIGMA_VIRQ_RAISE, 0, 0), 0);
	assert_int_equal(v->arch.lines, 0);
	v->words->pending[2] = 1u << 7;
	v->words->mask[2] = 1u << 7;
	assert_int_equal(control(SIGMA_VIRQ_RAISE, 0, 0), 0);
	assert_int_equal(v->arch.lines, 0);
	v->words->mask[2] = 0;
	assert_int_equal(control(SIGMA_VIRQ_RAISE, 0, 0), 0);
	assert_int_equal(v->arch.lines, 1);
	assert_int_equal(v->words->pending[2], 1u << 7); /* the guest's to take */
}

static void test_unknown_operation(void **state)
{
	(void)state;
	assert_int_equal(control(SIGMA_VIRQ_ROUTE + 1, UART, 0), -XEN_ENOSYS);
	assert_int_equal(control(UINT32_MAX, UART, 0), -XEN_ENOSYS);
	assert_int_equal(control(UINT32_MAX, UINT32_MAX, 0), -XEN_ENOSYS);
}

/* ---- the end of a domain ------------------------------------------------------------- */

static void test_release(void **state)
{
	(void)state;
	virq_assign(domu, SIGMA_VIRQ_COUNT - 1);
	fake_run(domu->vcpu[0]);
	assert_int_equal(control(SIGMA_VIRQ_ENABLE, NETWORK, 0), 0);
	assert_int_equal(control(SIGMA_VIRQ_ROUTE, NETWORK, 1), 0);
	fake_run(dom0->vcpu[0]);
	assert_int_equal(control(SIGMA_VIRQ_ENABLE, UART, 0), 0);
	assert_int_equal(domain_destroy(domu), 0);
	assert_null(virq_owner(NETWORK));
	assert_null(virq_owner(SIGMA_VIRQ_COUNT - 1));
	assert_false(arch_irq_is_enabled(NETWORK));
	irq_dispatch(NETWORK); /* one that was on its way: to nobody */
	/* the others keep theirs */
	assert_ptr_equal(virq_owner(UART), dom0);
	assert_true(arch_irq_is_enabled(UART));
	/* a later domain may have it */
	domu = fake_domain("domU", 1, false);
	virq_assign(domu, NETWORK);
	irq_dispatch(NETWORK);
	assert_true(is_pending(domu->vcpu[0], NETWORK));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_set),
		TEST(test_pending_and_mask),
		TEST(test_set_wakes),
		TEST(test_ownership),
		TEST(test_dispatch),
		TEST(test_dispatch_of_nobodys),
		TEST(test_own_handler),
		TEST(test_dump),
		TEST(test_enable_and_disable),
		TEST(test_refused),
		TEST(test_route),
		TEST(test_send),
		TEST(test_send_wakes),
		TEST(test_raise),
		TEST(test_unknown_operation),
		TEST(test_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
