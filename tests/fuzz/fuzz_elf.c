// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: ELF guests.  Whatever elf_measure() accepts is loaded into memory of
 * exactly the size it said.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <hv/image.h>

#define WHERE 0x60008000u
#define LOAD_MAX 0x1000000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* Keep the header good, so that what lies behind it is reached. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	Elf32_Ehdr *header = (Elf32_Ehdr *)(void *)data;

	size = LLVMFuzzerMutate(data, size, max_size);
	if (size < sizeof(*header) || seed % 16 == 0)
		return size;
	memcpy(header->e_ident, ELFMAG "\1\1\1", 7);
	header->e_type = seed % 4 == 0 ? ET_EXEC : ET_DYN;
	header->e_machine = EM_ARM;
	header->e_version = EV_CURRENT;
	header->e_phentsize = sizeof(Elf32_Phdr);
	header->e_phoff = sizeof(*header);
	header->e_phnum &= 7;
	header->e_entry &= ~3u;
	return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_layout layout;
	const char *error;
	void *to;

	if (elf_measure(data, (uint32_t)size, WHERE, &layout, &error) != 0)
		return 0;
	if (layout.base + layout.size < layout.base || layout.entry < layout.base ||
	    layout.entry - layout.base >= layout.size)
		abort();
	if (layout.size > LOAD_MAX)
		return 0;
	to = malloc(layout.size);
	if (elf_load(data, (uint32_t)size, &layout, to, &error) != 0)
		abort();
	free(to);
	return 0;
}
