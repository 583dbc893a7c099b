// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the bootstrap wants to know of the board's device tree, and the RAM that
 * it writes into it.
 *
 * The image's own tree describes the board.  When a loader hands over a valid
 * tree of its own with memory in it, RAM and its reservations are taken from
 * there: the loader knows better than a probe.
 */
#include "boot.h"
#include <string.h>

#include <libfdt.h>

#define MAX_CELLS 2
#define MAX_DEPTH 8 /* of a device in the tree */

static uint32_t cell(const fdt32_t *cells, int index)
{
	return fdt32_ld(cells + index);
}

/*
 * One number of a `reg` or `ranges`, advancing *cells.  This core has 32 address
 * bits: a larger number reads as the largest.
 */
static uint32_t take(const fdt32_t **cells, int count)
{
	uint32_t value = 0;

	for (int i = 0; i < count; i++) {
		if (i < count - 1 && cell(*cells, i))
			value = UINT32_MAX;
		else if (value != UINT32_MAX)
			value = cell(*cells, i);
	}
	*cells += count;
	return value;
}

/* Cell counts of a node's children. */
static bool child_cells(const void *dtb, int node, int *address, int *size)
{
	*address = fdt_address_cells(dtb, node);
	*size = fdt_size_cells(dtb, node);
	return *address >= 1 && *address <= MAX_CELLS && *size >= 0 && *size <= MAX_CELLS;
}

/*
 * One step up: an address as `bus` numbers its children, as bus's parent does.
 * The first cell of a two-cell address is a chip select here, not the high word,
 * so cells are compared, not numbers.
 */
static bool translate(const void *dtb, int bus, int parent, uint32_t address[MAX_CELLS],
		      int cells)
{
	int length, parent_cells, parent_size, size_cells = fdt_size_cells(dtb, bus);
	const fdt32_t *ranges = fdt_getprop(dtb, bus, "ranges", &length);
	int entry;

	if (!ranges || size_cells != 1 ||
	    !child_cells(dtb, parent, &parent_cells, &parent_size))
		return false;
	if (length == 0)
		return parent_cells == cells;
	entry = cells + parent_cells + 1;
	for (; length >= entry * 4; length -= entry * 4, ranges += entry) {
		uint32_t low = cell(ranges, cells - 1);
		uint32_t offset = address[cells - 1] - low;

		if (cells == 2 && cell(ranges, 0) != address[0])
			continue;
		if (address[cells - 1] < low || offset >= cell(ranges, entry - 1))
			continue;
		for (int i = 0; i < parent_cells; i++)
			address[i] = cell(ranges, cells + i);
		address[parent_cells - 1] += offset;
		return true;
	}
	return false;
}

/*
 * The buses above a node, the root first; how many there are, 0 if the node is not
 * found or lies too deep.  libfdt's fdt_parent_offset() would walk the tree once for
 * each of them.
 */
static int buses_above(const void *dtb, int node, int bus[MAX_DEPTH])
{
	int depth = 0;

	for (int at = 0; at >= 0 && depth >= 0; at = fdt_next_node(dtb, at, &depth)) {
		if (at == node)
			return depth <= MAX_DEPTH ? depth : 0;
		if (depth < MAX_DEPTH)
			bus[depth] = at;
	}
	return 0;
}

/* The machine address of a node's first `reg`; 0 if it cannot be told. */
static uint32_t node_address(const void *dtb, int node)
{
	const fdt32_t *reg;
	uint32_t address[MAX_CELLS] = {0};
	int bus[MAX_DEPTH];
	int length, cells, size_cells, depth = buses_above(dtb, node, bus);

	reg = fdt_getprop(dtb, node, "reg", &length);
	if (!reg || depth == 0 ||
	    !child_cells(dtb, bus[depth - 1], &cells, &size_cells) || length < cells * 4)
		return 0;
	for (int i = 0; i < cells; i++)
		address[i] = cell(reg, i);
	while (--depth > 0) {
		if (!translate(dtb, bus[depth], bus[depth - 1], address, cells))
			return 0;
		cells = fdt_address_cells(dtb, bus[depth - 1]);
	}
	return address[cells - 1];
}

