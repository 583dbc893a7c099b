// SPDX-License-Identifier: GPL-2.0-only
/* The FIT: hypervisor/fit.c and tree.c, with good and spoilt images. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include <hv/image.h>
#include <hv/tree.h>
#include <hv/xen.h>
#include "fit_maker.h"

static struct fit_maker maker;
static struct fit fit;
static void *blob;
static uint32_t size;

static const char kernel[] = "I am a kernel of 37 bytes, honestly.";
static const char ramdisk[] = "and I am a ramdisk";

static int setup(void **state)
{
	(void)state;
	fit_begin(&maker);
	fit_add_image(&maker, "linux", "kernel", kernel, sizeof(kernel));
	fit_add_image(&maker, "initrd", "ramdisk", ramdisk, sizeof(ramdisk));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(blob);
	blob = NULL;
	return 0;
}

static int finish_and_open(void)
{
	blob = fit_end(&maker, &size);
	return fit_open(&fit, blob, size);
}

static void expect_error(const char *part, const char *piece)
{
	assert_string_equal(fit.part, part);
	if (strstr(fit.error, piece) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", piece, fit.error);
}

static void test_good(void **state)
{
	struct fit_image image;

	(void)state;
	assert_int_equal(finish_and_open(), 0);
	assert_int_equal(fit_find(&fit, "linux", &image), 0);
	assert_string_equal(image.name, "linux");
	assert_string_equal(image.type, "kernel");
	assert_int_equal(image.size, sizeof(kernel));
	assert_memory_equal(image.data, kernel, sizeof(kernel));
	assert_int_equal(fit_find(&fit, "initrd", &image), 0);
	assert_memory_equal(image.data, ramdisk, sizeof(ramdisk));
	assert_int_equal(fit_verify_all(&fit), 0);
}

static void test_missing(void **state)
{
	struct fit_image image;

	(void)state;
	assert_int_equal(finish_and_open(), 0);
	assert_int_equal(fit_find(&fit, "windows", &image), -XEN_ENOENT);
	expect_error("image windows", "is missing");
}

static void test_embedded_and_position(void **state)
{
	struct fit_image image;
	uint32_t tree;

	(void)state;
	fit_remove(&maker, "/images/linux", "data-size");
	fit_remove(&maker, "/images/linux", "data-offset");
	fit_value(&maker, "/images/linux", "data", kernel, sizeof(kernel));
	fit_remove(&maker, "/images/initrd", "data-offset");
	fit_cell(&maker, "/images/initrd", "data-position", 0);
	fit_ok(fdt_pack(maker.tree));
	tree = (fdt_totalsize(maker.tree) + 3) & ~3u;
	fit_cell(&maker, "/images/initrd", "data-position", tree + 40);
	assert_int_equal(finish_and_open(), 0);
	assert_int_equal(fit_verify_all(&fit), 0);
	assert_int_equal(fit_find(&fit, "linux", &image), 0);
	assert_memory_equal(image.data, kernel, sizeof(kernel));
}

static void test_flipped_bytes(void **state)
{
	struct fit_image image;

	(void)state;
	assert_int_equal(finish_and_open(), 0);
	fit_find(&fit, "initrd", &image);
	((uint8_t *)(uintptr_t)image.data)[image.size - 1] ^= 0x80;
	assert_int_equal(fit_verify_all(&fit), -XEN_EILSEQ);
	expect_error("image initrd", "is damaged: its crc32 is");
}

static void test_sha256_alone(void **state)
{
	struct fit_image image;

	(void)state;
	fit_ok(fdt_del_node(maker.tree, fit_node(&maker, "/images/linux/hash-1")));
	assert_int_equal(finish_and_open(), 0);
	assert_int_equal(fit_verify_all(&fit), 0);
	fit_find(&fit, "linux", &image);
	((uint8_t *)(uintptr_t)image.data)[0] ^= 1;
	assert_int_equal(fit_verify_all(&fit), -XEN_EILSEQ);
	expect_error("image linux", "sha256");
}

/* In small pieces, of lengths that end in the middle of a block, to the same end. */
static void test_pieces(void **state)
{
	static const uint32_t sizes[] = {1, 63, 64, 65, 1023, 1024, 1025, 5000};
	static char data[5000];
	struct fit_image image;
	struct fit_check check;
	unsigned int steps;
	int result;

	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 11);
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (i != 0) {
			teardown(state);
			setup(state);
		}
		fit_add_image(&maker, "data", "ramdisk", data, sizes[i]);
		assert_int_equal(finish_and_open(), 0);
		fit_check_begin(&fit, &check, 1024);
		for (steps = 0; (result = fit_check_step(&fit, &check)) > 0; steps++)
			;
		assert_int_equal(result, 0);
		assert_in_range(steps, sizes[i] / 1024 + sizes[i] / 64, 300);
		fit_find(&fit, "data", &image);
		((uint8_t *)(uintptr_t)image.data)[image.size - 1] ^= 1;
		fit_check_begin(&fit, &check, 1024);
		while ((result = fit_check_step(&fit, &check)) > 0)
			;
		assert_int_equal(result, -XEN_EILSEQ);
		expect_error("image data", "is damaged");
	}
}

