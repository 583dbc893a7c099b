/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of <string.h> that the hypervisor and libfdt use.  memcpy, memmove and
 * memset are the architecture's (arch/arm/lib).
 *
 * KEEP_LOOP() stops the compiler from recognising a loop as the very function that
 * it implements and calling that.
 */
#include <stdint.h>
#include <string.h>

#define KEEP_LOOP() __asm__ volatile("" : : : "memory")

int memcmp(const void *a, const void *b, size_t bytes)
{
	const unsigned char *x = a, *y = b;

	for (; bytes != 0; bytes--, x++, y++) {
		if (*x != *y)
			return *x - *y;
		KEEP_LOOP();
	}
	return 0;
}

void *memchr(const void *memory, int c, size_t bytes)
{
	const unsigned char *p = memory;

	for (; bytes != 0; bytes--, p++) {
		if (*p == (unsigned char)c)
			return (void *)(uintptr_t)p;
		KEEP_LOOP();
	}
	return NULL;
}

size_t strlen(const char *s)
{
	const char *end = s;

	for (; *end != '\0'; end++)
		KEEP_LOOP();
	return (size_t)(end - s);
}

size_t strnlen(const char *s, size_t limit)
{
	size_t length = 0;

	for (; length < limit && s[length] != '\0'; length++)
		KEEP_LOOP();
	return length;
}

int strcmp(const char *a, const char *b)
{
	for (; *a != '\0' && *a == *b; a++, b++)
		KEEP_LOOP();
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t limit)
{
	for (; limit != 0; limit--, a++, b++) {
		if (*a != *b)
			return (unsigned char)*a - (unsigned char)*b;
		if (*a == '\0')
			break;
		KEEP_LOOP();
	}
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++) {
		if (*s == '\0')
			return NULL;
		KEEP_LOOP();
	}
	return (char *)(uintptr_t)s;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
		KEEP_LOOP();
	} while (*s++ != '\0');
	return (char *)(uintptr_t)last;
}
