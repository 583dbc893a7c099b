/* SPDX-License-Identifier: GPL-2.0-only */
#include <hv/console.h>
#include <hv/message_log.h>
#include <hv/printk.h>
#include <hv/types.h>

#define MESSAGE_SIZE 256

void printk(const char *format, ...)
{
	char text[MESSAGE_SIZE];
	uint32_t length;
	va_list args;

	va_start(args, format);
	length = (uint32_t)hv_vsnprintf(text, sizeof(text) - 1, format, args);
	va_end(args);
	if (length > sizeof(text) - 2)
		length = sizeof(text) - 2;
	/* A message is a whole line, whether its author wrote the end or not. */
	if (length == 0 || text[length - 1] != '\n')
		text[length++] = '\n';
	message_log_write(text, length);
	console_write(NULL, text, length);
}
