/* SPDX-License-Identifier: GPL-2.0-only */
/* A good ELF guest, for fuzzers to change. */
#ifndef TESTS_ELF_GUEST_H
#define TESTS_ELF_GUEST_H

#include <elf.h>
#include <stddef.h>

/* Position independent: code, data with .bss, relocations. */
struct guest {
	Elf32_Ehdr header;
	Elf32_Phdr text, data, dynamic;
	uint32_t code[2], words[2];
	Elf32_Rel rel[2];
	Elf32_Dyn table[3];
};

#define DATA      offsetof(struct guest, words)
#define DATA_SIZE (sizeof(struct guest) - DATA)

static const struct guest guest = {
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

#endif
