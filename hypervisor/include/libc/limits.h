/* SPDX-License-Identifier: GPL-2.0-only */
/* libfdt asks for INT_MAX; gcc's own <limits.h> wants a C library beside it. */
#ifndef LIBC_LIMITS_H
#define LIBC_LIMITS_H

#define INT_MAX __INT_MAX__

#endif
