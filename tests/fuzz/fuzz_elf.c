// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: ELF guests.  Whatever elf_measure() accepts is loaded into memory of
 * exactly the size it said.
 *
 * The first byte of an input says what the rest is: a file, or changes to a good
 * one, <offset> <value> each.
 */
#include <elf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <hv/image.h>
#include "load_elf.h"

#define WHERE    0x60008000u
#define LOAD_MAX 0x1000000u

/* Position independent: code, data with .bss, relocations. */
struct guest {
	Elf32_Ehdr header;
	Elf32_Phdr text, data, dynamic;
	uint32_t code[2], words[2];
	Elf32_Rel rel[2];
	Elf32_Dyn table[3];
};

_Static_assert(sizeof(struct guest) <= 256, "an offset is one byte");

#define DATA      offsetof(struct guest, words)
#define DATA_SIZE (sizeof(struct guest) - DATA)

static const struct guest good = {
	.header = {.e_ident = ELFMAG "\1\1\1",
		   .e_type = ET_DYN,
		   .e_machine = EM_ARM,
		   .e_version = EV_CURRENT,
		   .e_entry = offsetof(struct guest, code),
		   .e_phoff = offsetof(struct guest, text),
		   .e_phentsize = sizeof(Elf32_Phdr),
		   .e_phnum = 3},
	.text = {PT_LOAD, 0, 0, 0, DATA, DATA, PF_R | PF_X, 4096},
	.data = {PT_LOAD, DATA, 0x1000, 0x1000, DATA_SIZE, DATA_SIZE + 64, PF_R | PF_W,
		 4096},
	.dynamic = {PT_DYNAMIC, offsetof(struct guest, table), 0, 0,
		    sizeof(Elf32_Dyn) * 3, sizeof(Elf32_Dyn) * 3, PF_R, 4},
	.rel = {{0x1000, R_ARM_RELATIVE}, {0x1004, R_ARM_RELATIVE}},
	.table = {{DT_REL, {0x1000 + offsetof(struct guest, rel) - DATA}},
		  {DT_RELSZ, {sizeof(Elf32_Rel) * 2}}},
};

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
	copy = malloc(sizeof(good)); /* ASan sees what is read beyond it */
	memcpy(copy, &good, sizeof(good));
	for (size_t i = 1; i + 1 < size; i += 2)
		copy[data[i] % sizeof(good)] = data[i + 1];
	use(copy, sizeof(good));
	free(copy);
	return 0;
}
