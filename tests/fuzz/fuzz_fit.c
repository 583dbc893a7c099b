// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: the FIT, its manifest and a board's device tree.
 *
 * The first byte of an input says what the rest is: a whole FIT; changes to a good
 * FIT; changes to the reference board's tree (build/board.dtb), which then is both
 * the board and dom0's base.  A change is <offset, 2 bytes> <value>.
 */
#include <stdio.h>

#include <hv/board.h>
#include <hv/domain_build.h>
#include <hv/frames.h>
#include "domain_fakes.h"
#include "fit_maker.h"

static char *good_fit, *good_board;
static uint32_t fit_size, board_size;
static uint64_t tree[DOMAIN_TREE_SIZE / 8];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct fit_maker maker;
	static const char devices[] = "serial1\0/clcd@10020000\0v2m_sysreg";

	(void)argc;
	(void)argv;
	fakes_reset();
	good_board = fakes_read_board();
	board_size = fdt_totalsize(good_board);
	fit_begin(&maker);
	fit_add_image(&maker, "linux", "kernel", "kernel", 7);
	fit_add_image(&maker, "initrd", "ramdisk", "ramdisk", 8);
	fit_add_domain(&maker, "domU", "linux", 32 * MIB);
	fit_value(&maker, "/domains/domU", "devices", devices, sizeof(devices));
	fit_add_domain(&maker, "dom0", "linux", 64 * MIB);
	fit_string(&maker, "/domains/dom0", "devices", "all");
	fit_string(&maker, "/domains/dom0", "initrd", "initrd");
	fit_string(&maker, "/domains/dom0", "bootargs", "quiet");
	fit_value(&maker, "/domains/dom0", "privileged", NULL, 0);
	good_fit = fit_end(&maker, &fit_size);
	return 0;
}

/* Everything that the hypervisor does with a tree. */
static void use_board(const struct fit *fit, const struct manifest *manifest,
		      const void *board)
{
	struct domain domain;
	const char *error;

	domain_devices_check((struct fit *)(uintptr_t)fit, manifest, board);
	for (unsigned int i = 0; i < manifest->domain_count; i++) {
		const struct manifest_domain *m = &manifest->domain[i];

		memset(&domain, 0, sizeof(domain));
		domain.ram_base = board_ram_base();
		domain.ram_size = m->memory;
		domain.machine_base = maddr(RAM_BASE + (i == 0 ? 0 : MIB));
		domain.vcpu_count = (uint8_t)m->vcpus;
		domain_tree_build(&domain, m, fit, board, tree, sizeof(tree), &error);
	}
}

static void use_fit(const void *blob, uint32_t size, const void *board)
{
	struct manifest manifest;
	struct fit_image image;
	struct fit fit;

	if (fit_open(&fit, blob, size) != 0)
		return;
	fit_verify_all(&fit);
	fit_find(&fit, "linux", &image);
	if (manifest_parse(&fit, &manifest) == 0 && board != NULL)
		use_board(&fit, &manifest, board);
}

static void *changed(const char *original, uint32_t size, const uint8_t *data,
		     size_t bytes)
{
	char *copy = malloc(size);

	memcpy(copy, original, size);
	for (; bytes >= 3; bytes -= 3, data += 3)
		copy[(data[0] | (uint32_t)data[1] << 8) % size] = (char)data[2];
	return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *error;
	char *copy;

	if (size == 0)
		return 0;
	switch (data[0] % 3) {
	case 0:
		copy = malloc(size - 1); /* of exactly its size, and 8-byte aligned */
		memcpy(copy, data + 1, size - 1);
		use_fit(copy, (uint32_t)size - 1, good_board);
		break;
	case 1:
		copy = changed(good_fit, fit_size, data + 1, size - 1);
		use_fit(copy, fit_size, good_board);
		break;
	default:
		copy = changed(good_board, board_size, data + 1, size - 1);
		if (tree_check(copy, board_size, &error) == 0 &&
		    board_memory_scan(copy, &error) == 0)
			use_fit(good_fit, fit_size, copy);
	}
	free(copy);
	return 0;
}
