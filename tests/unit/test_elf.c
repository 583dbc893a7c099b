// SPDX-License-Identifier: GPL-2.0-only
/* ELF guests: hypervisor/elf.c. */
#include <elf.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/image.h>
#include "load_elf.h"

#define WHERE 0x60008000u

/* A file with text, data with bss, and a table of relocations, all in one page. */
struct file {
	Elf32_Ehdr header;
	Elf32_Phdr text, data, dynamic;
	uint32_t code[8];
	uint32_t words[4];
	Elf32_Rel rel[3];
	Elf32_Dyn table[4];
};

#define TEXT_OFFSET offsetof(struct file, code)
#define DATA_OFFSET offsetof(struct file, words)
#define DATA_VADDR  0x1000u
#define DATA_SIZE   (sizeof(struct file) - DATA_OFFSET)
#define BSS         0x100u

static struct file f;

static int setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	memcpy(f.header.e_ident, ELFMAG "\1\1\1", 7);
	f.header.e_type = ET_DYN;
	f.header.e_machine = EM_ARM;
	f.header.e_version = EV_CURRENT;
	f.header.e_entry = 4;
	f.header.e_phoff = offsetof(struct file, text);
	f.header.e_phentsize = sizeof(Elf32_Phdr);
	f.header.e_phnum = 3;
	f.text = (Elf32_Phdr){PT_LOAD,        TEXT_OFFSET,    0,           0,
			      sizeof(f.code), sizeof(f.code), PF_R | PF_X, 4096};
	f.data = (Elf32_Phdr){PT_LOAD,   DATA_OFFSET,     DATA_VADDR,  DATA_VADDR,
			      DATA_SIZE, DATA_SIZE + BSS, PF_R | PF_W, 4096};
	f.dynamic = (Elf32_Phdr){PT_DYNAMIC,
				 offsetof(struct file, table),
				 0,
				 0,
				 sizeof(f.table),
				 sizeof(f.table),
				 PF_R,
				 4};
	f.code[0] = 0x11111111;
	f.words[0] = 0x1008;             /* refers to words[2] */
	f.words[3] = 0x1000 + DATA_SIZE; /* refers to bss */
	f.rel[0] = (Elf32_Rel){DATA_VADDR, R_ARM_RELATIVE};
	f.rel[1] = (Elf32_Rel){0, R_ARM_NONE};
	f.rel[2] = (Elf32_Rel){DATA_VADDR + 12, R_ARM_RELATIVE};
	f.table[0] = (Elf32_Dyn){DT_REL,
				 {DATA_VADDR + offsetof(struct file, rel) - DATA_OFFSET}};
	f.table[1] = (Elf32_Dyn){DT_RELSZ, {sizeof(f.rel)}};
	f.table[2] = (Elf32_Dyn){DT_RELENT, {sizeof(Elf32_Rel)}};
	return 0;
}

static int measure(struct elf_layout *layout, const char **error)
{
	/* exactly as long as the file, so that ASan sees every byte read beyond */
	void *copy = malloc(sizeof(f));
	int result;

	memcpy(copy, &f, sizeof(f));
	result = elf_measure(copy, sizeof(f), WHERE, layout, error);
	free(copy);
	return result;
}

