/* SPDX-License-Identifier: MIT */
/* printf for the console: a line is put together and written in one piece. */
#include "guest.h"

#define LINE_SIZE 256 /* what is longer is cut */

struct output {
	char *text;
	uint32_t used, size;
};

static void output_char(struct output *out, char c)
{
	if (out->used < out->size)
		out->text[out->used++] = c;
}

static void output_field(struct output *out, const char *text, size_t length,
			 size_t width, bool left, char fill)
{
	size_t padding = width > length ? width - length : 0;

	for (size_t i = 0; !left && i < padding; i++)
		output_char(out, fill);
	for (size_t i = 0; i < length; i++)
		output_char(out, text[i]);
	for (size_t i = 0; left && i < padding; i++)
		output_char(out, ' ');
}

/* Digits of `number`, written backwards from `end`; the first one's place. */
static char *digits(char *end, uint64_t number, uint32_t base)
{
	uint32_t digit;

	do {
		number = divide(number, base, &digit);
		*--end = "0123456789abcdef"[digit];
	} while (number);
	return end;
}

static uint64_t next_number(va_list *args, int longs, bool is_signed)
{
	if (longs == 2)
		return va_arg(*args, uint64_t);
	if (is_signed)
		return (uint64_t)(int64_t)va_arg(*args, int32_t);
	return va_arg(*args, uint32_t);
}

static void output_number(struct output *out, char kind, uint64_t number, size_t width,
			  bool left, char fill)
{
	char buffer[24];
	char *end = buffer + sizeof(buffer), *start;
	bool negative = kind == 'd' && (int64_t)number < 0;

	start = digits(end, negative ? -number : number, kind == 'x' ? 16 : 10);
	if (negative && fill == '0') {
		output_char(out, '-');
		width -= width > 0;
	} else if (negative) {
		*--start = '-';
	}
	output_field(out, start, (size_t)(end - start), width, left, fill);
}

/* One conversion; `format` points behind the '%'.  Returns the rest. */
static const char *convert(struct output *out, const char *format, va_list *args)
{
	bool left = *format == '-';
	char fill = ' ', c;
	size_t width = 0;
	int longs = 0;

	format += left;
	if (*format == '0')
		fill = *format++;
	while (*format >= '0' && *format <= '9')
		width = width * 10 + (size_t)(*format++ - '0');
	while (*format == 'l') {
		longs++;
		format++;
	}
	switch (c = *format++) {
	case 'c':
		c = (char)va_arg(*args, int);
		output_field(out, &c, 1, width, left, ' ');
		break;
	case 's': {
		const char *text = va_arg(*args, const char *);

		output_field(out, text, strlen(text), width, left, ' ');
		break;
	}
	case 'p':
		output_number(out, 'x', va_arg(*args, uint32_t), 8, false, '0');
		break;
	case 'd':
	case 'u':
	case 'x':
		output_number(out, c, next_number(args, longs, c == 'd'), width, left,
			      fill);
		break;
	default:
		output_char(out, c);
	}
	return format;
}

/* Bytes used; the text has no end mark of its own. */
static uint32_t format_text(char *text, uint32_t size, const char *format, va_list args)
{
	struct output out = {.text = text, .size = size};
	va_list rest;

	va_copy(rest, args);
	while (*format) {
		char c = *format++;

		if (c == '%' && *format)
			format = convert(&out, format, &rest);
		else
			output_char(&out, c);
	}
	va_end(rest);
	return out.used;
}

void guest_vsnprintf(char *text, uint32_t size, const char *format, va_list args)
{
	text[format_text(text, size - 1, format, args)] = 0;
}

void guest_printf(const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;

	va_start(args, format);
	console_write(line, format_text(line, sizeof(line), format, args));
	va_end(args);
}
