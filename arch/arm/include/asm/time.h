/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clock and hypervisor timer of the Cortex-A9 MPCore: global timer and watchdog in
 * timer mode (TRM DDI0407, 4.2 and 4.4).  Specified in <arch/time.h>.
 */
#ifndef ASM_TIME_H
#define ASM_TIME_H

#include <hv/types.h>
#include <asm/mpcore.h>

/* Registers from each timer's base. */
#define TIMER_LOAD       0x0
#define TIMER_COUNTER    0x4
#define TIMER_CONTROL    0x8
#define TIMER_STATUS     0xc
#define TIMER_ENABLE_IRQ 0x5
#define GLOBAL_LOW       0x0
#define GLOBAL_HIGH      0x4
#define GLOBAL_CONTROL   0x8

#define WATCHDOG_VA      (MPCORE_VA + WATCHDOG_OFFSET)
#define GLOBAL_TIMER_VA  (MPCORE_VA + GLOBAL_TIMER_OFFSET)
#define PRIVATE_TIMER_VA (MPCORE_VA + PRIVATE_TIMER_OFFSET)

static inline uint64_t arch_clock_read(void)
{
	uint32_t high, low;

	do {
		high = mmio_read(GLOBAL_TIMER_VA + GLOBAL_HIGH);
		low = mmio_read(GLOBAL_TIMER_VA + GLOBAL_LOW);
	} while (__builtin_expect(mmio_read(GLOBAL_TIMER_VA + GLOBAL_HIGH) != high, 0));
	return (uint64_t)high << 32 | low;
}

static inline uint32_t arch_clock_low(void)
{
	return mmio_read(GLOBAL_TIMER_VA + GLOBAL_LOW);
}

static inline void arch_timer_set(uint32_t ticks)
{
	mmio_write(WATCHDOG_VA + TIMER_LOAD, ticks);
	mmio_write(WATCHDOG_VA + TIMER_CONTROL, TIMER_ENABLE_IRQ);
}

#endif
