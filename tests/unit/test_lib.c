// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checksums against published values and a slow second opinion; the string
 * functions against the C library's, under names of their own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/crc32.h>
#include <hv/sha256.h>

/* The host's own stay what they are. */
int hv_memcmp(const void *a, const void *b, size_t bytes);
void *hv_memchr(const void *memory, int c, size_t bytes);
size_t hv_strlen(const char *s);
size_t hv_strnlen(const char *s, size_t limit);
int hv_strcmp(const char *a, const char *b);
int hv_strncmp(const char *a, const char *b, size_t limit);
char *hv_strchr(const char *s, int c);
char *hv_strrchr(const char *s, int c);
#define memcmp  hv_memcmp
#define memchr  hv_memchr
#define strlen  hv_strlen
#define strnlen hv_strnlen
#define strcmp  hv_strcmp
#define strncmp hv_strncmp
#define strchr  hv_strchr
#define strrchr hv_strrchr
#include "../../hypervisor/lib/string.c"
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr

static uint32_t seed = 2463534242u;

static uint32_t random_word(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static void crc32_of_the_standard_text(void **state)
{
	(void)state;
	assert_int_equal(crc32(0, "123456789", 9), 0xcbf43926);
	assert_int_equal(crc32(0, "", 0), 0);
	assert_int_equal(crc32(0, "\0\0\0\0", 4), 0x2144df1c);
}

static uint32_t slow_crc32(const uint8_t *p, uint32_t bytes)
{
	uint32_t crc = UINT32_MAX;

	for (; bytes != 0; bytes--) {
		crc ^= *p++;
		for (unsigned int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
	}
	return ~crc;
}

static void crc32_at_any_alignment_and_in_pieces(void **state)
{
	_Alignas(8) uint8_t data[600];

	(void)state;
	for (unsigned int round = 0; round < 500; round++) {
		uint32_t start = random_word() % 9, bytes = random_word() % 500;
		uint32_t first = bytes ? random_word() % bytes : 0;
		uint32_t expected;

		for (unsigned int i = 0; i < sizeof(data); i++)
			data[i] = (uint8_t)random_word();
		expected = slow_crc32(data + start, bytes);
		assert_int_equal(crc32(0, data + start, bytes), expected);
		assert_int_equal(crc32(crc32(0, data + start, first),
				       data + start + first, bytes - first),
				 expected);
	}
}

static void assert_sha256(const void *data, uint32_t bytes, const char *expected)
{
	uint8_t digest[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];

	sha256(data, bytes, digest);
	for (unsigned int i = 0; i < SHA256_SIZE; i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
	assert_string_equal(text, expected);
}

/* FIPS 180-4's examples, and lengths around the ends of a block. */
static void sha256_of_known_texts(void **state)
{
	static char million[1000000];

	(void)state;
	assert_sha256("", 0,
		      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_sha256("abc", 3,
		      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
		      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	memset(million, 'a', sizeof(million));
	assert_sha256(million, 55,
		      "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
	assert_sha256(million, 64,
		      "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
	assert_sha256(million, sizeof(million),
		      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static void comparisons(void **state)
{
	char a[12], b[12];

	(void)state;
	for (unsigned int round = 0; round < 20000; round++) {
		size_t limit = random_word() % sizeof(a);

		for (unsigned int i = 0; i < sizeof(a) - 1; i++) {
			a[i] = "ab\200"[random_word() % 3];
			b[i] = random_word() % 8 ? a[i] : "ab\200"[random_word() % 3];
		}
		a[random_word() % sizeof(a)] = '\0';
		b[random_word() % sizeof(b)] = '\0';
		a[sizeof(a) - 1] = b[sizeof(b) - 1] = '\0';
		assert_int_equal(sign(hv_strcmp(a, b)), sign(strcmp(a, b)));
		assert_int_equal(sign(hv_strncmp(a, b, limit)),
				 sign(strncmp(a, b, limit)));
		assert_int_equal(sign(hv_memcmp(a, b, limit)), sign(memcmp(a, b, limit)));
		assert_int_equal(hv_strlen(a), strlen(a));
		assert_int_equal(hv_strnlen(a, limit), strnlen(a, limit));
	}
}

static void searches(void **state)
{
	static const char text[] = "sigma\200sigma";

	(void)state;
	for (int c = 0; c < 256; c++) {
		assert_ptr_equal(hv_strchr(text, c), strchr(text, c));
		assert_ptr_equal(hv_strrchr(text, c), strrchr(text, c));
		assert_ptr_equal(hv_memchr(text, c, 7), memchr(text, c, 7));
		assert_null(hv_memchr(text, c, 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crc32_of_the_standard_text),
		cmocka_unit_test(crc32_at_any_alignment_and_in_pieces),
		cmocka_unit_test(sha256_of_known_texts),
		cmocka_unit_test(comparisons),
		cmocka_unit_test(searches),
	};

	return cmocka_run_group_tests_name("lib", tests, NULL, NULL);
}
