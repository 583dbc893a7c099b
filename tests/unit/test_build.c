// SPDX-License-Identifier: GPL-2.0-only
/* Domains made at run time: build_op.c, over the real builder and the fake machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include <hv/board.h>
#include <hv/domain_build.h>
#include <hv/frames.h>
#include <public/manage.h>
#include "fake.h"
#include "fit_maker.h"

#define MIB     0x100000u
#define NOWHERE 0x100u /* no guest's memory */

static struct domain *dom0;
static struct fit_maker maker;
static char kernel[300000], initrd[70000];
static uint64_t board[64];

/* A board as small as it can be: memory, and a processor. */
static int make_board(void **state)
{
	static const fdt32_t reg[2] = {0x60, 0x01}; /* big endian */
	const char *error;
	int node;

	(void)state;
	fit_ok(fdt_create_empty_tree(board, sizeof(board)));
	fit_ok(fdt_setprop_u32(board, 0, "#address-cells", 1));
	fit_ok(fdt_setprop_u32(board, 0, "#size-cells", 1));
	node = fdt_add_subnode(board, 0, "memory@60000000");
	fit_ok(fdt_setprop_string(board, node, "device_type", "memory"));
	fit_ok(fdt_setprop(board, node, "reg", reg, sizeof(reg)));
	node = fdt_add_subnode(board, fdt_add_subnode(board, 0, "cpus"), "cpu@0");
	fit_ok(fdt_setprop_string(board, node, "compatible", "some,cpu"));
	for (unsigned int i = 0; i < sizeof(kernel); i++)
		kernel[i] = (char)(i * 7 + i / 256);
	memset(initrd, 0x3c, sizeof(initrd));
	return board_memory_scan(board, &error);
}

/* dom0 runs; a good FIT of one domain is begun. */
static int setup(void **state)
{
	(void)state;
	fake_power_on();
	dom0 = fake_domain("dom0", 1, true);
	fake_run(dom0->vcpu[0]);
	fit_begin(&maker);
	fit_add_image(&maker, "linux", "kernel", kernel, sizeof(kernel));
	fit_add_image(&maker, "disk", "ramdisk", initrd, sizeof(initrd));
	fit_add_domain(&maker, "guest", "linux", 2 * MIB);
	fit_cell(&maker, "/domains/guest", "foreign", MIB);
	fit_string(&maker, "/domains/guest", "engine", "fake");
	fit_string(&maker, "/domains/guest", "initrd", "disk");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(maker.data);
	maker.data = NULL;
	fake_power_off();
	return 0;
}

/* ---- the calls as a process of dom0 makes them --------------------------------- */

static uint32_t arguments; /* room in dom0 for the structures */

static long call(uint32_t cmd, void *op, uint32_t bytes)
{
	long result;

	arguments = arguments != 0 ? arguments : FAKE_RAM_BASE + FAKE_SCRATCH;
	memcpy(guest_ram(dom0, arguments), op, bytes);
	result = fake_call(SIGMA_BUILD_CALL, cmd, arguments, 0);
	memcpy(op, guest_ram(dom0, arguments), bytes);
	return result;
}

static long begin(uint32_t size)
{
	return call(SIGMA_BUILD_BEGIN, &(struct sigma_build_begin){size}, 4);
}

#define BUFFER (FAKE_RAM_BASE + FAKE_SCRATCH + 0x1000 + 8) /* not on a page */

static long write_piece(const void *data, uint32_t offset, uint32_t bytes)
{
	struct sigma_build_write op = {offset, bytes, BUFFER};

	memcpy(guest_ram(dom0, BUFFER), data, bytes);
	return call(SIGMA_BUILD_WRITE, &op, sizeof(op));
}

static long step(struct sigma_build_step *op)
{
	memset(op, 0xee, sizeof(*op));
	return call(SIGMA_BUILD_STEP, op, sizeof(*op));
}

static long give_up(void)
{
	return fake_call(SIGMA_BUILD_CALL, SIGMA_BUILD_ABORT, NOWHERE, 0);
}

static void write_all(const char *blob, uint32_t size)
{
	uint32_t piece;

	for (uint32_t done = 0; done < size; done += piece) {
		piece = size - done < 50001 ? size - done : 50001;
		assert_int_equal(write_piece(blob + done, done, piece), 0);
	}
}

