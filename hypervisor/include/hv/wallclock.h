/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wall clock, as dom0 last set it: the time of day at clock tick 0.  Guests
 * read it in their shared_info page.
 */
#ifndef HV_WALLCLOCK_H
#define HV_WALLCLOCK_H

#include <hv/types.h>

void wallclock_get(uint64_t *seconds, uint32_t *nanoseconds);

#endif