/* /chosen stdout-path (its options cut off), else the alias serial0. */
static int uart_node(const void *dtb)
{
	int length, node = fdt_path_offset(dtb, "/chosen");
	const char *path =
		node < 0 ? NULL : fdt_getprop(dtb, node, "stdout-path", &length);
	const char *end;

	if (path && length > 0) {
		end = memchr(path, ':', (size_t)length);
		return fdt_path_offset_namelen(dtb, path,
					       end ? (int)(end - path) : length - 1);
	}
	return fdt_path_offset(dtb, "serial0");
}

static uint32_t uart_clock(const void *dtb, int node)
{
	int length;
	const fdt32_t *cells = fdt_getprop(dtb, node, "clocks", &length);

	if (!cells || length < 4)
		return 0;
	node = fdt_node_offset_by_phandle(dtb, cell(cells, 0));
	cells = node < 0 ? NULL : fdt_getprop(dtb, node, "clock-frequency", &length);
	return cells && length == 4 ? cell(cells, 0) : 0;
}

bool board_find_uart(const void *dtb, uint32_t *uart, uint32_t *clock_hz)
{
	int node = uart_node(dtb);
	uint32_t address;

	if (node < 0 || fdt_node_check_compatible(dtb, node, "arm,pl011"))
		return false;
	address = node_address(dtb, node);
	if (!address)
		return false;
	*uart = address;
	*clock_hz = uart_clock(dtb, node);
	return true;
}

static bool is_memory(const void *dtb, int node)
{
	int length;
	const char *type = fdt_getprop(dtb, node, "device_type", &length);

	return type && length == 7 && memcmp(type, "memory", 7) == 0;
}

/*
 * A bank of whole MiBs; what is cut off at its ends is not used.  A loader may name
 * one piece of RAM in two halves (U-Boot does on this board): they are joined.
 */
static void add_bank(struct boot *boot, uint32_t base, uint32_t size)
{
	uint32_t start = (base + MIB - 1) & ~(MIB - 1);
	struct range *last;

	if (start < base || size < start - base)
		return;
	size = (size - (start - base)) & ~(MIB - 1);
	if (size == 0)
		return;
	last = boot->bank_count ? &boot->bank[boot->bank_count - 1] : NULL;
	if (last && last->base + last->size == start) {
		last->size += size;
		return;
	}
	if (boot->bank_count == MAX_BANKS)
		return;
	boot->bank[boot->bank_count].base = start;
	boot->bank[boot->bank_count].size = size;
	boot->bank_count++;
}

static void read_banks(struct boot *boot, const void *dtb)
{
	const fdt32_t *reg, *end;
	int node, length, address_cells, size_cells;

	boot->bank_count = 0;
	if (!child_cells(dtb, 0, &address_cells, &size_cells))
		return;
	fdt_for_each_subnode(node, dtb, 0) {
		reg = is_memory(dtb, node) ? fdt_getprop(dtb, node, "reg", &length)
					   : NULL;
		if (!reg)
			continue;
		end = reg + length / 4;
		while (end - reg >= address_cells + size_cells) {
			uint32_t base = take(&reg, address_cells);

			add_bank(boot, base, take(&reg, size_cells));
		}
	}
}

/* /memreserve/ and the fixed children of /reserved-memory. */
static void read_reservations(struct boot *boot, const void *dtb)
{
	int node, length, address_cells, size_cells;
	int parent = fdt_path_offset(dtb, "/reserved-memory");
	const fdt32_t *reg, *end;
	uint64_t base, size;

	for (int i = 0; i < fdt_num_mem_rsv(dtb); i++)
		if (fdt_get_mem_rsv(dtb, i, &base, &size) == 0)
			memory_reserve(boot, (uint32_t)base, (uint32_t)size);
	if (parent < 0 || !child_cells(dtb, parent, &address_cells, &size_cells))
		return;
	fdt_for_each_subnode(node, dtb, parent) {
		reg = fdt_getprop(dtb, node, "reg", &length);
		if (!reg)
			continue;
		end = reg + length / 4;
		while (end - reg >= address_cells + size_cells) {
			uint32_t start = take(&reg, address_cells);

			memory_reserve(boot, start, take(&reg, size_cells));
		}
	}
}

static void probe_banks(struct boot *boot)
{
	uint32_t count = boot->bank_count;

	boot->bank_count = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct range bank = boot->bank[i];

		add_bank(boot, bank.base, memory_probe(bank));
	}
}

/*
 * A loader's tree: after a reset r2 is anything, so it is looked at only if the
 * image runs from RAM, and only inside RAM, clear of the state and the stack.
 */
