// SPDX-License-Identifier: GPL-2.0-only
/* All of a manifest, from FIT to domains in RAM: boot_domains.c, domain_plan.c, domain_build.c. */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include <hv/board.h>
#include <hv/domain_build.h>
#include <hv/frames.h>
#include "domain_fakes.h"
#include "fit_maker.h"

#define RAM_TOTAL (256 * MIB)

static struct fit_maker maker;
static struct fit fit;
static struct manifest manifest;
static void *blob, *board;
static char kernel[300000], initrd[70000];

static int read_board(void **state)
{
	const char *error;

	(void)state;
	fakes_reset();
	board = fakes_read_board();
	for (unsigned int i = 0; i < sizeof(kernel); i++)
		kernel[i] = (char)(i * 7 + i / 256);
	memset(initrd, 0x3c, sizeof(initrd));
	return board_memory_scan(board, &error);
}

static int drop_board(void **state)
{
	(void)state;
	free(board);
	return 0;
}

/* dom0 with the board's devices and domU without; all RAM free. */
static int setup(void **state)
{
	maddr_t m;

	(void)state;
	while ((m = slots_alloc(MIB, maddr(0), false)).m != 0)
		;
	slots_free(maddr(RAM_BASE), RAM_TOTAL);
	fakes_reset();
	fit_begin(&maker);
	fit_add_image(&maker, "linux", "kernel", kernel, sizeof(kernel));
	fit_add_image(&maker, "disk", "ramdisk", initrd, sizeof(initrd));
	fit_add_image(&maker, "board", "flat_dt", board, fdt_totalsize(board));
	fit_add_domain(&maker, "domU", "linux", 32 * MIB);
	fit_add_domain(&maker, "dom0", "linux", 64 * MIB);
	fit_value(&maker, "/domains/dom0", "privileged", NULL, 0);
	fit_string(&maker, "/domains/dom0", "fdt", "board");
	fit_string(&maker, "/domains/dom0", "initrd", "disk");
	fit_string(&maker, "/domains/dom0", "devices", "all");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(blob);
	blob = NULL;
	return 0;
}

static void finish(void)
{
	uint32_t size;

	blob = fit_end(&maker, &size);
	assert_int_equal(fit_open(&fit, blob, size), 0);
	if (manifest_parse(&fit, &manifest) != 0)
		fail_msg("%s: %s", fit.part, fit.error);
}

static void build(void)
{
	finish();
	if (setjmp(fakes.failed) != 0)
		fail_msg("%s: %s", fakes.part, fakes.reason);
	domains_build(&fit, &manifest, board);
}

