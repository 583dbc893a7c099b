/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PrimeCell UART (PL011 TRM DDI0183), the hypervisor's console.  The loader or the
 * reset values give line settings; only what interrupts need is programmed.
 */
#include <asm/mpcore.h>
#include <arch/console.h>
#include <arch/irq.h>
#include <hv/console.h>
#include <hv/virq.h>

#define UART_DR   0x00
#define UART_FR   0x18
#define UART_LCRH 0x2c
#define UART_CR   0x30
#define UART_IFLS 0x34
#define UART_IMSC 0x38
#define UART_MIS  0x40
#define UART_ICR  0x44

#define FR_RXFE        0x10
#define FR_TXFF        0x20
#define LCRH_8N1_FIFO  0x70
#define CR_ENABLE      0x301 /* UARTEN, TXE, RXE */
#define IRQ_RX         0x10
#define IRQ_TX         0x20
#define IRQ_RX_TIMEOUT 0x40

bool arch_console_put(char c)
{
	if (mmio_read(UART_VA + UART_FR) & FR_TXFF)
		return false;
	mmio_write(UART_VA + UART_DR, (uint8_t)c);
	return true;
}

int arch_console_get(void)
{
	if (mmio_read(UART_VA + UART_FR) & FR_RXFE)
		return -1;
	return (int)(mmio_read(UART_VA + UART_DR) & 0xff);
}

void arch_console_tx_interrupt(bool on)
{
	mmio_write(UART_VA + UART_IMSC, IRQ_RX | IRQ_RX_TIMEOUT | (on ? IRQ_TX : 0));
}

static void uart_interrupt(unsigned int irq)
{
	uint32_t status = mmio_read(UART_VA + UART_MIS);
	int c;

	(void)irq;
	mmio_write(UART_VA + UART_ICR, status);
	if (status & IRQ_TX)
		console_tx_ready();
	while ((c = arch_console_get()) >= 0)
		console_rx((char)c);
}

__init void pl011_init(void)
{
	mmio_write(UART_VA + UART_CR, 0);
	mmio_write(UART_VA + UART_LCRH, LCRH_8N1_FIFO);
	mmio_write(UART_VA + UART_IFLS, 0); /* interrupt at 1/8: shell latency */
	mmio_write(UART_VA + UART_ICR, 0x7ff);
	mmio_write(UART_VA + UART_CR, CR_ENABLE);
	arch_console_tx_interrupt(false);
}

__init void pl011_listen(unsigned int irq)
{
	irq_register(irq, uart_interrupt, "console");
	arch_irq_enable(irq);
}
