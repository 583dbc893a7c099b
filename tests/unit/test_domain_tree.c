// SPDX-License-Identifier: GPL-2.0-only
/*
 * A domain's device tree and devices, from the reference board's own tree:
 * domain_tree.c, domain_devices.c, tree.c, tree_interrupt.c, board.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include <hv/board.h>
#include <hv/domain_build.h>
#include <hv/frames.h>
#include <hv/tree.h>
#include "domain_fakes.h"
#include "fit_maker.h"

#define BUS  "/bus@40000000/motherboard-bus@40000000"
#define FPGA BUS "/iofpga@7,00000000"

static struct fit_maker maker;
static struct fit fit;
static struct manifest manifest;
static void *blob, *board;
static uint64_t tree[DOMAIN_TREE_SIZE / 8];
static struct domain domain;
static struct vcpu vcpu;

static int read_board(void **state)
{
	const char *error;

	(void)state;
	fakes_reset();
	board = fakes_read_board();
	return board_memory_scan(board, &error);
}

static int drop_board(void **state)
{
	(void)state;
	free(board);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	fakes_reset();
	fit_begin(&maker);
	fit_add_image(&maker, "k", "kernel", "kernel", 7);
	fit_add_domain(&maker, "domU", "k", 32 * MIB);
	fit_add_domain(&maker, "dom0", "k", 64 * MIB);
	fit_value(&maker, "/domains/dom0", "privileged", NULL, 0);
	memset(&domain, 0, sizeof(domain));
	domain = (struct domain){
		.vcpu_count = 1,
		.ram_base = {RAM_BASE},
		.ram_size = 64 * MIB,
		.machine_base = {RAM_BASE},
		.foreign_base = {RAM_BASE + 64 * MIB},
		.foreign_size = 16 * MIB,
		.reserved_size = 0x2b000,
		.reserved_base = {RAM_BASE + 64 * MIB - 0x2b000},
		.descriptor = (void *)(uintptr_t)0xff400000,
		.vcpu = {&vcpu},
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(blob);
	blob = NULL;
	return 0;
}

static void parse(void)
{
	uint32_t size;

	blob = fit_end(&maker, &size);
	assert_int_equal(fit_open(&fit, blob, size), 0);
	if (manifest_parse(&fit, &manifest) != 0)
		fail_msg("%s: %s", fit.part, fit.error);
}

/* Build dom0's tree, and let dtc look at it as well. */
static void build(const void *base)
{
	const char *error = "";
	FILE *pipe;
	int size = domain_tree_build(&domain, &manifest.domain[0], &fit, base, tree,
				     sizeof(tree), &error);

	if (size < 0)
		fail_msg("%s", error);
	assert_int_equal(size, fdt_totalsize(tree));
	assert_int_equal(tree_check(tree, (uint32_t)size, &error), 0);
	pipe = popen("dtc -q -I dtb -O dts -o /dev/null -", "w");
	assert_non_null(pipe);
	assert_int_equal(fwrite(tree, 1, (size_t)size, pipe), size);
	assert_int_equal(pclose(pipe), 0);
}

static bool there(const char *path)
{
	return fdt_path_offset(tree, path) >= 0;
}

static const char *string_at(const char *path, const char *name)
{
	int node = fdt_path_offset(tree, path);

	return node < 0 ? NULL : tree_string(tree, node, name);
}

/* Compare a property with `count` cells. */
static void assert_cells(const char *path, const char *name, unsigned int count, ...)
{
	int length, node = fdt_path_offset(tree, path);
	const fdt32_t *cells = node < 0 ? NULL : fdt_getprop(tree, node, name, &length);
	va_list args;

	if (cells == NULL)
		fail_msg("%s has no %s", path, name);
	assert_int_equal(length, count * 4);
	va_start(args, count);
	for (unsigned int i = 0; i < count; i++)
		assert_int_equal(fdt32_ld(cells + i), va_arg(args, unsigned int));
	va_end(args);
}