static void expect_refused(const char *piece)
{
	struct elf_layout layout;
	const char *error = "";

	assert_true(measure(&layout, &error) < 0);
	if (strstr(error, piece) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", piece, error);
}

static void test_position_independent(void **state)
{
	struct elf_layout layout;
	const char *error;
	uint8_t *to;
	uint32_t word;

	(void)state;
	assert_int_equal(measure(&layout, &error), 0);
	assert_int_equal(layout.base, WHERE);
	assert_int_equal(layout.entry, WHERE + 4);
	assert_int_equal(layout.size, DATA_VADDR + DATA_SIZE + BSS);
	to = malloc(layout.size);
	memset(to, 0xa5, layout.size);
	load_elf(&f, &layout, to);
	memcpy(&word, to, 4);
	assert_int_equal(word, 0x11111111);
	memcpy(&word, to + DATA_VADDR, 4);
	assert_int_equal(word, WHERE + 0x1008);
	memcpy(&word, to + DATA_VADDR + 12, 4);
	assert_int_equal(word, WHERE + 0x1000 + DATA_SIZE);
	for (uint32_t i = DATA_VADDR + DATA_SIZE; i < layout.size; i++)
		assert_int_equal(to[i], 0);
	for (uint32_t i = sizeof(f.code); i < DATA_VADDR; i++)
		assert_int_equal(to[i], 0);
	free(to);
}

/* What is aligned in the file stays so, even when nothing is linked at 0. */
static void test_lowest_address(void **state)
{
	struct elf_layout layout;
	const char *error;

	(void)state;
	f.text.p_vaddr = 0x54;
	f.header.e_entry = 0x58;
	assert_int_equal(measure(&layout, &error), 0);
	assert_int_equal(layout.base, WHERE + 0x54);
	assert_int_equal(layout.entry, WHERE + 0x58);
}

/* Linked at a virtual address, loaded at its physical one. */
static void test_fixed(void **state)
{
	struct elf_layout layout;
	const char *error;

	(void)state;
	f.header.e_type = ET_EXEC;
	f.text.p_vaddr = 0xc0008000;
	f.text.p_paddr = 0x60108000;
	f.data.p_paddr = 0x60109000;
	f.header.e_entry = 0xc0008008;
	f.rel[0].r_info = R_ARM_ABS32; /* not read */
	assert_int_equal(measure(&layout, &error), 0);
	assert_int_equal(layout.base, 0x60108000);
	assert_int_equal(layout.entry, 0x60108008);
	assert_int_equal(layout.size, 0x1000 + DATA_SIZE + BSS);
}

/* Spoil one 32-bit or 16-bit field each. */
#define FIELD(member, value, piece)                                           \
	{                                                                     \
		offsetof(struct file, member), sizeof(f.member), value, piece \
	}

static void test_rules(void **state)
{
	static const struct {
		size_t offset, bytes;
		uint32_t value;
		const char *piece;
	} cases[] = {
		FIELD(header.e_ident[0], 0, "not an ELF"),
		FIELD(header.e_ident[EI_CLASS], ELFCLASS64, "32-bit"),
		FIELD(header.e_ident[EI_DATA], ELFDATA2MSB, "little-endian"),
		FIELD(header.e_ident[EI_VERSION], 2, "version"),
		FIELD(header.e_machine, EM_386, "ARM"),
		FIELD(header.e_version, 0, "version"),
		FIELD(header.e_type, ET_REL, "no executable"),
		FIELD(header.e_type, ET_CORE, "no executable"),
		FIELD(header.e_phnum, 0, "program header"),
		FIELD(header.e_phnum, 64, "program header"),
		FIELD(header.e_phnum, 65, "too many ELF segments"),
		FIELD(header.e_phoff, sizeof(struct file), "program header"),
		FIELD(header.e_phoff, 0xffffffff, "program header"),
		FIELD(header.e_phentsize, 56, "program header"),
		FIELD(header.e_entry, 5, "Thumb"),
		FIELD(header.e_entry, 0x1000, "entry outside"), /* data */
		FIELD(header.e_entry, sizeof(f.code), "entry outside"),
		FIELD(header.e_entry, 0xfffffffc, "entry outside"),
		FIELD(text.p_type, PT_INTERP, "dynamic linker"),
		FIELD(text.p_filesz, sizeof(f.code) + 1, "more file than memory"),
		FIELD(text.p_offset, sizeof(struct file) - 4, "outside of the file"),
		FIELD(text.p_offset, 0xfffffff0, "outside of the file"),
		FIELD(text.p_memsz, 0xfffffff0, "overlap"),
		FIELD(text.p_vaddr, 0xfffffff0, "wraps"),
		FIELD(text.p_vaddr, 0x1010, "overlap"),
		FIELD(data.p_memsz, 0xffffffff, "wraps"),
		FIELD(data.p_memsz, 0xc0000000, "does not fit"),
		FIELD(dynamic.p_offset, 0xfffffffc, "dynamic table outside"),
		FIELD(dynamic.p_filesz, 0xfffffffc, "dynamic table outside"),
		FIELD(rel[0].r_info, R_ARM_ABS32, "R_ARM_ABS32"),
		FIELD(rel[2].r_info, R_ARM_GLOB_DAT, "R_ARM_GLOB_DAT"),
		FIELD(rel[1].r_info, R_ARM_JUMP_SLOT, "R_ARM_JUMP_SLOT"),
		FIELD(rel[1].r_info, R_ARM_IRELATIVE, "other than R_ARM_RELATIVE"),
		FIELD(rel[2].r_offset, 0x20, "relocation outside"), /* between segments */
		FIELD(rel[2].r_offset, 0xfffffffe, "relocation outside"),
		FIELD(rel[2].r_offset, DATA_VADDR + DATA_SIZE + BSS - 3,
		      "relocation outside"),
		FIELD(table[0].d_un.d_val, 0xfffffff8, "relocation table"),
		FIELD(table[0].d_un.d_val, DATA_VADDR + DATA_SIZE,
		      "relocation table"), /* bss */
		FIELD(table[1].d_un.d_val, 0xfffffff8, "relocation table"),
		FIELD(table[1].d_un.d_val, 9, "relocation table"),
		FIELD(table[2].d_un.d_val, 12, "relocation table"),
		FIELD(table[3].d_tag, DT_RELA, "other than DT_REL"),
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(state);
		memcpy((char *)&f + cases[i].offset, &cases[i].value, cases[i].bytes);
		expect_refused(cases[i].piece);
	}
}

static void test_nothing_to_load(void **state)
{
	(void)state;
	f.text.p_type = PT_NOTE;
	f.data.p_memsz = 0;
	expect_refused("no ELF segment");
}

static void test_many_segments(void **state)
{
	struct {
		Elf32_Ehdr header;
		Elf32_Phdr load[17];
	} many = {f.header, {{0}}};
	struct elf_layout layout;
	const char *error;

	(void)state;
	many.header.e_phnum = 17;
	many.header.e_entry = 0;
	for (uint32_t i = 0; i < 17; i++)
		many.load[i] =
			(Elf32_Phdr){PT_LOAD, 0, i * 4096, 0, 64, 64, PF_R | PF_X, 4096};
	assert_true(elf_measure(&many, sizeof(many), WHERE, &layout, &error) < 0);
	assert_string_equal(error, "has too many ELF segments");
	many.header.e_phnum = 16;
	assert_int_equal(elf_measure(&many, sizeof(many), WHERE, &layout, &error), 0);
	assert_int_equal(layout.size, 15 * 4096 + 64);
}

/* What takes long to look at is refused. */
static void test_limits(void **state)
{
	static struct {
		struct file f;
		Elf32_Rel more[16384];
	} many;
	struct elf_layout layout;
	const char *error;

	(void)state;
	f.data.p_filesz = sizeof(many) - DATA_OFFSET;
	f.data.p_memsz = f.data.p_filesz;
	f.table[1].d_un.d_val = 16384 * sizeof(Elf32_Rel);
	f.table[0].d_un.d_val = DATA_VADDR + offsetof(typeof(many), more) - DATA_OFFSET;
	many.f = f;
	assert_int_equal(elf_measure(&many, sizeof(many), WHERE, &layout, &error), 0);
	assert_int_equal(layout.relocation_count, 16384);
	many.f.table[0].d_un.d_val -= sizeof(Elf32_Rel);
	many.f.table[1].d_un.d_val += sizeof(Elf32_Rel);
	assert_true(elf_measure(&many, sizeof(many), WHERE, &layout, &error) < 0);
	assert_string_equal(error, "has more than 16384 ELF relocations");
	many.f.dynamic.p_filesz = 0x2004;
	assert_true(elf_measure(&many, sizeof(many), WHERE, &layout, &error) < 0);
	assert_string_equal(error, "has an ELF dynamic table of more than 8 KiB");
}

static void test_truncated(void **state)
{
	struct elf_layout layout;
	const char *error;
	void *copy;

	(void)state;
	for (uint32_t size = 0; size < sizeof(f); size++) {
		copy = malloc(size + 1);
		memcpy(copy, &f, size);
		assert_true(elf_measure(copy, size, WHERE, &layout, &error) < 0);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_position_independent, setup),
		cmocka_unit_test_setup(test_lowest_address, setup),
		cmocka_unit_test_setup(test_fixed, setup),
		cmocka_unit_test(test_rules),
		cmocka_unit_test_setup(test_nothing_to_load, setup),
		cmocka_unit_test_setup(test_many_segments, setup),
		cmocka_unit_test_setup(test_limits, setup),
		cmocka_unit_test_setup(test_truncated, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
