// SPDX-License-Identifier: GPL-2.0-only
/* Formatted text, against the C library's own; panic, boot_fail, error texts. */
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/console.h>
#include <hv/printk.h>
#include <hv/xen.h>
#include <arch/cpu.h>

static char printed[4096];
static unsigned int flushes, dumps;
static bool lock_broken, panic_while_dumping;
static jmp_buf halted;

struct console_source;

void console_write(struct console_source *source, const char *text, uint32_t bytes)
{
	assert_null(source);
	strncat(printed, text, bytes);
}

void console_flush(void)
{
	flushes++;
}

void console_break_lock(void)
{
	lock_broken = true;
}

void arch_dump_registers(void)
{
	dumps++;
	if (panic_while_dumping)
		panic("again");
}

void arch_halt(void)
{
	longjmp(halted, 1);
}

static int setup(void **state)
{
	(void)state;
	printed[0] = '\0';
	flushes = dumps = 0;
	lock_broken = panic_while_dumping = false;
	return 0;
}

/* The same text and length as snprintf, in full and cut short. */
#define assert_formats(...)                                                             \
	do {                                                                            \
		char mine[256], theirs[256];                                            \
		int length = snprintf(theirs, sizeof(theirs), __VA_ARGS__);             \
                                                                                        \
		assert_int_equal(hv_snprintf(mine, sizeof(mine), __VA_ARGS__), length); \
		assert_string_equal(mine, theirs);                                      \
		memset(mine, '#', sizeof(mine));                                        \
		snprintf(theirs, 5, __VA_ARGS__);                                       \
		assert_int_equal(hv_snprintf(mine, 5, __VA_ARGS__), length);            \
		assert_string_equal(mine, theirs);                                      \
		assert_int_equal(mine[5], '#');                                         \
	} while (0)

static void numbers(void **state)
{
	(void)state;
	assert_formats("%d %i %u", 0, -1, 4000000000u);
	assert_formats("%d %d", INT_MIN, INT_MAX);
	assert_formats("%x %X %x", 0xdeadbeefu, 0xdeadbeefu, 0u);
	assert_formats("%ld %lu %lx", LONG_MIN, ULONG_MAX, ULONG_MAX);
	assert_formats("%lld %llu %llx", LLONG_MIN, ULLONG_MAX, ULLONG_MAX);
	assert_formats("%lld", 1234567890123456789ll);
	assert_formats("%zu", sizeof(int));
	assert_formats("%p", (void *)(uintptr_t)0xff001234);
}

static void widths(void **state)
{
	(void)state;
	assert_formats("[%5d] [%-5d] [%05d]", 42, 42, 42);
	assert_formats("[%5d] [%-5d] [%05d]", -42, -42, -42);
	assert_formats("[%08x] [%8x] [%-8x]", 0xabcu, 0xabcu, 0xabcu);
	assert_formats("[%2d] [%02d]", 12345, -12345);
	assert_formats("[%12llu] [%016llx]", 1ull << 40, 1ull << 40);
	assert_formats("[%#x] [%#10x] [%#010x] [%-#10x]", 255u, 255u, 255u, 255u);
	assert_formats("[%6s] [%-6s] [%s]", "abc", "abc", "");
	assert_formats("[%3c] [%-3c] [%c]", 'x', 'y', 'z');
	assert_formats("[%.2s] [%5.2s] [%.*s] [%.*s]", "abc", "abc", 1, "abc", 9, "abc");
}

static void strings(void **state)
{
	char unterminated[3] = {'a', 'b', 'c'};
	const char *nothing = NULL;
	char text[16];

	(void)state;
	assert_formats("%s%s", "one", "two");
	assert_formats("100 %% of %s", "it");
	assert_formats("%.3s", unterminated);
	hv_snprintf(text, sizeof(text), "%s", nothing);
	assert_string_equal(text, "(null)");
}

static void no_room(void **state)
{
	char text[2] = "#";

	(void)state;
	assert_int_equal(hv_snprintf(text, 0, "abc"), 3);
	assert_string_equal(text, "#");
	assert_int_equal(hv_snprintf(text, 1, "abc"), 3);
	assert_string_equal(text, "");
	assert_int_equal(hv_snprintf(NULL, 0, "%d", 12), 2);
}

static void many_numbers(void **state)
{
	uint64_t x = 88172645463325252u;

	(void)state;
	for (unsigned int i = 0; i < 2000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		assert_formats("%llu %lld %x", (unsigned long long)x >> i % 64,
			       (long long)x >> i % 64, (unsigned int)x);
	}
}

static void errors_have_words(void **state)
{
	(void)state;
	assert_string_equal(error_text(-XEN_ENOMEM), "no memory");
	assert_string_equal(error_text(-XEN_EFAULT), "bad address");
	assert_string_equal(error_text(-9999), "unknown error");
	assert_string_equal(error_text(0), "unknown error");
}

static void boot_fail_prints_one_line_and_stops(void **state)
{
	(void)state;
	if (setjmp(halted) == 0)
		boot_fail("image linux", "crc32 is 0x%08x, should be 0x%08x", 1u, 2u);
	assert_string_equal(printed, "cannot start: image linux: crc32 is 0x00000001, "
				     "should be 0x00000002\n");
	assert_int_equal(flushes, 1);
	assert_int_equal(dumps, 0);
}

static void panic_dumps_once_and_stops(void **state)
{
	(void)state;
	panic_while_dumping = true;
	if (setjmp(halted) == 0)
		CHECK(printed[0] == 'x');
	assert_non_null(strstr(printed, "broken invariant at tests/unit/test_printk.c:"));
	assert_non_null(strstr(printed, "panic: again"));
	assert_int_equal(dumps, 1);
	assert_int_equal(flushes, 1);
	assert_true(lock_broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(numbers, setup),
		cmocka_unit_test_setup(widths, setup),
		cmocka_unit_test_setup(strings, setup),
		cmocka_unit_test_setup(no_room, setup),
		cmocka_unit_test_setup(many_numbers, setup),
		cmocka_unit_test_setup(errors_have_words, setup),
		cmocka_unit_test_setup(boot_fail_prints_one_line_and_stops, setup),
		cmocka_unit_test_setup(panic_dumps_once_and_stops, setup),
	};

	return cmocka_run_group_tests_name("printk", tests, NULL, NULL);
}
