// SPDX-License-Identifier: GPL-2.0-only
/* The manifest's rules, each with its message: hypervisor/manifest.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include <hv/image.h>
#include <hv/xen.h>
#include "fit_maker.h"

#define MIB 0x100000u

static struct fit_maker maker;
static struct fit fit;
static struct manifest manifest;
static void *blob;

static int setup(void **state)
{
	(void)state;
	fit_begin(&maker);
	fit_add_image(&maker, "linux", "kernel", "kernel", 7);
	fit_add_image(&maker, "initrd", "ramdisk", "ramdisk", 8);
	fit_add_image(&maker, "board", "flat_dt", "tree", 5);
	/* the first added comes last */
	fit_add_domain(&maker, "domU", "linux", 32 * MIB);
	fit_add_domain(&maker, "dom0", "linux", 64 * MIB);
	fit_value(&maker, "/domains/dom0", "privileged", NULL, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(blob);
	blob = NULL;
	return 0;
}

static int parse(void)
{
	uint32_t size;

	blob = fit_end(&maker, &size);
	assert_int_equal(fit_open(&fit, blob, size), 0);
	return manifest_parse(&fit, &manifest) != 0
		       ? -1
		       : manifest_check_privileged(&fit, &manifest);
}

static void expect_refused(const char *part, const char *piece)
{
	assert_true(parse() < 0);
	assert_string_equal(fit.part, part);
	if (strstr(fit.error, piece) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", piece, fit.error);
}

static void test_defaults(void **state)
{
	const struct manifest_domain *m = manifest.domain;

	(void)state;
	assert_int_equal(parse(), 0);
	assert_string_equal(manifest.scheduler, "fair");
	assert_int_equal(manifest.time_slice_us, 10000);
	assert_int_equal(manifest.domain_count, 2);
	assert_string_equal(m[0].name, "dom0");
	assert_string_equal(m[0].kernel, "linux");
	assert_string_equal(m[0].engine, "trampoline");
	assert_null(m[0].initrd);
	assert_null(m[0].fdt);
	assert_null(m[0].bootargs);
	assert_int_equal(m[0].memory, 64 * MIB);
	assert_int_equal(m[0].foreign, 16 * MIB);
	assert_int_equal(m[0].vcpus, 1);
	assert_int_equal(m[0].weight, 256);
	assert_true(m[0].privileged);
	assert_false(m[0].all_devices);
	assert_int_equal(m[0].devices, -1);
	assert_string_equal(m[1].name, "domU");
	assert_false(m[1].privileged);
}

static void test_everything(void **state)
{
	const struct manifest_domain *m = manifest.domain;

	(void)state;
	fit_string(&maker, "/domains", "scheduler", "other");
	fit_cell(&maker, "/domains", "time-slice-us", 1000);
	fit_string(&maker, "/domains/dom0", "initrd", "initrd");
	fit_string(&maker, "/domains/dom0", "fdt", "board");
	fit_string(&maker, "/domains/dom0", "bootargs", "console=hvc0 quiet");
	fit_string(&maker, "/domains/dom0", "devices", "all");
	fit_value(&maker, "/domains/domU", "devices", "serial1\0/rtc@0", 15);
	fit_cell(&maker, "/domains/domU", "vcpus", 4);
	fit_cell(&maker, "/domains/domU", "weight", 65535);
	fit_cell(&maker, "/domains/domU", "foreign", MIB);
	assert_int_equal(parse(), 0);
	assert_string_equal(manifest.scheduler, "other");
	assert_int_equal(manifest.time_slice_us, 1000);
	assert_string_equal(m[0].initrd, "initrd");
	assert_string_equal(m[0].fdt, "board");
	assert_string_equal(m[0].bootargs, "console=hvc0 quiet");
	assert_true(m[0].all_devices);
	assert_false(m[1].all_devices);
	assert_true(m[1].devices > 0);
	assert_int_equal(m[1].vcpus, 4);
	assert_int_equal(m[1].weight, 65535);
	assert_int_equal(m[1].foreign, MIB);
}

/* One wrong number, string or name each. */
static void test_rules(void **state)
{
	static const struct {
		const char *property;
		uint32_t cell;
		const char *text; /* instead of the cell */
		const char *piece;
	} cases[] = {
		{"memory", 0, NULL, "\"memory\" is 0 (0x0), it must be"},
		{"memory", MIB + 4096, NULL, "not a multiple of 0x100000"},
		{"memory", 0xfff00000, NULL, "it must be"},
		{"memory", 0, "much", "\"memory\" is not one number"},
		{"foreign", 0, NULL, "\"foreign\" is 0"},
		{"foreign", 0x20000000, NULL, "it must be"},
		{"vcpus", 0, NULL, "\"vcpus\""},
		{"vcpus", 5, NULL, "0x1 to 0x4"},
		{"weight", 0, NULL, "\"weight\""},
		{"weight", 65536, NULL, "\"weight\""},
		{"kernel", 0, "initrd", "has type \"ramdisk\", not \"kernel\""},
		{"kernel", 0, "vmlinux", "names the image \"vmlinux\", which is missing"},
		{"kernel", 0x01020304, NULL, "\"kernel\" is not one string"},
		{"initrd", 0, "board", "has type \"flat_dt\""},
		{"fdt", 0, "linux", "has type \"kernel\""},
		{"fdt", 0, "none", "missing"},
		{"memroy", 1, NULL, "unknown property \"memroy\""},
		{"privileged", 1, NULL, "takes no value"},
		{"devices", 0x01020304, NULL, "not a list"},
		{"bootargs", 0, "\033[2J", "printable"},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(state);
		if (cases[i].text != NULL)
			fit_string(&maker, "/domains/dom0", cases[i].property,
				   cases[i].text);
		else
			fit_cell(&maker, "/domains/dom0", cases[i].property,
				 cases[i].cell);
		expect_refused("domain dom0", cases[i].piece);
		teardown(state);
	}
}

static void test_required(void **state)
{
	static const char *const names[] = {"kernel", "memory", "engine"};
	char piece[32];

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		setup(state);
		fit_remove(&maker, "/domains/domU", names[i]);
		snprintf(piece, sizeof(piece), "\"%s\" is missing", names[i]);
		expect_refused("domain domU", piece);
		teardown(state);
	}
}