static void test_hash_rules(void **state)
{
	static const struct {
		const char *algo;
		const char *piece;
	} cases[] = {
		{"md5", "hash by \"md5\""},
		{"sha256", "not 32 bytes long"},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(state);
		fit_string(&maker, "/images/linux/hash-1", "algo", cases[i].algo);
		assert_int_equal(finish_and_open(), 0);
		assert_int_not_equal(fit_verify_all(&fit), 0);
		expect_error("image linux", cases[i].piece);
		teardown(state);
	}
	setup(state);
	fit_remove(&maker, "/images/linux/hash-2", "value");
	assert_int_equal(finish_and_open(), 0);
	assert_int_not_equal(fit_verify_all(&fit), 0);
	expect_error("image linux", "without algo or value");
	teardown(state);
	setup(state);
	fit_ok(fdt_del_node(maker.tree, fit_node(&maker, "/images/initrd/hash-2")));
	fit_ok(fdt_del_node(maker.tree, fit_node(&maker, "/images/initrd/hash-1")));
	assert_int_equal(finish_and_open(), 0);
	assert_int_not_equal(fit_verify_all(&fit), 0);
	expect_error("image initrd", "has no hash");
}

/* What an image node may get wrong, and the words that say so. */
static void test_image_rules(void **state)
{
	static const struct {
		const char *remove;
		const char *cell;
		uint32_t value;
		const char *piece;
	} cases[] = {
		{"type", NULL, 0, "has no type"},
		{"data-size", NULL, 0, "has no data"},
		{"data-offset", NULL, 0, "has no place"},
		{NULL, "data-size", 0, "is empty"},
		{NULL, "data-size", 0xffffffff, "outside of the FIT"},
		{NULL, "data-size", 1 << 20, "outside of the FIT"},
		{NULL, "data-offset", 0xffffffff, "data-offset outside"},
		{NULL, "data-offset", 0x7fffffff, "outside of the FIT"},
		{NULL, "data-position", 0, "outside of the FIT"}, /* over the tree */
	};
	struct fit_image image;

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(state);
		if (cases[i].remove != NULL)
			fit_remove(&maker, "/images/linux", cases[i].remove);
		if (cases[i].cell != NULL)
			fit_cell(&maker, "/images/linux", cases[i].cell, cases[i].value);
		assert_int_equal(finish_and_open(), 0);
		assert_int_not_equal(fit_find(&fit, "linux", &image), 0);
		expect_error("image linux", cases[i].piece);
		assert_int_not_equal(fit_verify_all(&fit), 0);
		teardown(state);
	}
	setup(state);
	fit_string(&maker, "/images/linux", "compression", "gzip");
	assert_int_equal(finish_and_open(), 0);
	assert_int_not_equal(fit_find(&fit, "linux", &image), 0);
	expect_error("image linux", "compressed (gzip)");
}

