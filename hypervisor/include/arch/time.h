/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arch contract: the clock and the hypervisor's own timer of each CPU.
 */
#ifndef ARCH_TIME_H
#define ARCH_TIME_H

#include <hv/types.h>

/* Ticks a second of the clock below (Hz), known once the board is probed. */
extern uint32_t arch_clock_hz;

/* Ticks since reset, the same clock for every CPU and every guest. */
uint64_t arch_clock_read(void);

/**
 * arch_timer_set - one-shot of this CPU's hypervisor timer
 * @ticks: from now; 0 fires at once, UINT32_MAX stops it
 *
 * When it fires, timer_interrupt() (hv/timer.h) is called.
 */
void arch_timer_set(uint32_t ticks);

#endif
