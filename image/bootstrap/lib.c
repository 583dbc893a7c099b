// SPDX-License-Identifier: GPL-2.0-only
/*
 * What libfdt, LZ4 and the compiler expect of a C library, and CRC-32.
 *
 * All of it runs before the MMU is on as well, where a word access must be
 * aligned.
 */
#include "boot.h"
#include <string.h>

struct block {
	uint32_t word[8];
};

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if ((((uintptr_t)t ^ (uintptr_t)f) & 3) == 0) {
		for (; size && ((uintptr_t)t & 3); size--)
			*t++ = *f++;
		for (; size >= sizeof(struct block); size -= sizeof(struct block)) {
			*(struct block *)t = *(const struct block *)f;
			t += sizeof(struct block);
			f += sizeof(struct block);
		}
		for (; size >= 4; size -= 4, t += 4, f += 4)
			*(uint32_t *)t = *(const uint32_t *)f;
	}
	while (size--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if (t <= f || t >= f + size)
		return memcpy(to, from, size);
	while (size--)
		t[size] = f[size];
	return to;
}

void *memset(void *to, int value, size_t size)
{
	uint8_t *t = to;

	while (size--)
		*t++ = (uint8_t)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *p = a, *q = b;

	for (; size; size--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

void *memchr(const void *data, int value, size_t size)
{
	const uint8_t *p = data;

	for (; size; size--, p++)
		if (*p == (uint8_t)value)
			return (void *)p;
	return NULL;
}

size_t strnlen(const char *s, size_t max)
{
	size_t length = 0;

	while (length < max && s[length])
		length++;
	return length;
}

size_t strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

char *strrchr(const char *s, int c)
{
	for (size_t i = strlen(s) + 1; i > 0; i--)
		if (s[i - 1] == (char)c)
			return (char *)s + i - 1;
	return NULL;
}

int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return (uint8_t)*a - (uint8_t)*b;
}

/* Half a byte a step: a table that is small enough to be written here. */
uint32_t crc32(uint32_t crc, const void *data, size_t size)
{
	static const uint32_t nibble[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const uint8_t *p = data;

	crc = ~crc;
	for (; size; size--) {
		crc ^= *p++;
		crc = nibble[crc & 0xf] ^ crc >> 4;
		crc = nibble[crc & 0xf] ^ crc >> 4;
	}
	return ~crc;
}
