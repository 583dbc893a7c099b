/* SPDX-License-Identifier: GPL-2.0-only */
/* SHA-256 (FIPS 180-4) of memory that is there in one piece.  Boot only. */
#ifndef HV_SHA256_H
#define HV_SHA256_H

#include <hv/types.h>

#define SHA256_SIZE 32

void sha256(const void *data, uint32_t bytes, uint8_t digest[SHA256_SIZE]);

#endif