static void test_device_lists(void **state)
{
	char many[33 * 2];

	fit_value(&maker, "/domains/dom0", "devices", "all\0rtc", 8);
	expect_refused("domain dom0", "beside \"all\"");
	teardown(state);
	setup(state);
	fit_value(&maker, "/domains/dom0", "devices", NULL, 0);
	expect_refused("domain dom0", "not a list");
	teardown(state);
	setup(state);
	fit_value(&maker, "/domains/dom0", "devices", "rtc\0unterminated", 16);
	expect_refused("domain dom0", "not a list");
	teardown(state);
	setup(state);
	for (unsigned int i = 0; i < sizeof(many); i += 2)
		memcpy(many + i, "a", 2);
	fit_value(&maker, "/domains/dom0", "devices", many, sizeof(many));
	expect_refused("domain dom0", "1 to 32");
}

static void test_names(void **state)
{
	(void)state;
	fit_add_domain(&maker, "dom@1", "linux", MIB);
	expect_refused("domain dom@1", "a name is");
	teardown(state);
	setup(state);
	fit_add_domain(&maker, "sixteen-letters-", "linux", MIB);
	expect_refused("domain sixteen-letters-", "at most 15");
}

static void test_privileged_once(void **state)
{
	fit_value(&maker, "/domains/domU", "privileged", NULL, 0);
	expect_refused("domain domU", "belongs to domain dom0 already");
	teardown(state);
	setup(state);
	fit_remove(&maker, "/domains/dom0", "privileged");
	expect_refused("manifest", "no domain is \"privileged\"");
}

