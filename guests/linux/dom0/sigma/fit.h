/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A FIT with one domain in it, as the hypervisor takes it (docs/image-format.md):
 * the tree is made here; the images stay where they are, in files or in the booted
 * image.
 */
#ifndef SIGMA_TOOL_FIT_H
#define SIGMA_TOOL_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "description.h"

#define FIT_TREE_MAX 16384
#define FIT_PARTS    3
#define FIT_ALIGN    64u /* of each part and of the whole */

struct fit {
	unsigned char tree[FIT_TREE_MAX];
	uint32_t tree_size; /* the images follow there */
	uint32_t size;      /* of all */
	struct fit_part {
		const char *name, *type;
		const void *data; /* NULL: the domain has no such image */
		size_t bytes;
		uint32_t offset; /* behind the tree */
		bool mapped;     /* a file's, to be unmapped */
	} part[FIT_PARTS];
};

/* false: complained, nothing to clear. */
bool fit_make(struct fit *fit, const struct description *d);
void fit_clear(struct fit *fit);

#endif