/* One line that names part and reason, and no domain made. */
static void expect_failure(const char *part, const char *piece)
{
	finish();
	if (setjmp(fakes.failed) == 0) {
		domains_build(&fit, &manifest, board);
		fail_msg("built in spite of: %s", piece);
	}
	assert_string_equal(fakes.part, part);
	if (strstr(fakes.reason, piece) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", piece, fakes.reason);
	assert_int_equal(fakes.created, 0);
}

static void *at(const struct domain *d, uint32_t pseudo)
{
	return fakes_ram(pseudo - d->ram_base.p + d->machine_base.m);
}

static void assert_outside(const struct domain *d, paddr_t base, uint32_t size)
{
	assert_true(range_in(base.p, size, RAM_BASE + SIGMA_TABLE_SIZE,
			     d->reserved_base.p - RAM_BASE - SIGMA_TABLE_SIZE));
}

static void test_two_domains(void **state)
{
	const struct domain *dom0, *domU;
	uint32_t heap = heap_available();
	void *tree;

	(void)state;
	build();
	assert_int_equal(fakes.created, 2);
	dom0 = fakes.domain[0];
	domU = fakes.domain[1];
	assert_string_equal(dom0->name, "dom0");
	assert_true(dom0->privileged);
	assert_int_equal(dom0->machine_base.m, RAM_BASE);
	assert_int_equal(domU->ram_base.p, RAM_BASE);
	assert_int_equal(domU->machine_base.m, RAM_BASE + RAM_TOTAL - 32 * MIB);
	assert_int_equal(dom0->entry.p, RAM_BASE + 0x8000);
	assert_memory_equal(at(dom0, RAM_BASE + 0x8000), kernel, sizeof(kernel));
	assert_memory_equal(at(domU, RAM_BASE + 0x8000), kernel, sizeof(kernel));
	assert_int_equal(dom0->initrd_size, sizeof(initrd));
	assert_memory_equal(at(dom0, dom0->initrd.p), initrd, sizeof(initrd));
	assert_int_equal(domU->initrd_size, 0);
	assert_outside(dom0, dom0->initrd, dom0->initrd_size);
	assert_outside(dom0, dom0->dtb, dom0->dtb_size);
	assert_true(dom0->dtb.p + dom0->dtb_size <= dom0->initrd.p);
	assert_int_equal(dom0->dtb.p >> 21, (dom0->dtb.p + dom0->dtb_size - 1) >> 21);
	assert_int_equal(dom0->foreign_base.p, RAM_BASE + 64 * MIB);
	assert_int_equal(dom0->reserved_base.p + dom0->reserved_size,
			 RAM_BASE + 64 * MIB);
	assert_int_equal(dom0->descriptor->dtb, dom0->dtb.p);
	assert_int_equal(dom0->descriptor->dtb_size, dom0->dtb_size);
	assert_int_equal(dom0->descriptor->initrd, dom0->initrd.p);
	tree = at(domU, domU->dtb.p);
	assert_int_equal(fdt_check_header(tree), 0);
	assert_true(fdt_path_offset(tree, "/memory@60000000") > 0);
	/* nothing but the two domains is taken: a copy of the tree was given back */
	assert_int_equal(slots_available(), RAM_TOTAL - 96 * MIB);
	assert_int_equal(heap_available(), heap);
}

/* descriptor, foreign table and its second level; rings and grant frames behind */
static void test_reserved_end(void **state)
{
	const struct domain *d;

	(void)state;
	fit_cell(&maker, "/domains/domU", "foreign", 3 * MIB);
	build();
	d = fakes.domain[1];
	assert_int_equal(d->reserved_size, (1 + 1 + 1 + 3 + 32) * 4096);
	assert_int_equal(fakes.domain[0]->reserved_size, (1 + 4 + 4 + 3 + 32) * 4096);
	assert_int_equal(domain_relay_page(d).p, d->reserved_base.p + 3 * 4096);
	assert_int_equal(domain_console_page(d).p, d->reserved_base.p + 4 * 4096);
	assert_int_equal(domain_xenstore_page(d).p, d->reserved_base.p + 5 * 4096);
	assert_int_equal(domain_grant_frames(d).p, d->reserved_base.p + 6 * 4096);
}

static void test_rings(void **state)
{
	const struct xenstore_domain_interface *ring;
	const struct domain *dom0, *domU;

	(void)state;
	build();
	dom0 = fakes.domain[0];
	domU = fakes.domain[1];
	assert_int_equal(dom0->hvm_params[HVM_PARAM_STORE_EVTCHN], 0);
	assert_int_equal(dom0->hvm_params[HVM_PARAM_CONSOLE_PFN], 0);
	assert_int_equal(domU->hvm_params[HVM_PARAM_STORE_EVTCHN], 7);
	assert_int_equal(domU->hvm_params[HVM_PARAM_STORE_PFN],
			 domain_xenstore_page(domU).p >> 12);
	assert_int_equal(fakes.console_ring.p, domain_console_page(domU).p);
	assert_int_equal(fakes.presets, 2);
	assert_int_equal(fakes.console_relay.p, domain_relay_page(domU).p);
	assert_int_equal(fakes.preset[0].p, domain_relay_page(domU).p);
	assert_int_equal(fakes.preset[1].p, domain_xenstore_page(domU).p);
	ring = at(domU, domain_xenstore_page(domU).p);
	assert_int_equal(ring->connection, XENSTORE_RECONNECT);
	assert_int_equal(ring->req_prod, 0);
}

/* Neither the order in the manifest nor sizes that do not fit one after the other. */
static void test_any_order(void **state)
{
	(void)state;
	fit_add_domain(&maker, "first", "linux", 100 * MIB);
	fit_cell(&maker, "/domains/domU", "memory", 92 * MIB);
	build();
	assert_int_equal(fakes.created, 3);
	assert_string_equal(fakes.domain[0]->name, "dom0");
	assert_string_equal(fakes.domain[1]->name, "first");
	assert_string_equal(fakes.domain[2]->name, "domU");
	assert_int_equal(fakes.domain[0]->machine_base.m, RAM_BASE);
	assert_int_equal(slots_available(), 0);
}

/* A hole where dom0 would be: it moves, and its devices are told. */
static void test_hole(void **state)
{
	const struct domain *dom0;
	const void *tree;

	(void)state;
	slots_reserve(maddr(RAM_BASE + 20 * MIB), MIB);
	build();
	dom0 = fakes.domain[0];
	assert_int_equal(dom0->ram_base.p, RAM_BASE);
	assert_int_equal(dom0->machine_base.m, RAM_BASE + RAM_TOTAL - 64 * MIB);
	tree = at(dom0, dom0->dtb.p);
	assert_non_null(fdt_getprop(tree, fdt_path_offset(tree, "/bus@40000000"),
				    "dma-ranges", NULL));
}

/* One entry of an archive: name, mode and size; where its contents begin. */
static const char *archive_entry(const char *at, const char *name, uint32_t mode,
				 uint32_t size)
{
	char field[9] = "";

	assert_memory_equal(at, "070701", 6);
	memcpy(field, at + 6 + 8, 8);
	assert_int_equal(strtoul(field, NULL, 16), mode);
	memcpy(field, at + 6 + 6 * 8, 8);
	assert_int_equal(strtoul(field, NULL, 16), size);
	memcpy(field, at + 6 + 11 * 8, 8);
	assert_int_equal(strtoul(field, NULL, 16), strlen(name) + 1);
	assert_string_equal(at + 110, name);
	return at + align_up(110 + (uint32_t)strlen(name) + 1, 4);
}

/* The FIT is a file in an archive in front of the initrd. */
static void test_image_file(void **state)
{
	const struct domain *dom0;
	const char *start, *at_file;

	fit_string(&maker, "/domains/dom0", "image-file", "boot/x/sigma.fit");
	build();
	dom0 = fakes.domain[0];
	start = at(dom0, dom0->initrd.p);
	at_file = archive_entry(start, "boot", 040755, 0);
	at_file = archive_entry(at_file, "boot/x", 040755, 0);
	at_file = archive_entry(at_file, "boot/x/sigma.fit", 0100644, fit.size);
	assert_memory_equal(at_file, blob, fit.size);
	at_file = archive_entry(at_file + align_up(fit.size, 4), "TRAILER!!!", 0, 0);
	assert_int_equal((at_file - start) % 4, 0);
	assert_memory_equal(at_file, initrd, sizeof(initrd));
	assert_int_equal(at_file - start + sizeof(initrd), dom0->initrd_size);
	assert_outside(dom0, dom0->initrd, dom0->initrd_size);
	/* no initrd of its own: the archive alone */
	teardown(state);
	setup(state);
	fit_remove(&maker, "/domains/dom0", "initrd");
	fit_string(&maker, "/domains/dom0", "image-file", "sigma.fit");
	build();
	dom0 = fakes.domain[0];
	at_file = archive_entry(at(dom0, dom0->initrd.p), "sigma.fit", 0100644, fit.size);
	assert_memory_equal(at_file, blob, fit.size);
}

static void test_initrd_low(void **state)
{
	struct manifest_domain *m = &manifest.domain[0];

	(void)state;
	/* more RAM than Linux maps at once: what it needs early stays low */
	fit_ok(fdt_del_node(maker.tree, fit_node(&maker, "/domains/domU")));
	finish();
	assert_int_equal(m->memory, 64 * MIB);
	slots_add(maddr(RAM_BASE), 0x40000000);
	m->memory = 0x30000000;
	if (setjmp(fakes.failed) != 0)
		fail_msg("%s: %s", fakes.part, fakes.reason);
	domains_build(&fit, &manifest, board);
	assert_true(fakes.domain[0]->initrd.p + sizeof(initrd) <= RAM_BASE + LOAD_LIMIT);
}

/* A position-independent guest with a word to relocate. */
struct guest {
	Elf32_Ehdr header;
	Elf32_Phdr load, dynamic;
	uint32_t code[2];
	Elf32_Rel rel;
	Elf32_Dyn table[3];
};

static struct guest guest_file(void)
{
	struct guest g;

	memset(&g, 0, sizeof(g));
	memcpy(g.header.e_ident, ELFMAG "\1\1\1", 7);
	g.header.e_type = ET_DYN;
	g.header.e_machine = EM_ARM;
	g.header.e_version = EV_CURRENT;
	g.header.e_entry = offsetof(struct guest, code);
	g.header.e_phoff = offsetof(struct guest, load);
	g.header.e_phentsize = sizeof(Elf32_Phdr);
	g.header.e_phnum = 2;
	g.load = (Elf32_Phdr){PT_LOAD,          0,           0,   0, sizeof(g),
			      sizeof(g) + 4096, PF_R | PF_X, 4096};
	g.dynamic = (Elf32_Phdr){PT_DYNAMIC,
				 offsetof(struct guest, table),
				 0,
				 0,
				 sizeof(g.table),
				 sizeof(g.table),
				 PF_R,
				 4};
	g.code[1] = 0x40;
	g.rel = (Elf32_Rel){offsetof(struct guest, code) + 4, R_ARM_RELATIVE};
	g.table[0] = (Elf32_Dyn){DT_REL, {offsetof(struct guest, rel)}};
	g.table[1] = (Elf32_Dyn){DT_RELSZ, {sizeof(g.rel)}};
	return g;
}

static void add_guest(const struct guest *g)
{
	fit_add_image(&maker, "guest", "kernel", g, sizeof(*g));
	fit_string(&maker, "/domains/domU", "kernel", "guest");
	fit_cell(&maker, "/domains/domU", "memory", MIB);
}

static void test_elf(void **state)
{
	const struct guest g = guest_file();
	const struct guest *loaded;
	const struct domain *d;

	(void)state;
	add_guest(&g);
	build();
	d = fakes.domain[1];
	assert_int_equal(d->entry.p, RAM_BASE + 0x8000 + offsetof(struct guest, code));
	loaded = at(d, RAM_BASE + 0x8000);
	assert_int_equal(loaded->code[1], RAM_BASE + 0x8000 + 0x40);
}

static void test_bad_elf(void **state)
{
	struct guest g = guest_file();

	g.rel.r_info = R_ARM_ABS32;
	add_guest(&g);
	expect_failure("domain domU",
		       "kernel \"guest\" has an ELF relocation of type R_ARM_ABS32");
	teardown(state);
	setup(state);
	g = guest_file();
	g.header.e_type = ET_EXEC;
	g.load.p_paddr = RAM_BASE + 0x1000;
	add_guest(&g);
	expect_failure("domain domU", "overlaps sigma'");
	teardown(state);
	setup(state);
	g.load.p_paddr = 0x10000000;
	add_guest(&g);
	expect_failure("domain domU", "outside of its RAM");
	teardown(state);
	setup(state);
	g.load.p_paddr = RAM_BASE + MIB - 0x10000; /* in the reserved end */
	add_guest(&g);
	expect_failure("domain domU", "too small");
}

static void test_wrong_files(void **state)
{
	static const struct {
		uint32_t offset, word;
		const char *piece;
	} cases[] = {
		{0x24, 0x016f2818, "is a zImage"},
		{0, 0x56190527, "is an uImage"},
		{0, 0x00088b1f, "compressed by gzip"},
	};
	char file[256] = {0};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(state);
		memset(file, 0, sizeof(file));
		memcpy(file + cases[i].offset, &cases[i].word, 4);
		fit_add_image(&maker, "wrong", "kernel", file, sizeof(file));
		fit_string(&maker, "/domains/domU", "kernel", "wrong");
		expect_failure("domain domU", cases[i].piece);
		teardown(state);
	}
}

