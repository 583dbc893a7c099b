// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flat map.  First-level sections, short descriptors: ARM ARM DDI 0406C B3.5.1;
 * memory attributes with TEX remap off: B3.8.2.
 */
#include "boot.h"

#define SECTION       0x2u
#define SECTION_AP_RW (1u << 10) /* privileged read and write */
#define SECTION_AP_RO (1u << 15) /* with the above: read only */
#define SECTION_XN    (1u << 4)
#define SECTION_CACHE \
	(1u << 12 | 1u << 3 | 1u << 2) /* TEX=1 C=1 B=1: write back, allocate */
#define SECTION_DEVICE (1u << 2)       /* TEX=0 C=0 B=1: shared device */

#define RAM_SECTION    (SECTION | SECTION_AP_RW | SECTION_CACHE | SECTION_XN)
#define IMAGE_SECTION  (SECTION | SECTION_AP_RW | SECTION_CACHE)
#define FLASH_SECTION  (IMAGE_SECTION | SECTION_AP_RO)
#define DEVICE_SECTION (SECTION | SECTION_AP_RW | SECTION_DEVICE | SECTION_XN)

static void map(uint32_t *table, uint32_t base, uint32_t size, uint32_t attributes)
{
	uint32_t first = base / MIB;
	uint32_t last = (base + (size - 1)) / MIB;

	for (uint32_t i = first; size && i <= last; i++)
		table[i] = i * MIB | attributes;
}

/*
 * Reserved RAM stays device memory, so that nothing is read there by speculation;
 * the image and the work area come last, they may share a MiB with some.
 */
void mmu_on(struct boot *boot)
{
	const struct boot_header *header = boot->header;
	uint32_t *table = (uint32_t *)(header->ram_base + WORK_TABLE);
	uint32_t image_size = header->payload_offset + header->payload_size;
	bool in_ram = memory_contains(boot, (uint32_t)header, image_size);
	uint32_t i;

	map(table, 0, UINT32_MAX, DEVICE_SECTION);
	for (i = 0; i < boot->bank_count; i++)
		map(table, boot->bank[i].base, boot->bank[i].size, RAM_SECTION);
	for (i = 0; i < boot->reserved_count; i++)
		map(table, boot->reserved[i].base, boot->reserved[i].size,
		    DEVICE_SECTION);
	map(table, header->ram_base, WORK_SIZE, RAM_SECTION);
	map(table, (uint32_t)header, image_size, in_ram ? IMAGE_SECTION : FLASH_SECTION);
	mmu_enable(table);
}
