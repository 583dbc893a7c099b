/* SPDX-License-Identifier: GPL-2.0-only */
/* An ELF file loaded in one go, as the builder does it in pieces. */
#ifndef TESTS_LOAD_ELF_H
#define TESTS_LOAD_ELF_H

#include <string.h>

#include <hv/image.h>

static inline void load_elf(const void *file, const struct elf_layout *layout, void *to)
{
	memset(to, 0, layout->size);
	for (unsigned int i = 0; i < layout->count; i++)
		memcpy((char *)to + layout->segment[i].to,
		       (const char *)file + layout->segment[i].from,
		       layout->segment[i].bytes);
	elf_relocate(file, layout, to);
}

#endif