static void test_engine(void **state)
{
	(void)state;
	fit_string(&maker, "/domains/domU", "engine", "warp");
	expect_failure("domain domU", "engine \"warp\" is unknown; this hypervisor has");
}

static void test_budget(void **state)
{
	fit_cell(&maker, "/domains/domU", "memory", 193 * MIB);
	expect_failure("manifest", "the domains need 257 MiB of RAM, 256 MiB are free");
	teardown(state);
	setup(state);
	slots_reserve(maddr(RAM_BASE + 128 * MIB), MIB);
	fit_cell(&maker, "/domains/dom0", "memory", 130 * MIB);
	expect_failure("domain dom0",
		       "no free run of 130 MiB RAM is left, the longest is 128 MiB");
	teardown(state);
	setup(state);
	fit_cell(&maker, "/domains/domU", "memory", MIB);
	fit_cell(&maker, "/domains/domU", "foreign", 200 * MIB);
	expect_failure("domain domU", "runs into device tree and initrd");
	teardown(state);
	setup(state);
	fit_cell(&maker, "/domains/dom0", "memory", MIB);
	fit_cell(&maker, "/domains/dom0", "foreign", 256 * MIB);
	fit_add_image(&maker, "big", "ramdisk", kernel, sizeof(kernel));
	fit_string(&maker, "/domains/dom0", "initrd", "big");
	expect_failure("domain dom0", "too small for initrd (296 KiB)");
	teardown(state);
	setup(state);
	fit_cell(&maker, "/domains/dom0", "memory", MIB);
	fit_cell(&maker, "/domains/dom0", "foreign", 256 * MIB);
	fit_string(&maker, "/domains/dom0", "image-file", "sigma.fit");
	expect_failure("domain dom0", "too small for initrd, image-file (");
}

