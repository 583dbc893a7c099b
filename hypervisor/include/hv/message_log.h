/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last messages of the hypervisor, for `xl dmesg`.  A place in the log is an
 * index: how many bytes were written before it since boot, modulo 2^32.
 *
 * Locking: one lock inside, innermost, never held while a guest's memory is touched.
 */
#ifndef HV_MESSAGE_LOG_H
#define HV_MESSAGE_LOG_H

#include <hv/types.h>

#define MESSAGE_LOG_SIZE 16384 /* bytes kept */

/* printk() calls it; usable everywhere, at any time. */
void message_log_write(const char *text, uint32_t bytes);

/* The index of the oldest byte. */
uint32_t message_log_start(void);

/**
 * message_log_read - copy out what was written from *index on
 * @index: one that is not in the log (any more, or yet) becomes that of the oldest
 *	byte; advanced by what was copied
 *
 * Returns how many bytes were copied, 0 at the end.
 */
uint32_t message_log_read(uint32_t *index, char *text, uint32_t bytes);

/* Forget what was written before index, which message_log_read() gave. */
void message_log_clear(uint32_t index);

#endif
