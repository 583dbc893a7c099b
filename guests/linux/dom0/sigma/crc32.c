// SPDX-License-Identifier: GPL-2.0-only
#include "crc32.h"

#define POLYNOMIAL_REFLECTED 0xedb88320u

static uint32_t table[256];

static void make_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] =
				table[i] >> 1 ^ (table[i] & 1 ? POLYNOMIAL_REFLECTED : 0);
	}
}

uint32_t crc32(const void *data, size_t size)
{
	const unsigned char *byte = data;
	uint32_t crc = ~0u;

	if (table[1] == 0)
		make_table();
	for (; size > 0; size--)
		crc = crc >> 8 ^ table[(crc ^ *byte++) & 0xff];
	return ~crc;
}
