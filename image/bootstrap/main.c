// SPDX-License-Identifier: GPL-2.0-only
/*
 * The boot, step by step.  Each step prints what it found and stops with a line
 * of its own when it cannot go on; nothing is handed over half done.
 */
#include "boot.h"
#include <string.h>

#include <libfdt.h>

static const void *in_image(const struct boot *boot, uint32_t offset)
{
	return (const uint8_t *)boot->header + offset;
}

/*
 * Something to print on, before all checks.  A damaged tree may name no UART or
 * a wrong one, and the header may be the damaged part: one flipped byte leaves at
 * least one of the two right.
 */
static void find_console(struct boot *boot)
{
	uint32_t uart = boot->header->uart;
	uint32_t clock_hz = 0;
	uint32_t offset = boot->header->dtb_offset;

	if (offset < MIB && fdt_check_header(in_image(boot, offset)) == 0)
		board_find_uart(in_image(boot, offset), &uart, &clock_hz);
	console_init(uart, clock_hz);
}

/*
 * The checksum covers this code, the header and the tree.  The payload has
 * checksums of its own (payload.c).
 */
static void check_image(struct boot *boot)
{
	const struct boot_header *header = boot->header;
	struct boot_header blank = *header;
	uint32_t crc;

	if (header->magic != BOOT_MAGIC || header->version != BOOT_VERSION)
		boot_fail("image", "its header is damaged (magic %x, version %u)",
			  header->magic, header->version);
	if (header->dtb_offset < BOOT_HEADER_SIZE || header->payload_offset > MIB ||
	    header->dtb_size > WORK_DTB_SIZE - DTB_ROOM ||
	    header->dtb_offset + header->dtb_size > header->payload_offset)
		boot_fail("image", "its header is damaged (parts out of bounds)");

	blank.checksum = 0;
	crc = crc32(0, &blank, sizeof(blank));
	crc = crc32(crc, header + 1, header->payload_offset - sizeof(blank));
	if (crc != header->checksum)
		boot_fail(
			"image",
			"header, bootstrap or board tree is damaged (crc32 %x, expected %x)",
			crc, header->checksum);
	boot->dtb = in_image(boot, header->dtb_offset);
	if (fdt_check_header(boot->dtb) || fdt_totalsize(boot->dtb) > header->dtb_size)
		boot_fail("board tree", "not a device tree");
}

static void reserve_own_memory(struct boot *boot)
{
	memory_reserve(boot, boot->header->ram_base, WORK_SIZE);
	memory_reserve(boot, (uint32_t)boot->header,
		       boot->header->payload_offset + boot->header->payload_size);
}

static struct boot *boot_init(void)
{
	struct boot *boot = boot_state();

	memset(boot, 0, sizeof(*boot));
	boot->header = &boot_header;
	boot->heap = (uint8_t *)ram_base() + WORK_HEAP;
	boot->heap_end = boot->heap + WORK_HEAP_SIZE;
	return boot;
}

void boot_main(uint32_t loader_dtb)
{
	struct boot *boot = boot_init();
	uint32_t slot, fit, fit_size, fit_pages, code_size;
	const void *code;

	find_console(boot);
	boot_say("bootstrap at %x", (uint32_t)boot->header);
	check_image(boot);
	board_read(boot, loader_dtb);
	reserve_own_memory(boot);
	mmu_on(boot);

	fit_size = payload_open(boot);
	fit_pages = (fit_size + 0xfff) & ~0xfffu;
	slot = memory_place(boot, HYPERVISOR_SLOT, "the hypervisor");
	fit = memory_place(boot, fit_pages + boot->header->dtb_size + DTB_ROOM,
			   "the FIT");
	payload_unpack(boot, (void *)fit, fit_size);
	boot_say("payload checked, %u KiB unpacked to a FIT of %u KiB at %x",
		 boot->header->payload_size >> 10, fit_size >> 10, fit);

	code = fit_hypervisor((void *)fit, fit_size, &code_size);
	if (code_size > HYPERVISOR_SLOT)
		boot_fail("hypervisor", "%u bytes do not fit into its slot of %u",
			  code_size, HYPERVISOR_SLOT);
	memcpy((void *)slot, code, code_size);
	board_write(boot, (void *)(fit + fit_pages), boot->header->dtb_size + DTB_ROOM);
	boot_say("hypervisor checked, %u KiB, starting it at %x", code_size >> 10, slot);
	hand_over(slot, boot->l2cache, fit + fit_pages, fit, fit_size);
}

void boot_exception(uint32_t vector, uint32_t address)
{
	const char *name = "interrupt";
	uint32_t fault = 0;

	if (vector == 1)
		name = "undefined instruction";
	else if (vector == 2)
		name = "supervisor call";
	else if (vector == 3)
		name = "prefetch abort";
	else if (vector == 4)
		name = "data abort";
	if (vector == 4)
		asm volatile("mrc p15, 0, %0, c6, c0, 0" : "=r"(fault)); /* DFAR */
	boot_fail("bootstrap", "%s near %x (fault address %x)", name, address, fault);
}
