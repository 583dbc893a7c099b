// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output on a PL011.  Registers: PL011 TRM (DDI 0183) chapter 3.
 */
#include "boot.h"
#include <stdarg.h>

#define UARTDR    0x00
#define UARTFR    0x18
#define UARTIBRD  0x24
#define UARTFBRD  0x28
#define UARTLCR_H 0x2c
#define UARTCR    0x30

#define FR_BUSY       (1u << 3)
#define FR_TXFF       (1u << 5)
#define LCR_8BIT_FIFO 0x70
#define CR_UARTEN     1u
#define CR_TXE_RXE    0x300u

#define BAUD             115200u
#define DEFAULT_CLOCK_HZ 24000000u /* the Versatile Express motherboard's */

static volatile uint32_t *uart_register(uint32_t offset)
{
	return (volatile uint32_t *)(boot_state()->uart + offset);
}

/* n / d, for a core that has no division. */
static uint32_t divide(uint32_t n, uint32_t d, uint32_t *remainder)
{
	uint32_t quotient = 0, rest = 0;

	for (int bit = 31; bit >= 0; bit--) {
		rest = rest << 1 | (n >> bit & 1);
		quotient <<= 1;
		if (rest >= d) {
			rest -= d;
			quotient |= 1;
		}
	}
	*remainder = rest;
	return quotient;
}

void console_init(uint32_t uart, uint32_t clock_hz)
{
	uint32_t divisor, rest;

	boot_state()->uart = uart;
	if (!uart || (*uart_register(UARTCR) & CR_UARTEN))
		return;
	/* the divisor in 64ths: clock / (16 * baud), TRM 3.3.6 */
	divisor = divide((clock_hz ? clock_hz : DEFAULT_CLOCK_HZ) * 4, BAUD, &rest);
	*uart_register(UARTIBRD) = divisor >> 6;
	*uart_register(UARTFBRD) = divisor & 0x3f;
	*uart_register(UARTLCR_H) = LCR_8BIT_FIFO;
	*uart_register(UARTCR) = CR_UARTEN | CR_TXE_RXE;
}

static void put(char c)
{
	if (!boot_state()->uart)
		return;
	while (*uart_register(UARTFR) & FR_TXFF)
		;
	*uart_register(UARTDR) = (uint8_t)c;
}

static void put_string(const char *s)
{
	for (; *s; s++)
		put(*s);
}

static void put_decimal(uint32_t n)
{
	char digits[11];
	char *p = digits + sizeof(digits);
	uint32_t digit;

	*--p = 0;
	do {
		n = divide(n, 10, &digit);
		*--p = (char)('0' + digit);
	} while (n);
	put_string(p);
}

static void put_hex(uint32_t n)
{
	put_string("0x");
	for (int shift = 28; shift >= 0; shift -= 4) {
		uint32_t digit = n >> shift & 0xf;

		put((char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
	}
}

static void put_format(const char *format, va_list args)
{
	for (; *format; format++) {
		if (*format != '%') {
			put(*format);
			continue;
		}
		format++;
		if (*format == 's')
			put_string(va_arg(args, const char *));
		else if (*format == 'u')
			put_decimal(va_arg(args, uint32_t));
		else
			put_hex(va_arg(args, uint32_t));
	}
	put_string("\r\n");
}

void boot_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_string("sigma-boot: ");
	put_format(format, args);
	va_end(args);
}

void boot_fail(const char *part, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_string("sigma-boot: ");
	put_string(part);
	put_string(": ");
	put_format(format, args);
	va_end(args);
	while (boot_state()->uart && (*uart_register(UARTFR) & FR_BUSY))
		;
	for (;;)
		asm volatile("wfi");
}
