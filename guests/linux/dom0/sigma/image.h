/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image that was booted, as the hypervisor hands it to dom0: a FIT with the
 * manifest (/domains) and every kernel, ramdisk and device tree that it names.
 */
#ifndef SIGMA_TOOL_IMAGE_H
#define SIGMA_TOOL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "description.h"

#define IMAGE_DEFAULT "/boot/sigma.fit"

/* Which file it is, before it is first opened; otherwise IMAGE_DEFAULT. */
void image_use(const char *path);

/* Opens and checks it, the first time.  false: complained. */
bool image_open(void);
void image_close(void);

/* What the manifest says of a domain, by its name.  false: complained. */
bool image_description(const char *name, struct description *d);

/*
 * The same by the id it had at boot: 0 is the privileged one, 1, 2, ... the others in
 * the manifest's order.  *found: there is one.
 */
bool image_description_by_id(unsigned int id, struct description *d, bool *found);

/* The data of an image, in the file's mapping.  NULL: complained. */
const void *image_data(const char *name, size_t *size);

/* Names of the domains that can be started again: all but the privileged one. */
struct list image_domains(void);

#endif
