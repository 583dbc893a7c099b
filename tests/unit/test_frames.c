// SPDX-License-Identifier: GPL-2.0-only
/* Machine memory: hypervisor/frames.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/frames.h>
#include <hv/printk.h>

#define MIB  0x100000u
#define BASE 0x60000000u

void panic(const char *format, ...)
{
	mock_assert(0, format, __FILE__, __LINE__);
	abort();
}

/* Every test starts with 64 MiB at BASE, all of it free, and nothing else. */
static int setup(void **state)
{
	maddr_t m;

	(void)state;
	while ((m = slots_alloc(MIB, maddr(0), false)).m != 0)
		;
	if (slots_total() == 0)
		slots_add(maddr(BASE), 64 * MIB);
	else
		slots_free(maddr(BASE), 64 * MIB);
	return slots_available() == 64 * MIB ? 0 : -1;
}

static void test_wanted_and_anywhere(void **state)
{
	(void)state;
	assert_int_equal(slots_alloc(16 * MIB, maddr(BASE), true).m, BASE);
	assert_int_equal(slots_alloc(16 * MIB, maddr(BASE), true).m, 0);
	/* the highest run, whether the wanted one is taken or none is wanted */
	assert_int_equal(slots_alloc(8 * MIB, maddr(BASE), false).m, BASE + 56 * MIB);
	assert_int_equal(slots_alloc(8 * MIB, maddr(0), false).m, BASE + 48 * MIB);
	assert_int_equal(slots_available(), 32 * MIB);
	assert_int_equal(slots_largest(), 32 * MIB);
	assert_int_equal(slots_alloc(33 * MIB, maddr(0), false).m, 0);
}

static void test_reserved_hole(void **state)
{
	(void)state;
	slots_reserve(maddr(BASE + 10 * MIB + 5), 2 * MIB); /* touches three slots */
	assert_int_equal(slots_available(), 61 * MIB);
	assert_int_equal(slots_largest(), 51 * MIB);
	assert_int_equal(slots_alloc(11 * MIB, maddr(BASE), true).m, 0);
	assert_int_equal(slots_alloc(10 * MIB, maddr(BASE), true).m, BASE);
	assert_int_equal(slots_alloc(51 * MIB, maddr(0), true).m, 0);
	assert_int_equal(slots_alloc(51 * MIB, maddr(0), false).m, BASE + 13 * MIB);
	assert_int_equal(slots_available(), 0);
}

static void test_sizes_round_up(void **state)
{
	(void)state;
	assert_int_equal(slots_alloc(1, maddr(BASE), true).m, BASE);
	assert_int_equal(slots_available(), 63 * MIB);
	assert_int_equal(slots_alloc(0, maddr(0), false).m, 0);
	assert_int_equal(slots_alloc(UINT32_MAX, maddr(0), false).m, 0);
	assert_int_equal(slots_alloc(MIB, maddr(BASE + 4096), true).m, 0);
}

static void test_free_twice(void **state)
{
	(void)state;
	assert_int_equal(slots_alloc(2 * MIB, maddr(BASE), true).m, BASE);
	slots_free(maddr(BASE), 2 * MIB);
	expect_assert_failure(slots_free(maddr(BASE), 2 * MIB));
}

static void test_free_what_is_no_ram(void **state)
{
	(void)state;
	expect_assert_failure(slots_free(maddr(BASE + 64 * MIB), MIB));
}

static void test_contains(void **state)
{
	(void)state;
	assert_true(ram_contains(maddr(BASE), 64 * MIB));
	assert_false(ram_contains(maddr(BASE), 64 * MIB + 1));
	assert_false(ram_contains(maddr(BASE - 1), 2));
	assert_false(ram_contains(maddr(BASE), 0));
	assert_false(ram_contains(maddr(UINT32_MAX), 2));
	assert_true(ram_touches(maddr(BASE - 1), 2));
	assert_true(ram_touches(maddr(0), UINT32_MAX));
	assert_false(ram_touches(maddr(BASE - 1), 1));
	assert_false(ram_touches(maddr(BASE + 64 * MIB), 0x10000000));
}

/* Ends of the address space, parts of slots, banks that wrap: none may corrupt the map. */
static void test_odd_banks(void **state)
{
	uint32_t total = slots_total();

	(void)state;
	slots_add(maddr(0x10000001), 2 * MIB - 2); /* no whole slot */
	assert_int_equal(slots_total(), total);
	slots_add(maddr(0xfffffff0), 0x10);
	slots_add(maddr(0xfffffff0), UINT32_MAX);
	assert_int_equal(slots_total(), total);
	slots_add(maddr(0xfff00000),
		  UINT32_MAX); /* runs over the end: one slot is left */
	assert_int_equal(slots_total(), total + MIB);
	slots_reserve(maddr(0xfff00000), UINT32_MAX);
	slots_reserve(maddr(BASE), 0);
	assert_int_equal(slots_available(), 64 * MIB);
}

static void test_heap(void **state)
{
	char *memory = aligned_alloc(MIB, MIB);
	char *a, *b;

	(void)state;
	memset(memory, 0x5a, MIB);
	heap_add(memory + 100, 3 * PAGE_SIZE); /* two whole pages of it */
	heap_add(memory + 0x10000, 4 * PAGE_SIZE);
	assert_int_equal(heap_available(), 6 * PAGE_SIZE);
	a = heap_alloc(3);
	assert_ptr_equal(a, memory + 0x10000); /* not over the gap */
	for (unsigned int i = 0; i < 3 * PAGE_SIZE; i++)
		assert_int_equal(a[i], 0);
	b = heap_alloc(2);
	assert_ptr_equal(b, memory + PAGE_SIZE);
	assert_null(heap_alloc(2));
	assert_null(heap_alloc(0));
	assert_non_null(heap_alloc(1));
	assert_null(heap_alloc(1));
	heap_free(b, 2);
	heap_free(NULL, 2);
	expect_assert_failure(heap_free(b, 2));
}

static void test_heap_foreign_pointer(void **state)
{
	static char other[2 * PAGE_SIZE] __attribute__((aligned(4096)));

	(void)state;
	expect_assert_failure(heap_free(other, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_wanted_and_anywhere, setup),
		cmocka_unit_test_setup(test_reserved_hole, setup),
		cmocka_unit_test_setup(test_sizes_round_up, setup),
		cmocka_unit_test_setup(test_free_twice, setup),
		cmocka_unit_test_setup(test_free_what_is_no_ram, setup),
		cmocka_unit_test_setup(test_contains, setup),
		cmocka_unit_test_setup(test_odd_banks, setup),
		cmocka_unit_test(test_heap),
		cmocka_unit_test(test_heap_foreign_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