static void write_fit(const void *blob, uint32_t size)
{
	assert_int_equal(begin(size), 0);
	write_all(blob, size);
}

static long step_to_end(struct sigma_build_step *op)
{
	long result;

	for (unsigned int steps = 0; (result = step(op)) == 1; steps++)
		assert_in_range(steps, 0, 200);
	return result;
}

static struct domain *build(const void *blob, uint32_t size)
{
	struct sigma_build_step op;

	write_fit(blob, size);
	if (step_to_end(&op) != 0)
		fail_msg("%s", op.error);
	assert_string_equal(op.error, "");
	return domain_by_id((domid_t)op.domid);
}

/* What must be again as it was. */
struct counters {
	unsigned int heap, maps;
	uint32_t slots;
};

static struct counters count(void)
{
	return (struct counters){fake_heap_pages, fake_shared_maps, slots_available()};
}

static void assert_returned(const struct counters *before)
{
	assert_int_equal(fake_heap_pages, before->heap);
	assert_int_equal(fake_shared_maps, before->maps);
	assert_int_equal(slots_available(), before->slots);
}

/* ---- good ones ------------------------------------------------------------------ */

static void test_build(void **state)
{
	const struct counters before = count();
	struct domain *d;
	uint32_t size;
	char *blob = fit_end(&maker, &size), *ram;
	const void *tree;

	(void)state;
	/* what was in the RAM before is nobody's to see */
	for (uint32_t m = FAKE_RAM_SIZE / 2; m < FAKE_RAM_SIZE; m++)
		*(char *)guest_ram(dom0, FAKE_RAM_BASE + m) = 0x5a;
	d = build(blob, size);
	assert_int_equal(d->id, 1);
	assert_string_equal(d->name, "guest");
	assert_int_equal(d->state, DOMAIN_RUNNING);
	assert_int_equal(d->pause_count, 1);
	assert_int_equal(d->vcpu[0]->state, VCPU_PAUSED);
	assert_int_equal(d->entry.p, FAKE_RAM_BASE + 0x8000);
	assert_int_equal(d->initrd_size, sizeof(initrd));
	ram = guest_ram(d, FAKE_RAM_BASE);
	assert_memory_equal(ram + 0x8000, kernel, sizeof(kernel));
	assert_memory_equal(guest_ram(d, d->initrd.p), initrd, sizeof(initrd));
	for (uint32_t i = 0x8000 + sizeof(kernel); i < d->dtb.p - FAKE_RAM_BASE; i++)
		assert_int_equal(ram[i], 0);
	tree = guest_ram(d, d->dtb.p);
	assert_string_equal(fdt_getprop(tree, fdt_path_offset(tree, "/cpus/cpu@0"),
					"compatible", NULL),
			    "some,cpu");
	assert_int_not_equal(d->hvm_params[HVM_PARAM_STORE_EVTCHN], 0);
	assert_int_not_equal(d->hvm_params[SIGMA_HVM_PARAM_RELAY_PFN], 0);
	/* only the domain is left of it */
	assert_int_equal(slots_available(), before.slots - 2 * MIB);
	assert_int_equal(domain_unpause(d), 0);
	assert_int_equal(d->vcpu[0]->state, VCPU_RUNNABLE);
	assert_int_equal(domain_destroy(d), 0);
	assert_null(domains[1]);
	assert_returned(&before);
	free(blob);
}

static void test_hundred(void **state)
{
	const struct counters before = count();
	uint32_t size;
	void *blob = fit_end(&maker, &size);

	(void)state;
	for (unsigned int i = 0; i < 100; i++) {
		struct domain *d = build(blob, size);

		assert_int_equal(d->id, 1);
		if (i % 2 == 0)
			domain_unpause(d);
		domain_destroy(d);
		assert_returned(&before);
	}
	free(blob);
}

