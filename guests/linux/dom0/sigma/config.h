/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configuration files in the style of xl.cfg(5): KEY = VALUE lines, # comments;
 * values are numbers, 'strings', "strings", '''strings''' and [ lists of strings ].
 * docs/manage.md lists the keys.
 */
#ifndef SIGMA_TOOL_CONFIG_H
#define SIGMA_TOOL_CONFIG_H

#include "description.h"

/*
 * Reads a file; with `image = "NAME"` what the file does not say is as the booted
 * image has it.  Relative paths are made whole.
 * @return false: complained, with file, line and word; nothing to clear
 */
bool config_read(const char *path, struct description *d);

/* What can be set. */
void config_help(FILE *file);

#endif