/* A long name in the tree must not overrun the text of the message. */
static void test_long_name(void **state)
{
	char name[200];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	fit_add_node(&maker, "/images", name);
	assert_int_equal(finish_and_open(), 0);
	assert_int_not_equal(fit_verify_all(&fit), 0);
	assert_int_equal(strlen(fit.part), sizeof(fit.part_text) - 1);
}

static void test_truncated(void **state)
{
	uint32_t tree;
	char *part;

	(void)state;
	assert_int_equal(finish_and_open(), 0);
	tree = fdt_totalsize(blob);
	for (uint32_t cut = 0; cut < size; cut++) {
		part = malloc(cut + 1);
		memcpy(part, blob, cut);
		if (cut < tree) {
			assert_int_equal(fit_open(&fit, part, cut), -XEN_EILSEQ);
			expect_error("FIT", "is truncated");
		} else {
			assert_int_equal(fit_open(&fit, part, cut), 0);
			assert_int_not_equal(fit_verify_all(&fit), 0);
			expect_error("image initrd", "outside of the FIT"); /* the last */
		}
		free(part);
	}
}

/* Every byte of the tree, damaged in turn: no crash, and never wrong data accepted. */
static void test_any_byte(void **state)
{
	struct fit_image image;
	uint32_t tree;
	uint8_t *bytes;

	(void)state;
	assert_int_equal(finish_and_open(), 0);
	tree = fdt_totalsize(blob);
	bytes = blob;
	for (uint32_t i = 0; i < tree; i++)
		for (unsigned int bit = 0; bit < 8; bit += 7) {
			bytes[i] ^= (uint8_t)(1u << bit);
			if (fit_open(&fit, blob, size) == 0 &&
			    fit_verify_all(&fit) == 0 &&
			    fit_find(&fit, "linux", &image) == 0) {
				assert_int_equal(image.size, sizeof(kernel));
				assert_memory_equal(image.data, kernel, image.size);
			}
			bytes[i] ^= (uint8_t)(1u << bit);
		}
}

static void test_not_a_tree(void **state)
{
	uint64_t zeros[16] = {0};

	(void)state;
	assert_int_equal(finish_and_open(), 0);
	assert_int_equal(fit_open(&fit, zeros, sizeof(zeros)), -XEN_EILSEQ);
	expect_error("FIT", "not a device tree");
	fdt_set_off_dt_struct(blob, fdt_off_dt_struct(blob) + 2);
	fdt_set_size_dt_struct(blob, fdt_size_dt_struct(blob) - 4);
	assert_int_equal(fit_open(&fit, blob, size), -XEN_EILSEQ);
	expect_error("FIT", "header makes no sense");
}

static void test_deep_tree(void **state)
{
	char path[128] = "/images";

	(void)state;
	for (int i = 0; i < TREE_DEPTH_MAX; i++) {
		fit_add_node(&maker, path, "n");
		strcat(path, "/n");
	}
	assert_int_equal(finish_and_open(), -XEN_EILSEQ);
	expect_error("FIT", "structure is broken");
}

/* Control characters would be obeyed by the terminal that shows the message. */
static void test_unprintable_name(void **state)
{
	(void)state;
	fit_add_node(&maker, "/images", "evil\033[2J");
	assert_int_equal(finish_and_open(), -XEN_EILSEQ);
}

static void test_no_images(void **state)
{
	(void)state;
	fit_ok(fdt_del_node(maker.tree, fit_node(&maker, "/images")));
	assert_int_equal(finish_and_open(), -XEN_ENOENT);
	expect_error("FIT", "/images");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good, setup, teardown),
		cmocka_unit_test_setup_teardown(test_missing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_embedded_and_position, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_flipped_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sha256_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pieces, setup, teardown),
		cmocka_unit_test_teardown(test_hash_rules, teardown),
		cmocka_unit_test_teardown(test_image_rules, teardown),
		cmocka_unit_test_setup_teardown(test_long_name, setup, teardown),
		cmocka_unit_test_setup_teardown(test_truncated, setup, teardown),
		cmocka_unit_test_setup_teardown(test_any_byte, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_a_tree, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deep_tree, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unprintable_name, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_images, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