static void assert_common_nodes(void)
{
	uint64_t base, size;

	assert_int_equal(fdt_stringlist_search(tree, fdt_path_offset(tree, "/hypervisor"),
					       "compatible", "xen,xen-4.17"),
			 0);
	assert_int_equal(fdt_stringlist_search(tree, fdt_path_offset(tree, "/hypervisor"),
					       "compatible", "xen,xen"),
			 1);
	assert_cells("/hypervisor", "reg", 2, domain_grant_frames(&domain).p, 32 * 4096);
	assert_cells("/hypervisor", "interrupts", 3, 1, 15, 0xf08);
	assert_string_equal(string_at("/sigma", "compatible"), "sigma,domain-1");
	assert_cells("/sigma", "sigma,descriptor", 1, 0xff400000);
	assert_cells("/sigma", "sigma,foreign", 2, RAM_BASE + 64 * MIB, 16 * MIB);
	assert_string_equal(string_at("/timer", "compatible"), "sigma,timer");
	assert_cells("/timer", "interrupts", 3, 1, 13, 0xf04);
	assert_string_equal(string_at("/psci", "compatible"), "arm,psci-1.0");
	assert_string_equal(string_at("/psci", "method"), "smc");
	assert_string_equal(string_at("/interrupt-controller", "compatible"),
			    "sigma,virq");
	assert_cells("/interrupt-controller", "#interrupt-cells", 1, 3);
	assert_false(
		tree_has(tree, fdt_path_offset(tree, "/interrupt-controller"), "reg"));
	assert_string_equal(string_at("/memory@60000000", "device_type"), "memory");
	assert_cells("/memory@60000000", "reg", 2, RAM_BASE, 80 * MIB);
	assert_int_equal(fdt_num_mem_rsv(tree), 3);
	fdt_get_mem_rsv(tree, 0, &base, &size);
	assert_true(base == RAM_BASE && size == 0x4000);
	fdt_get_mem_rsv(tree, 1, &base, &size);
	assert_true(base == domain.reserved_base.p && size == domain.reserved_size);
	fdt_get_mem_rsv(tree, 2, &base, &size);
	assert_true(base == RAM_BASE + 64 * MIB && size == 16 * MIB);
	/* all of them ask the same, existing controller */
	assert_cells(
		"/", "interrupt-parent", 1,
		fdt_get_phandle(tree, fdt_path_offset(tree, "/interrupt-controller")));
	assert_int_not_equal(
		fdt_get_phandle(tree, fdt_path_offset(tree, "/interrupt-controller")), 0);
}

static void test_minimal(void **state)
{
	(void)state;
	parse();
	domain.vcpu_count = 2;
	build(NULL);
	assert_common_nodes();
	assert_string_equal(string_at("/cpus/cpu@0", "compatible"), "arm,cortex-a9");
	assert_string_equal(string_at("/cpus/cpu@1", "enable-method"), "psci");
	assert_cells("/cpus/cpu@1", "reg", 1, 1);
	assert_false(there("/cpus/cpu@2"));
	assert_false(tree_has(tree, fdt_path_offset(tree, "/chosen"), "bootargs"));
	assert_false(
		tree_has(tree, fdt_path_offset(tree, "/chosen"), "linux,initrd-start"));
	assert_false(there("/bus@40000000"));
}

static void test_chosen(void **state)
{
	(void)state;
	fit_string(&maker, "/domains/dom0", "bootargs", "console=hvc0");
	parse();
	domain.initrd = paddr(0x62000000);
	domain.initrd_size = 12345;
	build(board);
	assert_string_equal(string_at("/chosen", "bootargs"), "console=hvc0");
	assert_cells("/chosen", "linux,initrd-start", 1, 0x62000000);
	assert_cells("/chosen", "linux,initrd-end", 1, 0x62000000 + 12345);
	assert_null(string_at("/chosen", "stdout-path"));
}

