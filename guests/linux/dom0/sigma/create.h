/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIGMA_TOOL_CREATE_H
#define SIGMA_TOOL_CREATE_H

#include <stdbool.h>

#include "description.h"

/*
 * Builds the domain, makes it known, shows it its devices, starts it.  The caller
 * holds change_lock().
 * @return false: complained, nothing of it is left
 */
bool domain_create(const struct description *d);

#endif
