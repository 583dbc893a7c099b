/* SPDX-License-Identifier: MIT */
/* What the compiler takes for granted, and 64-bit division (the A9 has none). */
#include "guest.h"

void *memset(void *to, int value, size_t bytes)
{
	uint8_t *t = to;

	while (bytes--)
		*t++ = (uint8_t)value;
	return to;
}

void *memcpy(void *to, const void *from, size_t bytes)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	while (bytes--)
		*t++ = *f++;
	return to;
}

int memcmp(const void *one, const void *other, size_t bytes)
{
	const uint8_t *a = one, *b = other;

	for (; bytes--; a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}

size_t strlen(const char *text)
{
	const char *end = text;

	while (*end)
		end++;
	return (size_t)(end - text);
}

uint64_t divide(uint64_t number, uint32_t by, uint32_t *rest)
{
	uint64_t quotient = 0, remainder = 0;

	for (int bit = 63; bit >= 0; bit--) {
		remainder = remainder << 1 | (number >> bit & 1);
		if (remainder >= by) {
			remainder -= by;
			quotient |= 1ull << bit;
		}
	}
	if (rest)
		*rest = (uint32_t)remainder;
	return quotient;
}
