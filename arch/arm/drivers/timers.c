/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timers of the Cortex-A9 MPCore (TRM DDI0407 chapter 4).
 *
 *   global timer	the clock, 64 bits, the same for all CPUs; guests read it
 *   watchdog		in timer mode: the hypervisor's own one-shot
 *   private timer	the PV timer of the vCPU on this CPU: vcpu.c and the engine
 *
 * All three count PERIPHCLK.
 */
#include <asm/gic.h>
#include <asm/mpcore.h>
#include <arch/irq.h>
#include <arch/time.h>
#include <hv/timer.h>
#include <hv/virq.h>

/* Registers from each timer's base (TRM 4.2.2, 4.4.1). */
#define TIMER_LOAD 0x0
#define TIMER_CONTROL 0x8
#define TIMER_STATUS 0xc
#define TIMER_ENABLE_IRQ 0x5
#define GLOBAL_LOW 0x0
#define GLOBAL_HIGH 0x4
#define GLOBAL_CONTROL 0x8
#define WATCHDOG_DISABLE 0x14 /* from the watchdog's base: TRM 4.2.8 */

#define WATCHDOG (MPCORE_VA + WATCHDOG_OFFSET)
#define GLOBAL (MPCORE_VA + GLOBAL_TIMER_OFFSET)

uint32_t arch_clock_hz;

uint64_t arch_clock_read(void)
{
	uint32_t high, low;

	do {
		high = mmio_read(GLOBAL + GLOBAL_HIGH);
		low = mmio_read(GLOBAL + GLOBAL_LOW);
	} while (mmio_read(GLOBAL + GLOBAL_HIGH) != high);
	return (uint64_t)high << 32 | low;
}

void arch_timer_set(uint32_t ticks)
{
	if (ticks == UINT32_MAX) {
		mmio_write(WATCHDOG + TIMER_CONTROL, 0);
		return;
	}
	mmio_write(WATCHDOG + TIMER_LOAD, ticks ? ticks : 1);
	mmio_write(WATCHDOG + TIMER_CONTROL, TIMER_ENABLE_IRQ);
}

static void watchdog_interrupt(unsigned int irq)
{
	(void)irq;
	mmio_write(WATCHDOG + TIMER_STATUS, 1);
	timer_interrupt();
}

__init void timers_init(uint32_t hz)
{
	arch_clock_hz = hz;
	timer_setup_conversion(hz);
	mmio_write(GLOBAL + GLOBAL_CONTROL, 0);
	mmio_write(GLOBAL + GLOBAL_LOW, 0);
	mmio_write(GLOBAL + GLOBAL_HIGH, 0);
	mmio_write(GLOBAL + GLOBAL_CONTROL, 1);
	irq_register(IRQ_WATCHDOG, watchdog_interrupt, "hypervisor timer");
}

__init void timers_init_cpu(void)
{
	mmio_write(WATCHDOG + WATCHDOG_DISABLE, 0x12345678); /* to timer mode */
	mmio_write(WATCHDOG + WATCHDOG_DISABLE, 0x87654321);
	mmio_write(WATCHDOG + TIMER_CONTROL, 0);
	mmio_write(WATCHDOG + TIMER_STATUS, 1);
	mmio_write(MPCORE_VA + PRIVATE_TIMER_OFFSET + TIMER_CONTROL, 0);
	mmio_write(MPCORE_VA + PRIVATE_TIMER_OFFSET + TIMER_STATUS, 1);
	arch_irq_enable(IRQ_WATCHDOG);
}
