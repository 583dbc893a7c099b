/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIGMA_TOOL_CRC32_H
#define SIGMA_TOOL_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* The CRC of zlib and of FIT hash nodes (ISO 3309, reflected, polynomial 0x04c11db7). */
uint32_t crc32(const void *data, size_t size);

#endif