/* The lowest free id; each name once. */
static void test_ids_and_names(void **state)
{
	struct sigma_build_step op;
	struct domain *first, *second;
	uint32_t size, other_size;
	void *blob = fit_end(&maker, &size), *other;

	fit_begin(&maker);
	fit_add_image(&maker, "linux", "kernel", kernel, sizeof(kernel));
	fit_add_domain(&maker, "other", "linux", MIB);
	fit_cell(&maker, "/domains/other", "foreign", MIB);
	fit_string(&maker, "/domains/other", "engine", "fake");
	other = fit_end(&maker, &other_size);
	(void)state;
	first = build(blob, size);
	second = build(other, other_size);
	assert_int_equal(second->id, 2);
	write_fit(blob, size);
	assert_int_equal(step_to_end(&op), -XEN_EINVAL);
	assert_string_equal(op.error,
			    "domain guest: exists already: another one needs another "
			    "name");
	domain_destroy(first);
	assert_int_equal(build(blob, size)->id, 1);
	free(blob);
	free(other);
}

/* A tree of the user's own, edited like the board's; not 8-byte aligned, too. */
static void test_base_tree(void **state)
{
	const struct counters before = count();
	struct domain *d;
	uint32_t size;
	void *blob;
	const void *tree;

	(void)state;
	fit_add_image(&maker, "pad", "ramdisk", "abc", 4);
	fit_add_image(&maker, "mine", "flat_dt", board, fdt_totalsize(board));
	fit_string(&maker, "/domains/guest", "fdt", "mine");
	blob = fit_end(&maker, &size);
	d = build(blob, size);
	tree = guest_ram(d, d->dtb.p);
	assert_true(fdt_path_offset(tree, "/memory@60000000") > 0);
	assert_true(fdt_path_offset(tree, "/hypervisor") > 0);
	domain_destroy(d);
	assert_returned(&before);
	free(blob);
}

/* ---- refusals -------------------------------------------------------------------- */