/* The board's tree, everything that is not the hypervisor's. */
static void test_all_devices(void **state)
{
	static const char *const gone[] = {
		"/scu@1e000000",
		"/timer@1e000600",
		"/watchdog@1e000620",
		"/interrupt-controller@1e001000",
		"/cache-controller@1e00a000",
		"/pmu",
		"/timer@100e4000",
		FPGA "/timer@11000",
		FPGA "/timer@12000",
		FPGA "/serial@9000",
		"/__symbols__",
		"/cpus/cpu@1",
	};
	static const char *const kept[] = {
		FPGA "/serial@a000",
		FPGA "/mmci@5000",
		FPGA "/virtio@13000",
		FPGA "/sysreg@0/gpio@48",
		BUS "/ethernet@3,02000000",
		BUS "/mcc/reset",
		BUS "/flash@0,00000000",
		"/clcd@10020000",
		"/reserved-memory/vram@4c000000",
	};

	(void)state;
	fit_string(&maker, "/domains/dom0", "devices", "all");
	parse();
	build(board);
	assert_common_nodes();
	for (unsigned int i = 0; i < ARRAY_SIZE(gone); i++)
		if (there(gone[i]))
			fail_msg("%s is still there", gone[i]);
	for (unsigned int i = 0; i < ARRAY_SIZE(kept); i++)
		if (!there(kept[i]))
			fail_msg("%s is gone", kept[i]);
	assert_null(string_at("/aliases", "serial0"));
	assert_string_equal(string_at("/aliases", "serial1"), FPGA "/serial@a000");
	assert_string_equal(string_at("/", "model"), "V2P-CA9");
	assert_false(
		tree_has(tree, fdt_path_offset(tree, "/bus@40000000"), "dma-ranges"));
	assert_false(
		tree_has(tree, fdt_path_offset(tree, "/cpus/cpu@0"), "next-level-cache"));
}

/* What the kept nodes refer to by phandle is there as well. */
static void test_references(void **state)
{
	static const struct {
		const char *path, *name, *target;
	} references[] = {
		{"/clcd@10020000", "clocks", "/dcc/clock-controller-1"},
		{FPGA "/clcd@1f000", "memory-region", "/reserved-memory/vram@4c000000"},
		{FPGA "/mmci@5000", "cd-gpios", FPGA "/sysreg@0/gpio@48"},
		{FPGA "/virtio@13000", "interrupt-parent", "/interrupt-controller"},
	};

	(void)state;
	fit_string(&maker, "/domains/dom0", "devices", "all");
	parse();
	build(board);
	for (unsigned int i = 0; i < ARRAY_SIZE(references); i++) {
		const fdt32_t *cell =
			fdt_getprop(tree, fdt_path_offset(tree, references[i].path),
				    references[i].name, NULL);

		assert_non_null(cell);
		assert_int_equal(fdt_node_offset_by_phandle(tree, fdt32_ld(cell)),
				 fdt_path_offset(tree, references[i].target));
	}
}

/* A few devices by path, alias and label; nothing else that has registers. */
static void test_listed_devices(void **state)
{
	static const char list[] = "serial3\0" FPGA "/rtc@17000\0v2m_sysreg";

	(void)state;
	fit_value(&maker, "/domains/dom0", "devices", list, sizeof(list));
	parse();
	build(board);
	assert_common_nodes();
	assert_true(there(FPGA "/serial@c000"));
	assert_true(there(FPGA "/rtc@17000"));
	assert_true(there(FPGA "/sysreg@0/gpio@48"));
	assert_true(there(BUS "/mcc/clock-controller-2")); /* no registers: a clock */
	assert_false(there(FPGA "/serial@a000"));
	assert_false(there(FPGA "/serial@9000"));
	assert_false(there(BUS "/flash@0,00000000"));
	assert_false(there("/reserved-memory")); /* the display is not the domain's */
	assert_null(string_at("/aliases", "serial1"));
	assert_string_equal(string_at("/aliases", "serial3"), FPGA "/serial@c000");
}

