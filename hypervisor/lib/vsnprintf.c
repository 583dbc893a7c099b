/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Formatted text: what hv/printk.h lists, and no floating point.
 */
#include <hv/printk.h>
#include <hv/types.h>
#include <string.h>

struct output {
	char *buf;
	size_t size;   /* room, with the final NUL */
	size_t length; /* what the whole text needs, without it */
};

struct conversion {
	unsigned int width;
	int precision;      /* -1: none */
	unsigned int longs; /* how many 'l' */
	bool left, zero, prefix;
};

static void put(struct output *out, char c)
{
	if (out->length + 1 < out->size)
		out->buf[out->length] = c;
	out->length++;
}

static void pad(struct output *out, char c, size_t used, unsigned int width)
{
	for (; used < width; used++)
		put(out, c);
}

static void put_text(struct output *out, const struct conversion *conv, const char *text,
		     size_t length)
{
	if (!conv->left)
		pad(out, ' ', length, conv->width);
	for (size_t i = 0; i < length; i++)
		put(out, text[i]);
	if (conv->left)
		pad(out, ' ', length, conv->width);
}

static void put_string(struct output *out, const struct conversion *conv,
		       const char *text)
{
	if (text == NULL)
		text = "(null)";
	put_text(out, conv, text,
		 conv->precision < 0 ? strlen(text)
				     : strnlen(text, (size_t)conv->precision));
}

/* Sign or 0x, then zeros or blanks, then the digits. */
static void put_number(struct output *out, const struct conversion *conv,
		       unsigned long long value, unsigned int base, const char *digits,
		       const char *sign)
{
	char text[24]; /* 2^64 has 20 digits */
	size_t at = sizeof(text);
	size_t sign_length = strlen(sign);

	do {
		text[--at] = digits[value % base];
		value /= base;
	} while (value != 0);
	if (conv->zero && !conv->left) {
		put_text(out, &(struct conversion){0}, sign, sign_length);
		pad(out, '0', sizeof(text) - at + sign_length, conv->width);
	} else {
		while (sign_length > 0)
			text[--at] = sign[--sign_length];
	}
	put_text(
		out,
		&(struct conversion){.width = conv->zero && !conv->left ? 0 : conv->width,
				     .left = conv->left},
		text + at, sizeof(text) - at);
}

static const char *parse(const char *format, struct conversion *conv, va_list *args)
{
	*conv = (struct conversion){.precision = -1};
	for (;; format++) {
		if (*format == '-')
			conv->left = true;
		else if (*format == '0')
			conv->zero = true;
		else if (*format == '#')
			conv->prefix = true;
		else
			break;
	}
	for (; *format >= '0' && *format <= '9'; format++)
		conv->width = conv->width * 10 + (unsigned int)(*format - '0');
	if (*format == '.') {
		format++;
		conv->precision = 0;
		if (*format == '*') {
			conv->precision = va_arg(*args, int);
			format++;
		}
		for (; *format >= '0' && *format <= '9'; format++)
			conv->precision = conv->precision * 10 + (*format - '0');
	}
	for (; *format == 'l' || *format == 'z'; format++)
		conv->longs++;
	return format;
}

static void put_signed(struct output *out, const struct conversion *conv, va_list *args)
{
	long long value = conv->longs >= 2   ? va_arg(*args, long long)
			  : conv->longs == 1 ? va_arg(*args, long)
					     : va_arg(*args, int);
	unsigned long long magnitude = (unsigned long long)value;

	put_number(out, conv, value < 0 ? 0 - magnitude : magnitude, 10, "0123456789",
		   value < 0 ? "-" : "");
}

static void put_unsigned(struct output *out, const struct conversion *conv, va_list *args,
			 char kind)
{
	unsigned long long value = conv->longs >= 2   ? va_arg(*args, unsigned long long)
				   : conv->longs == 1 ? va_arg(*args, unsigned long)
						      : va_arg(*args, unsigned int);

	put_number(out, conv, value, kind == 'u' ? 10 : 16,
		   kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef",
		   conv->prefix ? "0x" : "");
}

static void put_conversion(struct output *out, const struct conversion *conv, char kind,
			   va_list *args)
{
	char c;

	switch (kind) {
	case 'd':
	case 'i':
		put_signed(out, conv, args);
		break;
	case 'u':
	case 'x':
	case 'X':
		put_unsigned(out, conv, args, kind);
		break;
	case 'p':
		put_number(out, conv, (uintptr_t)va_arg(*args, void *), 16,
			   "0123456789abcdef", "0x");
		break;
	case 'c':
		c = (char)va_arg(*args, int);
		put_text(out, conv, &c, 1);
		break;
	case 's':
		put_string(out, conv, va_arg(*args, const char *));
		break;
	default: /* "%%", and what no compiler lets pass */
		put(out, kind);
		break;
	}
}

int hv_vsnprintf(char *buf, size_t size, const char *format, va_list args)
{
	struct output out = {buf, size, 0};
	struct conversion conv;
	va_list rest;

	va_copy(rest, args); /* its address can be passed on, a parameter's cannot */
	for (; *format != '\0'; format++) {
		if (*format != '%') {
			put(&out, *format);
			continue;
		}
		format = parse(format + 1, &conv, &rest);
		if (*format == '\0')
			break;
		put_conversion(&out, &conv, *format, &rest);
	}
	va_end(rest);
	if (size != 0)
		buf[out.length < size ? out.length : size - 1] = '\0';
	return (int)out.length;
}

int hv_snprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = hv_vsnprintf(buf, size, format, args);
	va_end(args);
	return length;
}
