/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CRC-32, a word a step.
 *
 * Shifting a word through the divisor is linear over XOR, so the result for 32
 * bits is the XOR of the results for its parts.  Parts of 11, 11 and 10 bits need
 * three look-ups a word in tables of 20 KiB together, which fit the L1 cache of a
 * Cortex-A9; parts of 8 bits would need four look-ups, parts of 16 bits 512 KiB.
 */
#include <hv/crc32.h>

#define POLYNOMIAL 0xedb88320u /* 0x04c11db7, bits reversed */

static struct crc32_tables tables;
static bool tables_ready;

/* Shift `bits` bits out through the divisor. */
static uint32_t divide(uint32_t value, unsigned int bits)
{
	for (; bits != 0; bits--)
		value = (value >> 1) ^ (POLYNOMIAL & (0 - (value & 1)));
	return value;
}

/* table[i] for every i of `bits` bits, which stand at `shift` in the word. */
static void fill(uint32_t *table, unsigned int bits, unsigned int shift)
{
	table[0] = 0;
	for (unsigned int bit = 0; bit < bits; bit++) {
		uint32_t base = 1u << bit;
		uint32_t value = divide(base << shift, 32);

		for (uint32_t i = 0; i < base; i++)
			table[base + i] = table[i] ^ value;
	}
}

/* Where arch/ has nothing quicker. */
__attribute__((weak)) uint32_t arch_crc32_words(uint32_t crc, const uint32_t *words,
						uint32_t count,
						const struct crc32_tables *t)
{
	for (count *= 8; count != 0; count--) {
		crc ^= *words++;
		crc = t->low[crc & 0x7ff] ^ t->middle[(crc >> 11) & 0x7ff] ^
		      t->high[crc >> 22];
	}
	return crc;
}

uint32_t crc32(uint32_t crc, const void *data, uint32_t bytes)
{
	const uint8_t *p = data;
	uint32_t blocks;

	if (!tables_ready) {
		fill(tables.low, 11, 0);
		fill(tables.middle, 11, 11);
		fill(tables.high, 10, 22);
		tables_ready = true;
	}
	crc = ~crc;
	for (; bytes != 0 && ((uintptr_t)p & 3) != 0; bytes--)
		crc = divide(crc ^ *p++, 8);
	blocks = bytes / 32;
	crc = arch_crc32_words(crc, (const uint32_t *)(const void *)p, blocks, &tables);
	p += blocks * 32;
	for (bytes %= 32; bytes != 0; bytes--)
		crc = divide(crc ^ *p++, 8);
	return ~crc;
}