static void expect_refused(void **state, const char *text)
{
	const struct counters before = count();
	struct sigma_build_step op;
	uint32_t size;
	void *blob = fit_end(&maker, &size);

	write_fit(blob, size);
	assert_in_range(-step_to_end(&op), 1, 200);
	if (strstr(op.error, text) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", text, op.error);
	assert_returned(&before);
	assert_null(domains[1]);
	assert_int_equal(step(&op), -XEN_EINVAL); /* no build is under way */
	free(blob);
	teardown(state);
	setup(state);
}

static void test_refused(void **state)
{
	static const char list[] = "serial1";

	fit_string(&maker, "/domains/guest", "engine", "warp");
	expect_refused(state, "domain guest: engine \"warp\" is unknown");
	fit_string(&maker, "/domains/guest", "kernel", "windows");
	expect_refused(state, "\"kernel\" names the image \"windows\"");
	fit_cell(&maker, "/domains/guest", "memory", MIB + 1);
	expect_refused(state, "not a multiple of");
	fit_cell(&maker, "/domains/guest", "memory", 9 * MIB);
	expect_refused(state, "no free run of 9 MiB RAM is left, the longest is 7 MiB");
	fit_value(&maker, "/domains/guest", "privileged", NULL, 0);
	expect_refused(state, "domain guest: is \"privileged\": there is a dom0 already");
	fit_value(&maker, "/domains/guest", "devices", list, sizeof(list));
	expect_refused(state, "has \"devices\": those are given away at boot only");
	fit_add_domain(&maker, "second", "linux", MIB);
	expect_refused(state, "manifest: must describe exactly one domain");
	fit_ok(fdt_del_node(maker.tree, fit_node(&maker, "/domains/guest")));
	expect_refused(state, "manifest: describes no domain");
	fit_ok(fdt_del_node(maker.tree, fit_node(&maker, "/domains")));
	expect_refused(state, "manifest: the FIT has no node /domains");
	fit_cell(&maker, "/images/linux/hash-1", "value", 1);
	expect_refused(state, "image linux: is damaged: its crc32 is");
	fit_string(&maker, "/domains/guest", "disk", "xvda");
	expect_refused(state, "domain guest: \"disk\" does not begin with");
	fit_add_image(&maker, "bad", "flat_dt", kernel, 1000);
	fit_string(&maker, "/domains/guest", "fdt", "bad");
	expect_refused(state, "domain guest: device tree \"bad\" is not a device tree");
	fit_add_image(&maker, "big", "flat_dt", kernel, 0x20001);
	fit_string(&maker, "/domains/guest", "fdt", "big");
	expect_refused(state, "domain guest: device tree \"big\" has more than 128 KiB");
	fit_string(&maker, "/domains/guest", "name", "x");
	expect_refused(state, "unknown property \"name\"");
}

static void test_no_fit(void **state)
{
	const struct counters before = count();
	struct sigma_build_step op;
	uint32_t size;
	char *blob = fit_end(&maker, &size);

	(void)state;
	assert_int_equal(begin(3), 0);
	assert_int_equal(write_piece("abc", 0, 3), 0);
	assert_true(step(&op) < 0);
	assert_string_equal(op.error, "FIT: is truncated: too short for a device tree");
	assert_int_equal(begin(size), 0);
	write_all(blob, size - 1);
	assert_true(step(&op) < 0);
	assert_string_equal(op.error,
			    "FIT: is truncated: not all of it has been written");
	write_fit(kernel, sizeof(kernel));
	assert_true(step(&op) < 0);
	assert_string_equal(op.error, "FIT: is not a device tree (wrong magic number)");
	fdt_set_totalsize(blob, 0x10001);
	write_fit(blob, size);
	assert_true(step(&op) < 0);
	assert_string_equal(op.error, "FIT: has a tree of more than 64 KiB: the images' "
				      "data must be external (mkimage -E)");
	assert_returned(&before);
	free(blob);
}

static void test_no_id(void **state)
{
	struct domain *d;
	char name[] = "x0";

	for (unsigned int i = 1; i < MAX_DOMAINS; i++) {
		name[1] = (char)('a' + i);
		d = domain_create(name, 1, false);
		d->machine_base = maddr(FAKE_RAM_BASE); /* none to give back */
		assert_non_null(d);
	}
	fit_cell(&maker, "/domains/guest", "memory", MIB);
	{
		struct sigma_build_step op;
		uint32_t size;
		void *blob = fit_end(&maker, &size);

		write_fit(blob, size);
		assert_int_equal(step_to_end(&op), -XEN_EINVAL);
		assert_string_equal(op.error, "domain guest: is one too many: every "
					      "domain id is in use");
		free(blob);
	}
	(void)state;
}

/* Memory runs out at any point: a text, and all is as before. */
static void test_out_of_memory(void **state)
{
	const struct counters before = count();
	struct sigma_build_step op;
	unsigned int failures = 0;
	uint32_t size;
	void *blob = fit_end(&maker, &size);
	long result;

	(void)state;
	for (int budget = 0;; budget++) {
		fake_heap_budget = budget;
		result = begin(size);
		if (result == 0) {
			write_all(blob, size);
			result = step_to_end(&op);
			if (result == 0)
				break;
			assert_non_null(strstr(op.error, "has no memory left for"));
		}
		failures++;
		assert_int_equal(result, -XEN_ENOMEM);
		assert_returned(&before);
	}
	assert_in_range(failures, 4, 40);
	domain_destroy(domains[1]);
	fake_heap_budget = -1;
	for (int budget = 0;; budget++) {
		fake_window_budget = budget;
		write_fit(blob, size);
		result = step_to_end(&op);
		if (result == 0)
			break;
		assert_int_equal(result, -XEN_ENOMEM);
		assert_string_equal(op.error, "domain guest: the hypervisor has no "
					      "memory left for its rings");
		assert_returned(&before);
	}
	domain_destroy(domains[1]);
	assert_returned(&before);
	free(blob);
}

/* ---- the order of calls ---------------------------------------------------------- */

static void test_order(void **state)
{
	const struct counters before = count();
	struct sigma_build_step op;
	uint32_t size;
	char *blob = fit_end(&maker, &size);

	(void)state;
	assert_int_equal(give_up(), -XEN_EINVAL);
	assert_int_equal(step(&op), -XEN_EINVAL);
	assert_int_equal(write_piece(blob, 0, 1), -XEN_EINVAL);
	assert_int_equal(begin(0), -XEN_EINVAL);
	assert_int_equal(begin(9 * MIB), -XEN_ENOMEM);
	assert_int_equal(begin(UINT32_MAX), -XEN_ENOMEM);
	assert_int_equal(begin(size), 0);
	assert_int_equal(begin(size), -XEN_EBUSY);
	assert_int_equal(write_piece(blob, 1, 1), -XEN_EINVAL); /* a gap */
	assert_int_equal(write_piece(blob, 0, SIGMA_BUILD_WRITE_MAX + 1), -XEN_E2BIG);
	assert_int_equal(write_piece(blob, 0, 0), 0);
	assert_int_equal(write_piece(blob, 0, SIGMA_BUILD_WRITE_MAX), 0);
	assert_int_equal(write_piece(blob, size, 1), -XEN_EINVAL);
	write_all(blob, size); /* from the start once more */
	assert_int_equal(write_piece(blob, size - 1, 2), -XEN_EINVAL);
	assert_int_equal(step(&op), 1);
	assert_int_equal(write_piece(blob, 0, 1), -XEN_EBUSY);
	assert_int_equal(give_up(), 0);
	assert_returned(&before);
	assert_int_equal(fake_call(SIGMA_BUILD_CALL, 4, 0, 0), -XEN_ENOSYS);
	free(blob);
}

static void test_abort_anywhere(void **state)
{
	const struct counters before = count();
	struct sigma_build_step op;
	uint32_t size;
	void *blob = fit_end(&maker, &size);

	(void)state;
	for (unsigned int steps = 0;; steps++) {
		write_fit(blob, size);
		for (unsigned int i = 0; i < steps; i++)
			if (step(&op) == 0) {
				assert_true(steps > 8);
				domain_destroy(domains[op.domid]);
				free(blob);
				return;
			}
		assert_int_equal(give_up(), 0);
		assert_returned(&before);
	}
}

static void test_pointers(void **state)
{
	struct sigma_build_write op = {0, 16, BUFFER};
	struct sigma_build_step answer;
	uint32_t size;
	void *blob = fit_end(&maker, &size);

	(void)state;
	for (uint32_t cmd = SIGMA_BUILD_BEGIN; cmd <= SIGMA_BUILD_STEP; cmd++)
		assert_int_equal(fake_call(SIGMA_BUILD_CALL, cmd, NOWHERE, 0),
				 -XEN_EFAULT);
	write_fit(blob, size);
	op.buffer = NOWHERE;
	assert_int_equal(call(SIGMA_BUILD_WRITE, &op, sizeof(op)), -XEN_EFAULT);
	op.buffer = BUFFER | 1ull << 32;
	assert_int_equal(call(SIGMA_BUILD_WRITE, &op, sizeof(op)), -XEN_EFAULT);
	op.buffer = FAKE_RAM_BASE + FAKE_DOMAIN_RAM - 8; /* half of it */
	assert_int_equal(call(SIGMA_BUILD_WRITE, &op, sizeof(op)), -XEN_EFAULT);
	fake_readonly[0] = arguments;
	assert_int_equal(step(&answer), -XEN_EFAULT); /* nothing was done */
	fake_readonly[0] = 0;
	assert_int_equal(step_to_end(&answer), 0);
	free(blob);
}

static void test_dom0_only(void **state)
{
	struct domain *d;
	uint32_t size;
	void *blob = fit_end(&maker, &size);

	(void)state;
	d = build(blob, size);
	domain_unpause(d);
	fake_run(d->vcpu[0]);
	for (uint32_t cmd = SIGMA_BUILD_BEGIN; cmd <= SIGMA_BUILD_ABORT; cmd++)
		assert_int_equal(fake_call(SIGMA_BUILD_CALL, cmd, FAKE_RAM_BASE, 0),
				 -XEN_EPERM);
	fake_run(dom0->vcpu[0]);
	free(blob);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_build),         TEST(test_hundred),
		TEST(test_ids_and_names), TEST(test_base_tree),
		TEST(test_refused),       TEST(test_no_fit),
		TEST(test_no_id),         TEST(test_out_of_memory),
		TEST(test_order),         TEST(test_abort_anywhere),
		TEST(test_pointers),      TEST(test_dom0_only),
	};

	return cmocka_run_group_tests(tests, make_board, NULL);
}