static void test_privileged_second(void **state)
{
	(void)state;
	fit_remove(&maker, "/domains/dom0", "privileged");
	fit_value(&maker, "/domains/domU", "privileged", NULL, 0);
	assert_int_equal(parse(), 0);
	assert_true(manifest.domain[1].privileged);
}

static void test_header(void **state)
{
	fit_string(&maker, "/domains", "compatible", "sigma,domains-2");
	expect_refused("manifest", "sigma,domains-1");
	teardown(state);
	setup(state);
	fit_cell(&maker, "/domains", "time-slice-us", 999);
	expect_refused("manifest", "\"time-slice-us\" is 999");
	teardown(state);
	setup(state);
	fit_cell(&maker, "/domains", "time-slice-us", 30001);
	expect_refused("manifest", "\"time-slice-us\"");
	teardown(state);
	setup(state);
	fit_cell(&maker, "/domains", "slice", 1);
	expect_refused("manifest", "unknown property \"slice\"");
	teardown(state);
	setup(state);
	fit_ok(fdt_del_node(maker.tree, fit_node(&maker, "/domains")));
	expect_refused("manifest", "no node /domains");
}

static void test_no_domain(void **state)
{
	(void)state;
	fit_ok(fdt_del_node(maker.tree, fit_node(&maker, "/domains/dom0")));
	fit_ok(fdt_del_node(maker.tree, fit_node(&maker, "/domains/domU")));
	expect_refused("manifest", "describes no domain");
}

static void test_too_many_domains(void **state)
{
	char name[] = "x0";

	(void)state;
	for (; name[1] < '0' + MANIFEST_DOMAINS_MAX - 1; name[1]++)
		fit_add_domain(&maker, name, "linux", MIB);
	expect_refused("manifest", "more than 8");
}

/* Two nodes of one name: libfdt would only ever find the first. */
static void test_described_twice(void **state)
{
	char *second;
	uint32_t size;

	(void)state;
	blob = fit_end(&maker, &size);
	assert_int_equal(fit_open(&fit, blob, size), 0);
	second = (char *)(uintptr_t)fdt_get_name(
		blob, fdt_path_offset(blob, "/domains/domU"), NULL);
	memcpy(second, "dom0", 4);
	assert_true(manifest_parse(&fit, &manifest) < 0);
	assert_string_equal(fit.part, "domain dom0");
	assert_string_equal(fit.error, "is described twice");
}

/* The lists that dom0's tools act on: good ones, and each fault with its message. */
static void test_split(void **state)
{
	static const char disks[] = "phy:/dev/vda,xvda,w\0file:/root/x.img,xvdp15,r";
	static const struct {
		const char *name, *value, *piece; /* NULL: it is good */
	} cases[] = {
		{"disk", "phy:/dev/mmcblk0p2,xvdb9,r", NULL},
		{"disk", "", "\"disk\" does not begin with phy:/... or file:/...: \"\""},
		{"disk", "/dev/vda,xvda,w", "does not begin"},
		{"disk", "phy:vda,xvda,w", "does not begin"},
		{"disk", "phy:/dev/vda", "is not TARGET,NAME,ACCESS"},
		{"disk", "phy:/dev/vda,hda,w", "names the disk otherwise"},
		{"disk", "phy:/dev/vda,xvd,w", "names the disk otherwise"},
		{"disk", "phy:/dev/vda,xvdq,w", "names the disk otherwise"},
		{"disk", "phy:/dev/vda,xvda0,w", "names the disk otherwise"},
		{"disk", "phy:/dev/vda,xvda16,w", "names the disk otherwise"},
		{"disk", "phy:/dev/vda,xvda111,w", "names the disk otherwise"},
		{"disk", "phy:/dev/vda,xvda", "does not end with ,r or ,w"},
		{"disk", "phy:/dev/vda,xvda,rw", "does not end with"},
		{"vif", "", NULL},
		{"vif", "bridge=xenbr0,mac=00:16:3e:0a:0B:0c,ip=10.0.0.2", NULL},
		{"vif", "vifname=v0,script=vif-bridge", NULL},
		{"vif", "bridge=", "has a word without a value"},
		{"vif", "brigde=x", "has a word other than bridge, mac"},
		{"vif", "bridge=x,", "has a word other than"},
		{"vif", "mac=00:16:3e:0a:0b", "has a mac that is not"},
		{"vif", "mac=01:16:3e:0a:0b:0c", "has a mac that is not"},
		{"vif", "mac=00:16:3e:0a:0b:0g", "has a mac that is not"},
		{"vif", "mac=00-16-3e-0a-0b-0c", "has a mac that is not"},
		{"on-poweroff", "destroy", NULL},
		{"on-reboot", "restart", NULL},
		{"on-crash", "preserve", NULL},
		{"on-crash", "explode", "is not destroy, restart or preserve: \"explode"},
		{"vfb", "yes", "\"vfb\" takes no value"},
	};

	fit_value(&maker, "/domains/domU", "disk", disks, sizeof(disks));
	fit_value(&maker, "/domains/domU", "vfb", NULL, 0);
	assert_int_equal(parse(), 0);
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		teardown(state);
		setup(state);
		fit_string(&maker, "/domains/domU", cases[i].name, cases[i].value);
		if (cases[i].piece != NULL)
			expect_refused("domain domU", cases[i].piece);
		else if (parse() != 0)
			fail_msg("%s: %s", cases[i].value, fit.error);
	}
}

