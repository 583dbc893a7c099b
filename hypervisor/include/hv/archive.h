/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An archive with one file in it, as Linux unpacks it in front of an initrd (format
 * "newc": Linux, Documentation/driver-api/early-userspace/buffer-format.rst).
 *
 *	head	each directory of the path, then the file's header
 *	the file's contents, which the caller puts there
 *	tail	padding and the archive's end
 *
 * Head, contents and tail together are a multiple of 4 bytes long, as Linux wants it.
 */
#ifndef HV_ARCHIVE_H
#define HV_ARCHIVE_H

#include <hv/types.h>

/* Both: write it to `to` (NULL: nowhere); the bytes it takes. */
uint32_t archive_head(char *to, const char *path, uint32_t file_size);
uint32_t archive_tail(char *to, uint32_t file_size);

#endif