static void test_no_devices(void **state)
{
	(void)state;
	parse();
	build(board);
	assert_common_nodes();
	assert_false(there("/bus@40000000"));
	assert_false(there("/dcc"));
	assert_false(there("/clcd@10020000"));
	assert_string_equal(string_at("/", "model"), "V2P-CA9");
}

/* Not where it believes to be: DMA addresses are translated on every bus. */
static void test_relocated(void **state)
{
	(void)state;
	fit_string(&maker, "/domains/dom0", "devices", "all");
	parse();
	domain.machine_base = maddr(0x64000000);
	build(board);
	assert_common_nodes();
	assert_cells("/bus@40000000", "dma-ranges", 3, 0x64000000, RAM_BASE, 64 * MIB);
	assert_cells(BUS, "dma-ranges", 0);
	assert_cells(FPGA, "dma-ranges", 0);
	assert_false(there("/clcd@10020000"));
	assert_true(there("/sigma-bus/clcd@10020000"));
	assert_cells("/sigma-bus", "dma-ranges", 3, 0x64000000, RAM_BASE, 64 * MIB);
	assert_cells("/sigma-bus", "ranges", 0);
	assert_string_equal(string_at("/sigma-bus", "compatible"), "simple-bus");
	assert_true(there("/dcc/clock-controller-1"));
}

static void test_small_buffer(void **state)
{
	const char *error;

	(void)state;
	fit_string(&maker, "/domains/dom0", "devices", "all");
	parse();
	for (uint32_t size = 0; size < 12000; size += 8) {
		void *to = malloc(size + 8);

		assert_true(domain_tree_build(&domain, &manifest.domain[0], &fit, board,
					      to, size, &error) < 0);
		free(to);
	}
	assert_string_equal(error, "its device tree is too large");
}

static void assign(unsigned int index)
{
	const char *error;

	assert_int_equal(domain_devices_assign(&domain, &manifest.domain[index], &fit,
					       board, &error),
			 0);
}

static void test_assign_all(void **state)
{
	/* shared interrupts of the board, + 32; behind each, whose it is */
	static const unsigned int given[] = {4,  6,  7,  8,  9,  10, 11, 12, 13,
					     14, 15, 16, 40, 41, 42, 43, 44};
	static const unsigned int kept[] = {2, 3, 5, 48, 49, 60, 61, 62, 63};

	(void)state;
	fit_string(&maker, "/domains/dom0", "devices", "all");
	parse();
	assert_int_equal(domain_devices_check(&fit, &manifest, board), 0);
	assign(0);
	for (unsigned int i = 0; i < ARRAY_SIZE(given); i++)
		assert_ptr_equal(fakes.irq_owner[32 + given[i]], &domain);
	for (unsigned int i = 0; i < ARRAY_SIZE(kept); i++)
		assert_null(fakes.irq_owner[32 + kept[i]]);
	assert_true(fakes.device[0x100]); /* peripherals */
	assert_true(fakes.device[0x400]); /* flash, both banks */
	assert_true(fakes.device[0x47f]);
	assert_true(fakes.device[0x4c0]); /* video RAM, named by memory-region */
	assert_true(fakes.device[0x4c7]);
	assert_true(fakes.device[0x4e0]);  /* Ethernet */
	assert_false(fakes.device[0x1e0]); /* the processor's private devices */
	for (unsigned int i = 0x600; i < 0x1000; i++)
		assert_false(fakes.device[i]);
}

