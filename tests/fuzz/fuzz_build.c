// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: domains made at run time.  dom0 hands over a FIT, of which nothing is
 * trusted; whatever becomes of it, everything is given back at the end.
 *
 * The first byte of an input says what the rest is: a whole FIT, or changes to a
 * good one, <offset, 3 bytes> <value> each; then whether its hashes are made right
 * again, so that the contents of the images come through; and when dom0 gives up.
 */
#include <stdio.h>

#include <hv/board.h>
#include <hv/domain_build.h>
#include <hv/frames.h>
#include <public/manage.h>
#include "elf_guest.h"
#include "fake.h"
#include "fit_maker.h"

#define MIB       0x100000u
#define STEPS_MAX 300
#define ARGUMENTS (FAKE_RAM_BASE + FAKE_SCRATCH)
#define BUFFER    (ARGUMENTS + PAGE_SIZE)

static char *good;
static uint32_t good_size;
static uint64_t board[64];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_board(void)
{
	static const fdt32_t reg[2] = {0x60, 0x01}; /* big endian */
	const char *error;
	int node;

	fit_ok(fdt_create_empty_tree(board, sizeof(board)));
	fit_ok(fdt_setprop_u32(board, 0, "#address-cells", 1));
	fit_ok(fdt_setprop_u32(board, 0, "#size-cells", 1));
	node = fdt_add_subnode(board, 0, "memory@60000000");
	fit_ok(fdt_setprop_string(board, node, "device_type", "memory"));
	fit_ok(fdt_setprop(board, node, "reg", reg, sizeof(reg)));
	node = fdt_add_subnode(board, 0, "aliases");
	fit_ok(fdt_setprop_string(board, node, "serial0", "/memory@60000000"));
	fit_ok(board_memory_scan(board, &error));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct fit_maker maker;

	(void)argc, (void)argv;
	make_board();
	fit_begin(&maker);
	fit_add_image(&maker, "guest", "kernel", &guest, sizeof(guest));
	fit_add_image(&maker, "disk", "ramdisk", "contents", 9);
	fit_add_image(&maker, "tree", "flat_dt", board, fdt_totalsize(board));
	fit_add_domain(&maker, "made", "guest", MIB);
	fit_cell(&maker, "/domains/made", "foreign", MIB);
	fit_string(&maker, "/domains/made", "engine", "fake");
	fit_string(&maker, "/domains/made", "initrd", "disk");
	fit_string(&maker, "/domains/made", "fdt", "tree");
	fit_string(&maker, "/domains/made", "disk", "phy:/dev/vda,xvda,w");
	fit_string(&maker, "/domains/made", "vif", "bridge=xenbr0");
	good = fit_end(&maker, &good_size);
	return 0;
}

/* Every crc32 says again what is there; what is no hash any more stays broken. */
static void repair(char *blob, uint32_t size)
{
	struct fit_image image;
	struct fit fit;
	int node, hash, images;

	if (fit_open(&fit, blob, size) != 0)
		return;
	images = fdt_path_offset(blob, "/images");
	fdt_for_each_subnode(node, blob, images) {
		if (fit_find(&fit, fdt_get_name(blob, node, NULL), &image) != 0)
			continue;
		hash = fdt_subnode_offset(blob, node, "hash-1");
		fdt_setprop_inplace_u32(blob, hash, "value",
					crc32(0, image.data, image.size));
		hash = fdt_subnode_offset(blob, node, "hash-2");
		if (hash >= 0)
			fdt_nop_node(blob, hash);
	}
}

static long call(uint32_t cmd, void *op, uint32_t bytes)
{
	long result;

	memcpy(guest_ram(current_domain(), ARGUMENTS), op, bytes);
	result = fake_call(SIGMA_BUILD_CALL, cmd, ARGUMENTS, 0);
	memcpy(op, guest_ram(current_domain(), ARGUMENTS), bytes);
	return result;
}

static void write_fit(const char *blob, uint32_t size)
{
	struct sigma_build_begin begin = {size};
	struct sigma_build_write op = {0, 0, BUFFER};

	if (call(SIGMA_BUILD_BEGIN, &begin, sizeof(begin)) != 0)
		return;
	for (; op.offset < size; op.offset += op.bytes) {
		op.bytes = size - op.offset < SIGMA_BUILD_WRITE_MAX
				   ? size - op.offset
				   : SIGMA_BUILD_WRITE_MAX;
		memcpy(guest_ram(current_domain(), BUFFER), blob + op.offset, op.bytes);
		if (call(SIGMA_BUILD_WRITE, &op, sizeof(op)) != 0)
			abort();
	}
}

static void build(const char *blob, uint32_t size, unsigned int patience)
{
	struct sigma_build_step op;
	long result = 1;

	write_fit(blob, size);
	for (unsigned int i = 0; result == 1 && i < patience; i++)
		result = call(SIGMA_BUILD_STEP, &op, sizeof(op));
	if (result == 1 && patience == STEPS_MAX)
		abort(); /* it never ends */
	if (result == 1)
		fake_call(SIGMA_BUILD_CALL, SIGMA_BUILD_ABORT, 0, 0);
	else if (result == 0)
		domain_destroy(domain_by_id((domid_t)op.domid));
	else if (size != 0 && op.error[0] == '\0')
		abort(); /* refused without a word */
	if (slots_available() != FAKE_RAM_SIZE / 2)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int patience = STEPS_MAX;
	char *blob;
	uint32_t bytes;

	if (size < 2 || size > MIB)
		return 0;
	bytes = (data[0] & 1) != 0 ? (uint32_t)size - 2 : good_size;
	blob = malloc(bytes + 8);
	if ((data[0] & 1) != 0)
		memcpy(blob, data + 2, bytes);
	else
		memcpy(blob, good, bytes);
	if ((data[0] & 4) != 0)
		patience = data[1];
	if ((data[0] & 1) == 0)
		for (size_t i = 2; i + 3 < size; i += 4)
			blob[(data[i] | (uint32_t)data[i + 1] << 8 |
			      (uint32_t)data[i + 2] << 16) %
			     bytes] = (char)data[i + 3];
	if ((data[0] & 2) != 0)
		repair(blob, bytes);
	fake_fill_ram = false;
	fake_power_on();
	fake_run(fake_domain("dom0", 1, true)->vcpu[0]);
	build(blob, bytes, patience);
	free(blob);
	fake_power_off();
	return 0;
}
