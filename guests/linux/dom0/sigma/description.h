/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a domain is to be: out of a configuration file, or out of the manifest of
 * the image that was booted.
 */
#ifndef SIGMA_TOOL_DESCRIPTION_H
#define SIGMA_TOOL_DESCRIPTION_H

#include <stdbool.h>
#include <stdio.h>

#include "util.h"

#define DOMAIN_NAME_MAX 31

/* What is done when a domain ends. */
enum action { ACTION_DESTROY, ACTION_RESTART, ACTION_PRESERVE };

struct description {
	char *name;
	/*
	 * Where kernel, ramdisk and dtb come from: a file of dom0's, or, with
	 * `image`, an image of that name in the booted image.  NULL: none.
	 */
	struct source {
		char *name;
		bool in_image;
	} kernel, ramdisk, dtb;
	char *image;      /* the booted image's domain it is derived from, or NULL */
	char *cmdline;    /* or NULL */
	uint32_t memory;  /* bytes */
	uint32_t foreign; /* bytes of the foreign window */
	uint32_t vcpus, weight;
	struct list disks, vifs; /* as in the configuration, form checked */
	bool vfb;
	enum action on_poweroff, on_reboot, on_crash;
};

/* All defaults, no name. */
void description_init(struct description *d);
void description_clear(struct description *d);
void source_set(struct source *source, const char *name, bool in_image);

const char *action_name(enum action action);
bool action_parse(const char *word, enum action *action);

/* Letters, digits, - and _, at most DOMAIN_NAME_MAX of them. */
bool name_is_allowed(const char *name);

/*
 * What must be true of every description, wherever it comes from.  `where` is for
 * the message ("file:line" or the like).
 * @return false: complained
 */
bool description_check(const struct description *d, const char *where);

/*
 * Writes it as a configuration file, which config_read() (config.h) takes back as
 * the same description.
 */
void description_write(const struct description *d, FILE *file);

#endif
