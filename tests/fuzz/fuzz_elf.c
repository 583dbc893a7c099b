// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: ELF guests.  Whatever elf_measure() accepts is loaded into memory of
 * exactly the size it said.
 *
 * The first byte of an input says what the rest is: a file, or changes to a good
 * one, <offset> <value> each.
 */
#include <stdlib.h>
#include <string.h>

#include <hv/image.h>
#include "elf_guest.h"
#include "load_elf.h"

#define WHERE    0x60008000u
#define LOAD_MAX 0x1000000u

_Static_assert(sizeof(struct guest) <= 256, "an offset is one byte");

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const void *file, uint32_t size)
{
	struct elf_layout layout;
	const char *error;
	void *to;

	if (elf_measure(file, size, WHERE, &layout, &error) != 0)
		return;
	if (layout.base + layout.size < layout.base || layout.entry < layout.base ||
	    layout.entry - layout.base >= layout.size)
		abort();
	if (layout.size > LOAD_MAX)
		return;
	to = malloc(layout.size);
	load_elf(file, &layout, to);
	free(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (size == 0)
		return 0;
	if ((data[0] & 1) != 0) {
		use(data + 1, (uint32_t)size - 1);
		return 0;
	}
	copy = malloc(sizeof(guest)); /* ASan sees what is read beyond it */
	memcpy(copy, &guest, sizeof(guest));
	for (size_t i = 1; i + 1 < size; i += 2)
		copy[data[i] % sizeof(guest)] = data[i + 1];
	use(copy, sizeof(guest));
	free(copy);
	return 0;
}
