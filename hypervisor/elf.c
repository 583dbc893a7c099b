// SPDX-License-Identifier: GPL-2.0-only
/*
 * ELF executables for 32-bit ARM.  Nothing in the file is trusted: all is checked
 * by elf_measure(), on which the rest relies.  It has limits, so that looking at a
 * file takes only so long.
 * Numbers are those of the ELF gABI and of "ELF for the ARM Architecture".
 */
#include <hv/image.h>
#include <hv/xen.h>

#define EI_CLASS_32    1
#define EI_DATA_LITTLE 1
#define EV_CURRENT     1
#define ET_EXEC        2
#define ET_DYN         3
#define EM_ARM         40
#define PT_LOAD        1
#define PT_DYNAMIC     2
#define PT_INTERP      3
#define PF_X           1
#define DT_NULL        0
#define DT_PLTRELSZ    2
#define DT_RELA        7
#define DT_REL         17
#define DT_RELSZ       18
#define DT_RELENT      19
#define DT_RELR        36
#define R_ARM_NONE     0
#define R_ARM_RELATIVE 23

#define HEADERS_MAX     64
#define DYNAMIC_MAX     0x2000 /* bytes */
#define RELOCATIONS_MAX 16384

struct elf_header {
	uint8_t magic[4], class, data, ident_version, osabi, padding[8];
	uint16_t type, machine;
	uint32_t version, entry, phoff, shoff, flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_segment {
	uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

struct elf_dynamic {
	uint32_t tag, value;
};

struct elf_rel {
	uint32_t offset, info;
};

struct elf {
	const char *data;
	uint32_t size;
	uint32_t entry;
	bool anywhere; /* ET_DYN */
	unsigned int count;
	struct elf_segment load[ELF_SEGMENTS_MAX];
	uint32_t dynamic, dynamic_size; /* place in the file, 0 bytes: none */
	uint32_t rel, rel_count;        /* place in the file */
};

bool elf_is(const void *data, uint32_t size)
{
	return size >= 4 && memcmp(data, "\177ELF", 4) == 0;
}

static int bad(const char **error, const char *reason)
{
	*error = reason;
	return -XEN_ENOEXEC;
}

static int parse_header(struct elf *elf, struct elf_header *header, const char **error)
{
	if (!elf_is(elf->data, elf->size))
		return bad(error, "is not an ELF file");
	if (elf->size < sizeof(*header))
		return bad(error, "is truncated: no room for an ELF header");
	memcpy(header, elf->data, sizeof(*header));
	if (header->class != EI_CLASS_32 || header->data != EI_DATA_LITTLE ||
	    header->machine != EM_ARM)
		return bad(error, "is not an ELF file for 32-bit little-endian ARM");
	if (header->ident_version != EV_CURRENT || header->version != EV_CURRENT)
		return bad(error, "is an ELF file of an unknown version");
	if (header->type != ET_EXEC && header->type != ET_DYN)
		return bad(error, "is an ELF file, but no executable (type EXEC or DYN)");
	if (header->phnum > HEADERS_MAX)
		return bad(error, "has too many ELF segments");
	if (header->phentsize != sizeof(struct elf_segment) || header->phnum == 0 ||
	    !range_in(header->phoff, header->phnum * (uint32_t)sizeof(struct elf_segment),
		      0, elf->size))
		return bad(error, "has a broken ELF program header table");
	if ((header->entry & 3) != 0)
		return bad(error, "has an ELF entry that is not ARM code (Thumb?)");
	elf->entry = header->entry;
	elf->anywhere = header->type == ET_DYN;
	return 0;
}

static bool overlap(uint32_t base, uint32_t size, uint32_t other, uint32_t other_size)
{
	return base < other ? other - base < size : base - other < other_size;
}

/* Where a segment is wanted before relocation. */
static uint32_t segment_base(const struct elf *elf, const struct elf_segment *segment)
{
	return elf->anywhere ? segment->vaddr : segment->paddr;
}

static int add_load(struct elf *elf, const struct elf_segment *segment,
		    const char **error)
{
	uint32_t base = segment_base(elf, segment);

	if (segment->memsz == 0)
		return 0;
	if (segment->filesz > segment->memsz)
		return bad(error, "has an ELF segment with more file than memory");
	if (!range_in(segment->offset, segment->filesz, 0, elf->size))
		return bad(error, "has an ELF segment outside of the file (truncated?)");
	if (add_overflows(base, segment->memsz) ||
	    add_overflows(segment->vaddr, segment->memsz))
		return bad(error,
			   "has an ELF segment that wraps around the address space");
	for (unsigned int i = 0; i < elf->count; i++)
		if (overlap(base, segment->memsz, segment_base(elf, &elf->load[i]),
			    elf->load[i].memsz))
			return bad(error, "has ELF segments that overlap");
	if (elf->count == ELF_SEGMENTS_MAX)
		return bad(error, "has too many ELF segments");
	elf->load[elf->count++] = *segment;
	return 0;
}

static int parse_segments(struct elf *elf, const struct elf_header *header,
			  const char **error)
{
	struct elf_segment segment;
	int result;

	for (uint32_t i = 0; i < header->phnum; i++) {
		memcpy(&segment, elf->data + header->phoff + i * sizeof(segment),
		       sizeof(segment));
		if (segment.type == PT_INTERP)
			return bad(error, "is an ELF file that wants a dynamic linker");
		if (segment.type == PT_DYNAMIC && elf->anywhere) {
			if (!range_in(segment.offset, segment.filesz, 0, elf->size))
				return bad(
					error,
					"has an ELF dynamic table outside of the file");
			if (segment.filesz > DYNAMIC_MAX)
				return bad(error, "has an ELF dynamic table of more than "
						  "8 KiB");
			elf->dynamic = segment.offset;
			elf->dynamic_size = segment.filesz;
		}
		if (segment.type == PT_LOAD) {
			result = add_load(elf, &segment, error);
			if (result != 0)
				return result;
		}
	}
	return elf->count != 0 ? 0 : bad(error, "has no ELF segment to load");
}

/* Where in the file are the bytes of virtual [address, address + size)? */
static bool file_offset(const struct elf *elf, uint32_t address, uint32_t size,
			uint32_t *offset)
{
	for (unsigned int i = 0; i < elf->count; i++) {
		const struct elf_segment *segment = &elf->load[i];

		if (range_in(address, size, segment->vaddr, segment->filesz)) {
			*offset = segment->offset + (address - segment->vaddr);
			return true;
		}
	}
	return false;
}

static int parse_dynamic(struct elf *elf, const char **error)
{
	struct elf_dynamic entry;
	uint32_t rel = 0, size = 0, entry_size = sizeof(struct elf_rel);

	for (uint32_t i = 0; i < elf->dynamic_size / sizeof(entry); i++) {
		memcpy(&entry, elf->data + elf->dynamic + i * sizeof(entry),
		       sizeof(entry));
		if (entry.tag == DT_NULL)
			break;
		if (entry.tag == DT_REL)
			rel = entry.value;
		else if (entry.tag == DT_RELSZ)
			size = entry.value;
		else if (entry.tag == DT_RELENT)
			entry_size = entry.value;
		else if (entry.tag == DT_RELA || entry.tag == DT_RELR ||
			 (entry.tag == DT_PLTRELSZ && entry.value != 0))
			return bad(error,
				   "has ELF relocations in a table other than DT_REL");
	}
	if (size == 0)
		return 0;
	if (entry_size != sizeof(struct elf_rel) || size % sizeof(struct elf_rel) != 0 ||
	    !file_offset(elf, rel, size, &elf->rel))
		return bad(
			error,
			"has an ELF relocation table that lies outside of its segments");
	elf->rel_count = size / (uint32_t)sizeof(struct elf_rel);
	if (elf->rel_count > RELOCATIONS_MAX)
		return bad(error, "has more than 16384 ELF relocations");
	return 0;
}

static const char *relocation_error(uint32_t type)
{
	switch (type) {
	case 2:
		return "has an ELF relocation of type R_ARM_ABS32; only R_ARM_RELATIVE is applied";
	case 21:
		return "has an ELF relocation of type R_ARM_GLOB_DAT; only R_ARM_RELATIVE is "
		       "applied";
	case 22:
		return "has an ELF relocation of type R_ARM_JUMP_SLOT; only R_ARM_RELATIVE is "
		       "applied";
	default:
		return "has an ELF relocation of a type other than R_ARM_RELATIVE";
	}
}

static void read_rel(const char *data, uint32_t table, uint32_t index,
		     struct elf_rel *rel)
{
	memcpy(rel, data + table + index * sizeof(*rel), sizeof(*rel));
}

static bool in_memory(const struct elf *elf, uint32_t address, uint32_t size)
{
	for (unsigned int i = 0; i < elf->count; i++)
		if (range_in(address, size, elf->load[i].vaddr, elf->load[i].memsz))
			return true;
	return false;
}

static int check_relocations(const struct elf *elf, const char **error)
{
	struct elf_rel rel;

	for (uint32_t i = 0; i < elf->rel_count; i++) {
		read_rel(elf->data, elf->rel, i, &rel);
		if ((rel.info & 0xff) == R_ARM_NONE)
			continue;
		if ((rel.info & 0xff) != R_ARM_RELATIVE)
			return bad(error, relocation_error(rel.info & 0xff));
		if (!in_memory(elf, rel.offset, 4))
			return bad(error,
				   "has an ELF relocation outside of its segments");
	}
	return 0;
}

static int parse(struct elf *elf, const void *data, uint32_t size, const char **error)
{
	struct elf_header header;
	int result;

	memset(elf, 0, sizeof(*elf));
	elf->data = data;
	elf->size = size;
	result = parse_header(elf, &header, error);
	if (result == 0)
		result = parse_segments(elf, &header, error);
	if (result == 0)
		result = parse_dynamic(elf, error);
	if (result == 0)
		result = check_relocations(elf, error);
	return result;
}

static void extent(const struct elf *elf, uint32_t *lowest, uint32_t *highest)
{
	*lowest = UINT32_MAX;
	*highest = 0;
	for (unsigned int i = 0; i < elf->count; i++) {
		uint32_t base = segment_base(elf, &elf->load[i]);

		if (base < *lowest)
			*lowest = base;
		if (base + elf->load[i].memsz > *highest)
			*highest = base + elf->load[i].memsz;
	}
}

/* The entry is a virtual address: find its segment, answer where that is loaded. */
static bool entry_address(const struct elf *elf, uint32_t *entry)
{
	for (unsigned int i = 0; i < elf->count; i++) {
		const struct elf_segment *segment = &elf->load[i];

		if ((segment->flags & PF_X) != 0 &&
		    range_in(elf->entry, 4, segment->vaddr, segment->filesz)) {
			*entry = segment_base(elf, segment) +
				 (elf->entry - segment->vaddr);
			return true;
		}
	}
	return false;
}

/*
 * How far a position-independent file moves: whole pages, so that what is page
 * aligned in the file stays so.
 */
static uint32_t displacement(const struct elf *elf, uint32_t lowest, uint32_t where)
{
	return elf->anywhere ? where - (lowest & ~PAGE_MASK) : 0;
}

static void describe_segments(const struct elf *elf, uint32_t lowest,
			      struct elf_layout *layout)
{
	layout->count = elf->count;
	for (unsigned int i = 0; i < elf->count; i++)
		layout->segment[i] = (struct elf_piece){
			segment_base(elf, &elf->load[i]) - lowest,
			elf->load[i].offset,
			elf->load[i].filesz,
		};
	/* only what moves has anything to relocate; its addresses begin at `lowest` */
	layout->relocations = elf->rel;
	layout->relocation_count = elf->anywhere ? elf->rel_count : 0;
	layout->linked = lowest;
}

int elf_measure(const void *data, uint32_t size, uint32_t where,
		struct elf_layout *layout, const char **error)
{
	uint32_t lowest, highest, delta;
	struct elf elf;
	int result = parse(&elf, data, size, error);

	if (result != 0)
		return result;
	if (!entry_address(&elf, &layout->entry))
		return bad(error, "has an ELF entry outside of its code");
	extent(&elf, &lowest, &highest);
	delta = displacement(&elf, lowest, where);
	layout->base = lowest + delta;
	layout->size = highest - lowest;
	layout->entry += delta;
	if (elf.anywhere &&
	    (layout->base < where || add_overflows(layout->base, layout->size)))
		return bad(error, "does not fit into the address space");
	describe_segments(&elf, lowest, layout);
	return 0;
}

void elf_relocate(const void *data, const struct elf_layout *layout, void *to)
{
	uint32_t delta = layout->base - layout->linked, word;
	struct elf_rel rel;
	char *at;

	for (uint32_t i = 0; i < layout->relocation_count; i++) {
		read_rel(data, layout->relocations, i, &rel);
		if ((rel.info & 0xff) != R_ARM_RELATIVE)
			continue;
		at = (char *)to + (rel.offset - layout->linked);
		memcpy(&word, at, sizeof(word));
		word += delta;
		memcpy(at, &word, sizeof(word));
	}
}
