/* SPDX-License-Identifier: GPL-2.0-only */
/* libfdt includes <stdlib.h>; the parts of it that are built here need nothing of it. */
#ifndef LIBC_STDLIB_H
#define LIBC_STDLIB_H

#include <stddef.h>

#endif