static void test_window(void **state)
{
	(void)state;
	fit_cell(&maker, "/domains/domU", "memory", 0x80000000);
	slots_add(maddr(RAM_BASE), 0x90000000);
	finish();
	manifest.domain[1].foreign = 0x20000000;
	if (setjmp(fakes.failed) == 0) {
		domains_build(&fit, &manifest, board);
		fail_msg("built over the window");
	}
	assert_non_null(strstr(fakes.reason, "below the hypervisor's window"));
	assert_int_equal(fakes.created, 0);
}

static void test_bad_tree(void **state)
{
	char *copy = malloc(fdt_totalsize(board));

	(void)state;
	memcpy(copy, board, fdt_totalsize(board));
	copy[100] = 99; /* a tag that does not exist */
	memset(copy + 64, 99, 64);
	fit_add_image(&maker, "bad", "flat_dt", copy, fdt_totalsize(board));
	free(copy);
	fit_string(&maker, "/domains/dom0", "fdt", "bad");
	expect_failure("domain dom0", "device tree \"bad\" is damaged");
}

static void test_device_twice(void **state)
{
	(void)state;
	fit_string(&maker, "/domains/domU", "devices", "serial2");
	expect_failure("domain domU", "is claimed by domain dom0 already");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_two_domains),
		TEST(test_reserved_end),
		TEST(test_image_file),
		TEST(test_rings),
		TEST(test_any_order),
		TEST(test_hole),
		TEST(test_elf),
		TEST(test_bad_elf),
		cmocka_unit_test(test_wrong_files),
		TEST(test_engine),
		TEST(test_budget),
		TEST(test_bad_tree),
		TEST(test_device_twice),
		TEST(test_initrd_low), /* adds RAM: last */
		TEST(test_window),
	};

	return cmocka_run_group_tests(tests, read_board, drop_board);
}