static void test_assign_listed(void **state)
{
	(void)state;
	fit_string(&maker, "/domains/dom0", "devices", "serial1");
	fit_string(&maker, "/domains/domU", "devices", "virtio1");
	parse();
	assert_int_equal(domain_devices_check(&fit, &manifest, board), 0);
	assign(0);
	assert_ptr_equal(fakes.irq_owner[32 + 6], &domain);
	for (unsigned int i = 0; i < SIGMA_VIRQ_COUNT; i++)
		assert_true(i == 38 || fakes.irq_owner[i] == NULL);
	for (unsigned int i = 0; i < 4096; i++)
		assert_int_equal(fakes.device[i], i == 0x100);
}

static void test_refused_claims(void **state)
{
	static const struct {
		const char *dom0, *domU;
		const char *part, *piece;
	} cases[] = {
		{"all", "serial1", "domain domU",
		 "serial@a000 is claimed by domain dom0"},
		{"all", "all", "domain domU", "\"all\" is claimed by domain dom0"},
		{"serial1", FPGA, "domain domU", "is claimed by domain dom0"},
		{FPGA "/sysreg@0", FPGA "/sysreg@0/gpio@8", "domain domU", "claimed"},
		{"serial0", NULL, "domain dom0", "serial@9000 belongs to the hypervisor"},
		{"/scu@1e000000", NULL, "domain dom0", "belongs to the hypervisor"},
		{FPGA "/timer@11000", NULL, "domain dom0", "belongs to the hypervisor"},
		{"gic", NULL, "domain dom0", "belongs to the hypervisor"},
		{"/memory@60000000", NULL, "domain dom0", "is no device"},
		{"/cpus/cpu@0", NULL, "domain dom0", "is no device"},
		{"/nonsense", NULL, "domain dom0", "\"/nonsense\" is not in the board's"},
		{"/", NULL, "domain dom0", "not in the board's"},
		/* both behind one interrupt */
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(state);
		fit_string(&maker, "/domains/dom0", "devices", cases[i].dom0);
		if (cases[i].domU != NULL)
			fit_string(&maker, "/domains/domU", "devices", cases[i].domU);
		parse();
		assert_true(domain_devices_check(&fit, &manifest, board) < 0);
		assert_string_equal(fit.part, cases[i].part);
		if (strstr(fit.error, cases[i].piece) == NULL)
			fail_msg("\"%s\" is not in \"%s\"", cases[i].piece, fit.error);
		teardown(state);
	}
}

/* A board tree of our own, a device in it as the test wants it. */
static void small_board(uint64_t *to, int room, uint32_t reg, const fdt32_t *interrupts,
			int bytes)
{
	int node;

	fit_ok(fdt_create_empty_tree(to, room));
	fit_ok(fdt_setprop_u32(to, 0, "#address-cells", 1));
	fit_ok(fdt_setprop_u32(to, 0, "#size-cells", 1));
	fit_ok(fdt_setprop_u32(to, 0, "interrupt-parent", 1));
	node = fdt_add_subnode(to, 0, "twin");
	fit_ok(fdt_setprop(to, node, "interrupts", interrupts, bytes));
	node = fdt_add_subnode(to, 0, "device");
	fit_ok(fdt_setprop_u32(to, node, "reg", reg));
	fit_ok(fdt_appendprop_u32(to, node, "reg", 0x1000));
	fit_ok(fdt_setprop(to, node, "interrupts", interrupts, bytes));
	node = fdt_add_subnode(to, 0, "gic");
	fit_ok(fdt_setprop_string(to, node, "compatible", "arm,cortex-a9-gic"));
	fit_ok(fdt_setprop_u32(to, node, "#interrupt-cells", 3));
	fit_ok(fdt_setprop_u32(to, node, "phandle", 1));
}

