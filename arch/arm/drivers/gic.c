/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt controller of the Cortex-A9 MPCore; registers in <asm/gic.h>.
 *
 * Every physical interrupt is group 0, so FIQ, so the hypervisor's, at a priority
 * above the line: it must come through while a guest holds the line.
 */
#include <asm/gic.h>
#include <asm/mpcore.h>
#include <arch/irq.h>
#include <arch/cpu.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/virq.h>
#include <public/sigma.h>

static unsigned int irq_count;

static volatile uint32_t *gicd_bit_word(uint32_t bank, unsigned int irq)
{
	return mmio_register(GICD_VA + bank + irq / 32 * 4);
}

static uint32_t irq_bit(unsigned int irq)
{
	return 1u << irq % 32;
}

static void gicd_write_byte(uint32_t bank, unsigned int irq, uint8_t value)
{
	*(volatile uint8_t *)(uintptr_t)(GICD_VA + bank + irq) = value;
}

__init void gic_init(void)
{
	/* TYPER.ITLinesNumber: IHI0048A 4.3.2 */
	irq_count = 32 * ((mmio_read(GICD_VA + GICD_TYPER) & 0x1f) + 1);
	if (irq_count > SIGMA_VIRQ_COUNT)
		irq_count = SIGMA_VIRQ_COUNT;
	mmio_write(GICD_VA + GICD_CTLR, 0);
	for (unsigned int irq = 32; irq < irq_count; irq += 32) {
		*gicd_bit_word(GICD_IGROUPR, irq) = 0;
		*gicd_bit_word(GICD_ICENABLER, irq) = ~0u;
		*gicd_bit_word(GICD_ICPENDR, irq) = ~0u;
	}
	for (unsigned int irq = 32; irq < irq_count; irq++) {
		gicd_write_byte(GICD_IPRIORITYR, irq, PRIORITY_PHYSICAL);
		gicd_write_byte(GICD_ITARGETSR, irq, 1);
	}
	mmio_write(GICD_VA + GICD_CTLR, 3);
}

/* The part of the controller that each CPU has for itself. */
__init void gic_init_cpu(void)
{
	*gicd_bit_word(GICD_ICENABLER, 0) = 0xffff0000;
	*gicd_bit_word(GICD_ICPENDR, 0) = 0xffff0000;
	*gicd_bit_word(GICD_IGROUPR, 0) = irq_bit(LINE_SGI);
	for (unsigned int irq = 0; irq < 32; irq++)
		gicd_write_byte(GICD_IPRIORITYR, irq,
				irq == LINE_SGI ? PRIORITY_LINE : PRIORITY_PHYSICAL);
	*gicd_bit_word(GICD_ISENABLER, 0) = 0xffff; /* SGIs */
	mmio_write(MPCORE_VA + GICC_OFFSET + GICC_PMR, 0xf0);
	mmio_write(MPCORE_VA + GICC_OFFSET + GICC_BPR, 0);
	mmio_write(MPCORE_VA + GICC_OFFSET + GICC_CTLR, GICC_CTLR_ENABLE);
}

unsigned int arch_irq_count(void)
{
	return irq_count;
}

void arch_irq_enable(unsigned int irq)
{
	*gicd_bit_word(GICD_ISENABLER, irq) = irq_bit(irq);
}

void arch_irq_disable(unsigned int irq)
{
	*gicd_bit_word(GICD_ICENABLER, irq) = irq_bit(irq);
}

bool arch_irq_is_enabled(unsigned int irq)
{
	return *gicd_bit_word(GICD_ISENABLER, irq) & irq_bit(irq);
}

void arch_irq_route(unsigned int irq, unsigned int cpu)
{
	gicd_write_byte(GICD_ITARGETSR, irq, (uint8_t)(1u << cpu));
}

void gic_handle(uint32_t iar)
{
	unsigned int irq = iar & 0x3ff;

	if (irq >= 1020) /* spurious: IHI0048A 3.2.5 */
		return;
	if (irq != LINE_SGI)
		irq_dispatch(irq);
	mmio_write(MPCORE_VA + GICC_OFFSET + GICC_EOIR, iar);
}

void gic_poll(void)
{
	gic_handle(mmio_read(MPCORE_VA + GICC_OFFSET + GICC_IAR));
}