static const void *loader_tree(const struct boot *boot, uint32_t address)
{
	const void *dtb = (const void *)address;
	uint32_t state = boot->header->ram_base + WORK_STATE;
	uint32_t size;

	if (!memory_contains(boot, (uint32_t)boot->header, BOOT_HEADER_SIZE))
		return NULL;
	if (address % 4 || !memory_contains(boot, address, sizeof(struct fdt_header)))
		return NULL;
	if (fdt_check_header(dtb))
		return NULL;
	size = fdt_totalsize(dtb);
	if (!memory_contains(boot, address, size))
		return NULL;
	if (address < state + WORK_SIZE - WORK_STATE && state < address + size)
		return NULL;
	return dtb;
}

static void find_l2cache(struct boot *boot)
{
	int node = fdt_node_offset_by_compatible(boot->dtb, -1, "arm,pl310-cache");

	boot->l2cache = node < 0 ? 0 : node_address(boot->dtb, node);
}

static void find_ram(struct boot *boot, uint32_t loader_dtb)
{
	const char *source = "found by probing";
	const void *loader;
	struct boot probed;

	read_banks(boot, boot->dtb);
	if (boot->bank_count == 0)
		boot_fail("board tree", "it has no memory");
	probe_banks(boot);
	if (boot->bank_count == 0)
		boot_fail("memory", "no RAM answers where the board tree says it is");

	loader = loader_tree(boot, loader_dtb);
	if (loader) {
		probed = *boot;
		read_banks(boot, loader);
		if (boot->bank_count) {
			read_reservations(boot, loader);
			boot->loader_reserved = boot->reserved_count;
			source = "as the loader says";
		} else {
			*boot = probed;
		}
	}
	for (uint32_t i = 0; i < boot->bank_count; i++)
		boot_say("RAM %x, %u MiB, %s", boot->bank[i].base,
			 boot->bank[i].size / MIB, source);
}

void board_read(struct boot *boot, uint32_t loader_dtb)
{
	find_ram(boot, loader_dtb);
	if (!memory_contains(boot, boot->header->ram_base, WORK_SIZE))
		boot_fail("memory", "the work area at %x is not in RAM",
			  boot->header->ram_base);
	read_reservations(boot, boot->dtb);
	find_l2cache(boot);
}

static int store(void *property, int cells, uint32_t value)
{
	fdt32_t *at = property;

	if (cells == 2)
		fdt32_st(at, 0);
	fdt32_st(at + cells - 1, value);
	return cells * 4;
}

/* One memory node for all banks; any other goes. */
static int write_banks(const struct boot *boot, void *dtb)
{
	uint8_t reg[MAX_BANKS * MAX_CELLS * 2 * 4];
	int node, next, first = -1, length = 0, address_cells, size_cells;

	if (!child_cells(dtb, 0, &address_cells, &size_cells))
		return -FDT_ERR_BADNCELLS;
	for (uint32_t i = 0; i < boot->bank_count; i++) {
		length += store(reg + length, address_cells, boot->bank[i].base);
		length += store(reg + length, size_cells, boot->bank[i].size);
	}
	for (node = fdt_first_subnode(dtb, 0); node >= 0; node = next) {
		next = fdt_next_subnode(dtb, node);
		if (!is_memory(dtb, node))
			continue;
		if (first < 0) {
			first = node;
			continue;
		}
		fdt_del_node(dtb, node);
		next = fdt_next_subnode(dtb, first);
	}
	return fdt_setprop(dtb, first, "reg", reg, length);
}

/* What the loader reserved stands in the loader's tree alone. */
static int write_reservations(const struct boot *boot, void *dtb)
{
	int error = 0;

	for (uint32_t i = 0; i < boot->loader_reserved && !error; i++)
		error = fdt_add_mem_rsv(dtb, boot->reserved[i].base,
					boot->reserved[i].size);
	return error;
}

void board_write(struct boot *boot, void *where, uint32_t size)
{
	void *copy = (void *)(boot->header->ram_base + WORK_DTB);
	int error = fdt_open_into(boot->dtb, copy, WORK_DTB_SIZE);

	if (!error)
		error = write_banks(boot, copy);
	if (!error)
		error = write_reservations(boot, copy);
	if (!error)
		error = fdt_pack(copy);
	if (!error)
		error = fdt_open_into(copy, where, (int)size);
	if (error)
		boot_fail("board tree", "cannot be edited (libfdt error %u)",
			  (uint32_t)-error);
}
