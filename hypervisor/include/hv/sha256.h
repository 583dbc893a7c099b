/* SPDX-License-Identifier: GPL-2.0-only */
/* SHA-256 (FIPS 180-4), at once or in pieces. */
#ifndef HV_SHA256_H
#define HV_SHA256_H

#include <hv/types.h>

#define SHA256_SIZE  32
#define SHA256_BLOCK 64

struct sha256 {
	uint32_t state[8];
	uint32_t bytes; /* so far: whole blocks */
};

void sha256_begin(struct sha256 *s);
/* More, in whole blocks. */
void sha256_add(struct sha256 *s, const void *data, uint32_t bytes);
/* The rest, of any length. */
void sha256_end(struct sha256 *s, const void *data, uint32_t bytes,
		uint8_t digest[SHA256_SIZE]);

static inline void sha256(const void *data, uint32_t bytes, uint8_t digest[SHA256_SIZE])
{
	struct sha256 s;

	sha256_begin(&s);
	sha256_end(&s, data, bytes, digest);
}

#endif
