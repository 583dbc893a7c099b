/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Cortex-A9 MPCore's private peripherals, as the hypervisor drives them.
 * All run with interrupts masked, on the CPU they concern.
 */
#ifndef ASM_MPCORE_H
#define ASM_MPCORE_H

#include <hv/types.h>
#include <asm/gic.h>
#include <asm/window.h>

static inline volatile uint32_t *mmio_register(uint32_t va)
{
	return (volatile uint32_t *)(uintptr_t)va;
}

static inline uint32_t mmio_read(uint32_t va)
{
	return *mmio_register(va);
}

static inline void mmio_write(uint32_t va, uint32_t value)
{
	*mmio_register(va) = value;
}

/* gic.c */
void gic_init(void);           /* distributor, once */
void gic_init_cpu(void);       /* interface of this CPU */
void gic_handle(uint32_t iar); /* dispatch and end an acknowledged interrupt */
void gic_poll(void); /* acknowledge what is pending, if anything, and handle it */

/* Is any interrupt pending for this CPU, physical or the line? */
static inline bool gic_is_pending(void)
{
	return (mmio_read(MPCORE_VA + GICC_OFFSET + GICC_HPPIR) & 0x3ff) != GIC_SPURIOUS;
}

/* timers.c */
void timers_init(uint32_t hz); /* clock, once */
void timers_init_cpu(void);

/* pl011.c: the serial port at UART_VA; output, and input once interrupts work */
void pl011_init(void);
void pl011_listen(unsigned int irq);

#endif
