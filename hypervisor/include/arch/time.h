/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arch contract: the clock and the hypervisor's own timer of each CPU.
 */
#ifndef ARCH_TIME_H
#define ARCH_TIME_H

#include <hv/types.h>

/* Ticks a second of the clock below (Hz), known once the board is probed. */
extern uint32_t arch_clock_hz;

#include <asm/time.h>

/*
 * <asm/time.h> defines, inline where that is worth it:
 *
 * uint64_t arch_clock_read(void)
 *	ticks since reset, the same clock for every CPU and every guest
 * uint32_t arch_clock_low(void)
 *	its low word
 * void arch_timer_set(uint32_t ticks)
 *	one-shot of this CPU's hypervisor timer: ticks from now, at least 1; when it
 *	fires, timer_interrupt() (hv/slice.h) is called
 */

#endif