static void test_split_lists(void **state)
{
	char many[17 * 2];

	for (unsigned int i = 0; i < sizeof(many); i++)
		many[i] = 0; /* 34 empty strings */
	fit_value(&maker, "/domains/domU", "vif", many, 16);
	assert_int_equal(parse(), 0);
	teardown(state);
	setup(state);
	fit_value(&maker, "/domains/domU", "vif", many, 17);
	expect_refused("domain domU", "is one too many");
	teardown(state);
	setup(state);
	fit_value(&maker, "/domains/domU", "on-crash", "destroy\0restart", 16);
	expect_refused("domain domU", "\"on-crash\" is one too many: \"restart\"");
	teardown(state);
	setup(state);
	fit_value(&maker, "/domains/domU", "disk", NULL, 0);
	expect_refused("domain domU", "\"disk\" is not made of strings");
	teardown(state);
	setup(state);
	fit_value(&maker, "/domains/domU", "vif", "bridge", 6); /* no end */
	expect_refused("domain domU", "\"vif\" is not made of strings");
	teardown(state);
	setup(state);
	fit_string(&maker, "/domains/dom0", "vif", "");
	expect_refused("domain dom0", "\"vif\" is not for the privileged domain");
}

static void test_image_file(void **state)
{
	static const char *const bad[] = {
		"",
		"/boot/sigma.fit",
		"boot/",
		"boot//x",
		"./x",
		"../x",
		"boot/..",
		"a/./b",
		"a234567890123456789012345678901234567890123456789012345678901234",
	};

	fit_string(&maker, "/domains/dom0", "image-file", "boot/sigma.fit");
	assert_int_equal(parse(), 0);
	assert_string_equal(manifest.domain[0].image_file, "boot/sigma.fit");
	assert_null(manifest.domain[1].image_file);
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		teardown(state);
		setup(state);
		fit_string(&maker, "/domains/dom0", "image-file", bad[i]);
		expect_refused("domain dom0", "\"image-file\" is no name of at most 63");
	}
	teardown(state);
	setup(state);
	fit_string(&maker, "/domains/dom0", "image-file", "..fit");
	assert_int_equal(parse(), 0);
	teardown(state);
	setup(state);
	fit_string(&maker, "/domains/domU", "image-file", "sigma.fit");
	expect_refused("domain domU", "is for the privileged domain only");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_defaults),
		TEST(test_everything),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_required),
		TEST(test_device_lists),
		TEST(test_names),
		TEST(test_privileged_once),
		TEST(test_privileged_second),
		TEST(test_header),
		TEST(test_no_domain),
		TEST(test_too_many_domains),
		TEST(test_described_twice),
		TEST(test_split),
		TEST(test_split_lists),
		TEST(test_image_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
