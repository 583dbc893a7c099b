/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a configuration file, taken apart. */
#ifndef SIGMA_TOOL_CONFIG_TEXT_H
#define SIGMA_TOOL_CONFIG_TEXT_H

#include "util.h"

enum value_kind { VALUE_NUMBER, VALUE_STRING, VALUE_LIST };

struct setting {
	unsigned int line;
	char *key;
	enum value_kind kind;
	uint32_t number;
	char *string;
	struct list list;
};

struct config_text {
	const char *path;
	const char *next, *end; /* what is not yet read */
	unsigned int line;      /* of next */
};

/*
 * The next setting.
 * @return 1; 0 at the end; -1: complained
 */
int config_next(struct config_text *file, struct setting *setting);
void setting_clear(struct setting *setting);

#endif