static void test_refused_nodes(void **state)
{
	static const struct {
		uint32_t reg, kind, number;
		int bytes;
		const char *piece;
	} cases[] = {
		{0x10000000, 0, 96, 12, "interrupt 128, only 32 to 127"},
		{0x10000000, 1, 13, 12, "interrupt 29, only"},
		{0x10000000, 2, 13, 12, "make no sense"},
		{0x10000000, 0, 13, 8, "make no sense"},
		{0x10000000, 0, 13, 16, "make no sense"},
		{RAM_BASE + 0x1000, 0, 13, 12, "is RAM"},
	};
	uint64_t other[512];
	fdt32_t interrupts[4];

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(state);
		fit_string(&maker, "/domains/dom0", "devices", "/device");
		fdt32_st(&interrupts[0], cases[i].kind);
		fdt32_st(&interrupts[1], cases[i].number);
		memset(&interrupts[2], 0, 8);
		small_board(other, sizeof(other), cases[i].reg, interrupts,
			    cases[i].bytes);
		parse();
		assert_true(domain_devices_check(&fit, &manifest, other) < 0);
		if (strstr(fit.error, cases[i].piece) == NULL)
			fail_msg("\"%s\" is not in \"%s\"", cases[i].piece, fit.error);
		teardown(state);
	}
}

static void test_shared_interrupt(void **state)
{
	uint64_t other[512];
	fdt32_t interrupts[3];

	(void)state;
	fit_string(&maker, "/domains/dom0", "devices", "/device");
	fit_string(&maker, "/domains/domU", "devices", "/twin");
	fdt32_st(&interrupts[0], 0);
	fdt32_st(&interrupts[1], 13);
	fdt32_st(&interrupts[2], 4);
	small_board(other, sizeof(other), 0x10000000, interrupts, 12);
	parse();
	assert_true(domain_devices_check(&fit, &manifest, other) < 0);
	assert_string_equal(fit.part, "domain domU");
	assert_string_equal(fit.error,
			    "device /twin has interrupt 45 of domain dom0 too");
}

/* A property that is nothing but interrupts must not take forever. */
static void test_many_interrupts(void **state)
{
	static fdt32_t interrupts[1000 * 3];
	static uint64_t other[8192];

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(interrupts); i++)
		fdt32_st(&interrupts[i], i % 3 == 1 ? 13 : 0);
	fit_string(&maker, "/domains/dom0", "devices", "/device");
	small_board(other, sizeof(other), 0x10000000, interrupts, 64 * 12);
	parse();
	assert_int_equal(domain_devices_check(&fit, &manifest, other), 0);
	small_board(other, sizeof(other), 0x10000000, interrupts, sizeof(interrupts));
	assert_true(domain_devices_check(&fit, &manifest, other) < 0);
	assert_string_equal(fit.error,
			    "device /device has interrupts that make no sense");
}

static void test_board_nodes(void **state)
{
	maddr_t base;
	uint32_t bytes;
	unsigned int irq;
	int console = board_console_node(board);

	(void)state;
	assert_string_equal(fdt_get_name(board, console, NULL), "serial@9000");
	assert_int_equal(board_node_reg(board, console, 0, &base, &bytes), 0);
	assert_int_equal(base.m, 0x10009000);
	assert_int_equal(bytes, 0x1000);
	assert_true(board_node_reg(board, console, 1, &base, &bytes) < 0);
	assert_int_equal(board_node_irq(board, console, 0, &irq), 0);
	assert_int_equal(irq, 37);
	assert_true(board_node_irq(board, console, 1, &irq) < 0);
	assert_int_equal(board_ram_base().p, RAM_BASE);
}

/* Every byte of the board's tree damaged: refused or built, but never out of bounds. */
static void test_damaged_base(void **state)
{
	uint32_t size = fdt_totalsize(board);
	uint8_t *copy = malloc(size);
	const char *error;

	(void)state;
	fit_string(&maker, "/domains/dom0", "devices", "all");
	parse();
	for (uint32_t i = 0; i < size; i += 29) {
		memcpy(copy, board, size);
		copy[i] ^= 1u << i % 8;
		if (tree_check(copy, size, &error) != 0)
			continue;
		domain_devices_check(&fit, &manifest, copy);
		domain_tree_build(&domain, &manifest.domain[0], &fit, copy, tree,
				  sizeof(tree), &error);
	}
	free(copy);
}

