/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 (FIPS 180-4, section 6.2).  Eight rounds are unrolled, so that the eight
 * working variables change names instead of places.
 */
#include <hv/sha256.h>
#include <string.h>

static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t ror(uint32_t value, unsigned int bits)
{
	return (value >> bits) | (value << (32 - bits));
}

#define ROUND(a, b, c, d, e, f, g, h, word, constant)                                   \
	do {                                                                            \
		h += (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) + (((f ^ g) & e) ^ g) +      \
		     (constant) + (word);                                               \
		d += h;                                                                 \
		h += (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) + (((a ^ b) & (b ^ c)) ^ b); \
	} while (0)

/* Message schedule: 16 words of the block, 48 made from them. */
static void schedule(uint32_t w[64], const uint8_t *block)
{
	memcpy(w, block, SHA256_BLOCK);
	for (unsigned int i = 0; i < 16; i++)
		w[i] = __builtin_bswap32(w[i]);
	for (unsigned int i = 16; i < 64; i++) {
		uint32_t x = w[i - 15], y = w[i - 2];

		w[i] = w[i - 16] + (ror(x, 7) ^ ror(x, 18) ^ (x >> 3)) + w[i - 7] +
		       (ror(y, 17) ^ ror(y, 19) ^ (y >> 10));
	}
}

static void compress(uint32_t state[8], const uint8_t *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	const uint32_t *k = round_constants;
	uint32_t w[64];

	schedule(w, block);
	for (unsigned int i = 0; i < 64; i += 8, k += 8) {
		ROUND(a, b, c, d, e, f, g, h, w[i], k[0]);
		ROUND(h, a, b, c, d, e, f, g, w[i + 1], k[1]);
		ROUND(g, h, a, b, c, d, e, f, w[i + 2], k[2]);
		ROUND(f, g, h, a, b, c, d, e, w[i + 3], k[3]);
		ROUND(e, f, g, h, a, b, c, d, w[i + 4], k[4]);
		ROUND(d, e, f, g, h, a, b, c, w[i + 5], k[5]);
		ROUND(c, d, e, f, g, h, a, b, w[i + 6], k[6]);
		ROUND(b, c, d, e, f, g, h, a, w[i + 7], k[7]);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void sha256_begin(struct sha256 *s)
{
	*s = (struct sha256){{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
			      0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
			     0};
}

void sha256_add(struct sha256 *s, const void *data, uint32_t bytes)
{
	const uint8_t *p = data;

	s->bytes += bytes;
	for (; bytes != 0; bytes -= SHA256_BLOCK, p += SHA256_BLOCK)
		compress(s->state, p);
}

void sha256_end(struct sha256 *s, const void *data, uint32_t bytes,
		uint8_t digest[SHA256_SIZE])
{
	uint32_t rest = bytes % SHA256_BLOCK;
	uint64_t bits = __builtin_bswap64(((uint64_t)s->bytes + bytes) * 8);
	uint8_t tail[2 * SHA256_BLOCK] = {0};
	uint32_t tail_size =
		rest < SHA256_BLOCK - sizeof(bits) ? SHA256_BLOCK : 2 * SHA256_BLOCK;

	sha256_add(s, data, bytes - rest);
	if (rest != 0)
		memcpy(tail, (const uint8_t *)data + (bytes - rest), rest);
	tail[rest] = 0x80;
	memcpy(tail + tail_size - sizeof(bits), &bits, sizeof(bits));
	sha256_add(s, tail, tail_size);
	for (unsigned int i = 0; i < 8; i++)
		s->state[i] = __builtin_bswap32(s->state[i]);
	memcpy(digest, s->state, SHA256_SIZE);
}
