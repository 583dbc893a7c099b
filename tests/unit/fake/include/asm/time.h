/* SPDX-License-Identifier: GPL-2.0-only */
/* Fake arch: a clock that tests set, a timer that they look at. */
#ifndef ASM_TIME_H
#define ASM_TIME_H

#include <hv/types.h>

uint64_t arch_clock_read(void);
void arch_timer_set(uint32_t ticks);

static inline uint32_t arch_clock_low(void)
{
	return (uint32_t)arch_clock_read();
}

#endif
