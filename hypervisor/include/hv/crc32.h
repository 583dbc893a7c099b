/* SPDX-License-Identifier: GPL-2.0-only */
/* CRC-32 as in IEEE 802.3, zlib and mkimage (polynomial 0x04c11db7, reflected). */
#ifndef HV_CRC32_H
#define HV_CRC32_H

#include <hv/types.h>

/**
 * crc32 - continue a checksum over more bytes
 * @crc: 0 at first, then the result so far
 *
 * The first call builds the tables (20 KiB of .bss): not for two CPUs at once.
 */
uint32_t crc32(uint32_t crc, const void *data, uint32_t bytes);

/* One step's three tables: the word's bits 0-10, 11-21 and 22-31. */
struct crc32_tables {
	uint32_t low[2048];
	uint32_t middle[2048];
	uint32_t high[1024];
};

/**
 * arch_crc32_words - the inner loop, in assembler where that pays
 * @crc: complemented, as crc32() keeps it inside
 * @words: aligned; @count: in units of 32 bytes
 */
uint32_t arch_crc32_words(uint32_t crc, const uint32_t *words, uint32_t count,
			  const struct crc32_tables *tables);

#endif
