/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages of the hypervisor on its console, each a whole line (or lines), with
 * the hypervisor's prefix.  Formats: %d %i %u %x %X %p %s %c %% %ld %lu %lx %lld
 * %llu %llx, width, zero padding and '-'.  Usable everywhere, at any time.
 */
#ifndef HV_PRINTK_H
#define HV_PRINTK_H

#include <stdarg.h>
#include <stddef.h>

int hv_vsnprintf(char *buf, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
int hv_snprintf(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void printk(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Text of a negative Xen errno, for messages: "no memory". */
const char *error_text(int error);

/**
 * panic - the hypervisor itself is at fault: say what, dump registers, stop
 *
 * Never for anything that a guest did.
 */
void panic(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn, cold));

/* CHECK(invariant of ours): stays in every build. */
#define CHECK(condition)                                                        \
	do {                                                                    \
		if (__builtin_expect(!(condition), 0))                          \
			panic("broken invariant at %s:%d", __FILE__, __LINE__); \
	} while (0)

/**
 * boot_fail - the image or the board is at fault: one line naming the part and
 * the reason, then stop with no domain started
 *
 * @part: "domain domU", "image linux", "board device tree"
 */
void boot_fail(const char *part, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn, cold));

#endif
