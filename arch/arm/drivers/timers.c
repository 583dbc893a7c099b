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
#include <asm/percpu.h>
#include <arch/irq.h>
#include <arch/time.h>
#include <hv/slice.h>
#include <hv/virq.h>

#define WATCHDOG_DISABLE 0x14 /* from the watchdog's base: TRM 4.2.8 */

uint32_t arch_clock_hz;

static void watchdog_interrupt(unsigned int irq)
{
	(void)irq;
	mmio_write(WATCHDOG_VA + TIMER_STATUS, 1);
	timer_interrupt(this_cpu());
}

__init void timers_init(uint32_t hz)
{
	arch_clock_hz = hz;
	timer_setup_conversion(hz);
	mmio_write(GLOBAL_TIMER_VA + GLOBAL_CONTROL, 0);
	mmio_write(GLOBAL_TIMER_VA + GLOBAL_LOW, 0);
	mmio_write(GLOBAL_TIMER_VA + GLOBAL_HIGH, 0);
	mmio_write(GLOBAL_TIMER_VA + GLOBAL_CONTROL, 1);
	irq_register(IRQ_WATCHDOG, watchdog_interrupt, "hypervisor timer");
}

__init void timers_init_cpu(void)
{
	mmio_write(WATCHDOG_VA + WATCHDOG_DISABLE, 0x12345678); /* to timer mode */
	mmio_write(WATCHDOG_VA + WATCHDOG_DISABLE, 0x87654321);
	mmio_write(WATCHDOG_VA + TIMER_CONTROL, 0);
	mmio_write(WATCHDOG_VA + TIMER_STATUS, 1);
	mmio_write(PRIVATE_TIMER_VA + TIMER_CONTROL, 0);
	mmio_write(PRIVATE_TIMER_VA + TIMER_STATUS, 1);
	arch_irq_enable(IRQ_WATCHDOG);
}
