// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypervisor's assembler library on the processor that it is for: copies,
 * fills, division and CRC-32 against slow C.  The MMU is off, so that an unaligned
 * access would abort.  Reports by semihosting; the exit status is the result.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <hv/crc32.h>
#include <hv/printk.h>
#include <hv/sha256.h>

#define SYS_WRITE0   0x04
#define SYS_EXIT     0x18
#define EXIT_SUCCESS ((void *)0x20026) /* ADP_Stopped_ApplicationExit */
#define EXIT_FAILURE ((void *)0x20023) /* ADP_Stopped_RunTimeError */

#define AREA 400

static uint8_t area[AREA], copy[AREA], expected[AREA];
static uint32_t seed = 2463534242u;

static void semihosting(long operation, const void *argument)
{
	register long r0 __asm__("r0") = operation;
	register const void *r1 __asm__("r1") = argument;

	__asm__ volatile("svc #0x123456" : "+r"(r0) : "r"(r1) : "memory", "lr");
}

void panic(const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	hv_vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	semihosting(SYS_WRITE0, text);
	semihosting(SYS_WRITE0, "\n");
	semihosting(SYS_EXIT, EXIT_FAILURE);
	for (;;)
		;
}

static uint32_t random_word(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static uint64_t random_long(void)
{
	uint64_t value = (uint64_t)random_word() << 32 | random_word();

	return value >> random_word() % 64;
}

/* Byte by byte, in a way that the compiler does not turn into a call. */
static void slow_move(uint8_t *to, const uint8_t *from, uint32_t bytes)
{
	uint8_t buffer[AREA];

	for (uint32_t i = 0; i < bytes; i++)
		((volatile uint8_t *)buffer)[i] = from[i];
	for (uint32_t i = 0; i < bytes; i++)
		((volatile uint8_t *)to)[i] = buffer[i];
}

static void fill_random(uint8_t *to)
{
	for (unsigned int i = 0; i < AREA; i++)
		to[i] = (uint8_t)random_word();
}

static void compare(const uint8_t *is, const char *what, uint32_t to, uint32_t from,
		    uint32_t bytes)
{
	for (uint32_t i = 0; i < AREA; i++)
		if (is[i] != expected[i])
			panic("%s to %u from %u bytes %u: wrong at %u", what, to, from,
			      bytes, i);
}

static void test_copies(void)
{
	for (unsigned int round = 0; round < 60000; round++) {
		uint32_t to = random_word() % 100, from = random_word() % 100;
		uint32_t bytes = random_word() % (round % 8 ? 250 : 40);

		if (round % 2)
			to = (to & ~3u) | (from & 3);
		fill_random(area);
		slow_move(expected, area, AREA);
		slow_move(expected + to, area + from, bytes);
		if (memmove(area + to, area + from, bytes) != area + to)
			panic("memmove does not return its argument");
		compare(area, "memmove", to, from, bytes);

		fill_random(copy);
		slow_move(expected, copy, AREA);
		slow_move(expected + to, area + from, bytes);
		if (memcpy(copy + to, area + from, bytes) != copy + to)
			panic("memcpy does not return its argument");
		compare(copy, "memcpy", to, from, bytes);

		for (uint32_t i = 0; i < bytes; i++)
			((volatile uint8_t *)expected)[to + i] = (uint8_t)from;
		if (memset(copy + to, (int)(from + 0x700), bytes) != copy + to)
			panic("memset does not return its argument");
		compare(copy, "memset", to, from, bytes);
	}
}

static uint64_t slow_divide(uint64_t n, uint64_t d, uint64_t *remainder)
{
	uint64_t quotient = 0, rest = 0;

	for (int bit = 63; bit >= 0; bit--) {
		bool carry = rest >> 63;

		rest = rest << 1 | (n >> bit & 1);
		if (carry || rest >= d) {
			rest -= d;
			quotient |= 1ull << bit;
		}
	}
	*remainder = rest;
	return quotient;
}

static void test_unsigned(uint64_t n, uint64_t d)
{
	volatile uint64_t vn = n, vd = d;
	volatile uint32_t wn = (uint32_t)n, wd = (uint32_t)d;
	uint64_t rest, quotient = slow_divide(n, d, &rest);

	if (vn / vd != quotient || vn % vd != rest)
		panic("%llu / %llu is wrong", n, d);
	if (wd == 0)
		return;
	quotient = slow_divide(wn, wd, &rest);
	if (wn / wd != quotient || wn % wd != rest)
		panic("%u / %u is wrong", wn, wd);
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static void test_signed(int64_t n, int64_t d)
{
	volatile int64_t vn = n, vd = d;
	volatile int32_t wn = (int32_t)n, wd = (int32_t)d;
	uint64_t rest, quotient = slow_divide(magnitude(n), magnitude(d), &rest);

	if ((n < 0) != (d < 0))
		quotient = 0 - quotient;
	if (n < 0)
		rest = 0 - rest;
	if ((uint64_t)(vn / vd) != quotient || (uint64_t)(vn % vd) != rest)
		panic("%lld / %lld is wrong", n, d);
	if (wd == 0 || (wn == INT32_MIN && wd == -1))
		return;
	quotient = slow_divide(magnitude(wn), magnitude(wd), &rest);
	if (magnitude(wn / wd) != quotient || magnitude(wn % wd) != rest ||
	    (wn % wd != 0 && (wn % wd < 0) != (wn < 0)) ||
	    (wn / wd != 0 && (wn / wd < 0) != ((wn < 0) != (wd < 0))))
		panic("%d / %d is wrong", wn, wd);
}

static void test_division(void)
{
	static const uint64_t edges[] = {1,
					 2,
					 10,
					 0x7fffffff,
					 0x80000000,
					 0xffffffff,
					 0x100000000,
					 0x7fffffffffffffff,
					 0x8000000000000000,
					 0xffffffffffffffff};
	const unsigned int count = sizeof(edges) / sizeof(edges[0]);

	for (unsigned int i = 0; i < count * count; i++) {
		test_unsigned(edges[i / count], edges[i % count]);
		if (edges[i / count] != 1ull << 63 || edges[i % count] != UINT64_MAX)
			test_signed((int64_t)edges[i / count], (int64_t)edges[i % count]);
	}
	for (unsigned int round = 0; round < 40000; round++) {
		uint64_t n = random_long(), d = random_long();

		test_unsigned(n, d != 0 ? d : 1);
		test_signed((int64_t)n, d != 0 ? (int64_t)d : 1);
		test_signed(-(int64_t)n, d != 0 ? (int64_t)d : 1);
	}
}

static void test_checksums(void)
{
	static const uint8_t abc[] = {0xba, 0x78, 0x16, 0xbf};
	uint8_t digest[SHA256_SIZE];

	for (unsigned int round = 0; round < 500; round++) {
		uint32_t start = random_word() % 20, bytes = random_word() % 380;
		uint32_t crc = UINT32_MAX;

		fill_random(area);
		for (uint32_t i = 0; i < bytes; i++) {
			crc ^= area[start + i];
			for (unsigned int bit = 0; bit < 8; bit++)
				crc = crc >> 1 ^ (0xedb88320u & (0 - (crc & 1)));
		}
		if (crc32(0, area + start, bytes) != ~crc)
			panic("crc32 from %u, %u bytes is wrong", start, bytes);
	}
	sha256("abc", 3, digest);
	if (memcmp(digest, abc, sizeof(abc)) != 0)
		panic("sha256 of abc is wrong");
}

int main(void)
{
	test_copies();
	test_division();
	test_checksums();
	semihosting(SYS_WRITE0, "the library is right\n");
	semihosting(SYS_EXIT, EXIT_SUCCESS);
	return 0;
}