static void add_range(uint64_t *to, const char *parent, const char *name, uint32_t base,
		      uint32_t size)
{
	int node = fdt_add_subnode(to, fdt_path_offset(to, parent), name);

	if (strcmp(parent, "/") == 0)
		fit_ok(fdt_setprop_string(to, node, "device_type", "memory"));
	fit_ok(fdt_appendprop_u32(to, node, "reg", base));
	fit_ok(fdt_appendprop_u32(to, node, "reg", size));
}

/* Banks, and both kinds of reservations; RAM under the hypervisor's window is none. */
static void test_memory_scan(void **state)
{
	uint64_t to[512];
	const char *error;
	uint32_t total = slots_total(), available = slots_available();

	(void)state;
	fit_ok(fdt_create_empty_tree(to, sizeof(to)));
	fit_ok(fdt_setprop_u32(to, 0, "#address-cells", 1));
	fit_ok(fdt_setprop_u32(to, 0, "#size-cells", 1));
	assert_true(board_memory_scan(to, &error) < 0);
	assert_non_null(strstr(error, "names no memory"));
	add_range(to, "/", "memory@b0", 0xb0000000, 0x100fff);
	add_range(to, "/", "memory@a0", 0xa0080000, 16 * MIB);
	add_range(to, "/", "memory@fe", 0xfef00000, 16 * MIB);
	fit_ok(fdt_add_mem_rsv(to, 0xa0200000, 1));
	fit_ok(fdt_add_mem_rsv(to, 0xfff00000, UINT64_MAX));
	fit_ok(fdt_add_mem_rsv(to, UINT64_C(0x100000000), UINT64_MAX));
	fdt_add_subnode(to, 0, "reserved-memory");
	fit_ok(fdt_setprop_u32(to, fdt_path_offset(to, "/reserved-memory"),
			       "#address-cells", 1));
	fit_ok(fdt_setprop_u32(to, fdt_path_offset(to, "/reserved-memory"), "#size-cells",
			       1));
	fit_ok(fdt_setprop(to, fdt_path_offset(to, "/reserved-memory"), "ranges", "", 0));
	add_range(to, "/reserved-memory", "hole", 0xa04ff000, 0x2000);
	if (board_memory_scan(to, &error) != 0)
		fail_msg("%s", error);
	assert_int_equal(board_ram_base().p, 0xa0100000);
	assert_int_equal(slots_total() - total, (1 + 15 + 1) * MIB);
	assert_int_equal(slots_available() - available, (1 + 15 + 1 - 3) * MIB);
	assert_int_equal(slots_alloc(MIB, maddr(0xa0200000), true).m, 0);
	assert_int_equal(slots_alloc(MIB, maddr(0xa0400000), true).m, 0);
	assert_int_equal(slots_alloc(MIB, maddr(0xa0500000), true).m, 0);
	assert_int_equal(slots_alloc(MIB, maddr(0xa0600000), true).m, 0xa0600000);
	assert_false(ram_touches(maddr(0xff000000), 0x1000000));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_minimal),
		TEST(test_chosen),
		TEST(test_all_devices),
		TEST(test_references),
		TEST(test_listed_devices),
		TEST(test_no_devices),
		TEST(test_relocated),
		TEST(test_small_buffer),
		TEST(test_assign_all),
		TEST(test_assign_listed),
		cmocka_unit_test(test_refused_claims),
		cmocka_unit_test(test_refused_nodes),
		TEST(test_shared_interrupt),
		TEST(test_many_interrupts),
		cmocka_unit_test(test_board_nodes),
		TEST(test_damaged_base),
		cmocka_unit_test(test_memory_scan), /* adds RAM: last */
	};

	return cmocka_run_group_tests(tests, read_board, drop_board);
}
