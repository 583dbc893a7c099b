/* SPDX-License-Identifier: GPL-2.0-only */
/* Text, lists and messages.  Memory is never short here: out of memory ends the tool. */
#ifndef SIGMA_TOOL_UTIL_H
#define SIGMA_TOOL_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a)  (sizeof(a) / sizeof((a)[0]))
#define printf_like(n) __attribute__((format(printf, n, n + 1)))
#define TEXT_MAX       256

/*
 * A message for the user: "sigma: ..." on standard error; in `sigma monitor` also
 * in the log.
 * @return false, so that a function can end with it
 */
bool complain(const char *format, ...) printf_like(1);
/* The same for what is no mistake. */
void say(const char *format, ...) printf_like(1);
/* From now on messages go to this file as well, each with the time of day. */
bool log_to(const char *path);

/* A new string; free() it. */
char *text(const char *format, ...) printf_like(1);
char *copy_text(const char *string);

/* Strings, owned. */
struct list {
	char **item;
	unsigned int count;
};

void list_add(struct list *list, const char *string);
void list_clear(struct list *list);

/* A whole number, decimal or 0x..., all of `string`. */
bool parse_number(const char *string, uint32_t *value);

/* A file's content, mapped to read; *size its bytes.  NULL: complained. */
const void *map_file(const char *path, size_t *size);
void unmap_file(const void *content, size_t size);

/* Milliseconds of a clock that only runs forward. */
uint64_t now_ms(void);
/* For waits that nothing signals. */
void sleep_ms(unsigned int ms);

#endif
