// SPDX-License-Identifier: GPL-2.0-only
/*
 * The board's device tree, as far as the hypervisor itself is concerned.
 */
#include <arch/memory.h>
#include <hv/board.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/tree.h>
#include <hv/xen.h>
#include <libfdt.h>
#include <public/sigma.h>

static paddr_t ram_base;
static char cpu_compatible[32];

/* What the hypervisor keeps for itself, whatever a manifest says. */
static const struct {
	const char *compatible;
	enum board_role role;
} kept[] = {
	{"arm,cortex-a9-gic", ROLE_INTERRUPTS},
	{"arm,cortex-a7-gic", ROLE_INTERRUPTS},
	{"arm,cortex-a15-gic", ROLE_INTERRUPTS},
	{"arm,gic-400", ROLE_INTERRUPTS},
	{"arm,cortex-a9-scu", ROLE_HYPERVISOR},
	{"arm,cortex-a9-twd-timer", ROLE_HYPERVISOR},
	{"arm,cortex-a9-twd-wdt", ROLE_HYPERVISOR},
	{"arm,cortex-a9-global-timer", ROLE_HYPERVISOR},
	{"arm,cortex-a9-pmu", ROLE_HYPERVISOR},
	{"arm,armv7-timer", ROLE_HYPERVISOR},
	{"arm,pl310-cache", ROLE_HYPERVISOR},
	{"arm,sp804", ROLE_HYPERVISOR},
};

enum board_role board_node_role(const void *tree, int node, int console)
{
	int length;
	const char *list = tree_property(tree, node, "compatible", &length);

	if (node == console)
		return ROLE_HYPERVISOR;
	for (unsigned int i = 0; list != NULL && i < ARRAY_SIZE(kept); i++)
		if (fdt_stringlist_contains(list, length, kept[i].compatible))
			return kept[i].role;
	return ROLE_NONE;
}

/* stdout-path may have options behind a colon: "serial0:115200n8". */
static int find_console(const void *tree, const char *path)
{
	const char *options = strchr(path, ':');
	char text[128];

	if (options == NULL)
		return tree_find(tree, path);
	if ((size_t)(options - path) >= sizeof(text))
		return -1;
	memcpy(text, path, (size_t)(options - path));
	text[options - path] = '\0';
	return tree_find(tree, text);
}

int board_console_node(const void *tree)
{
	int chosen = tree_find(tree, "/chosen"), node = -1;
	const char *path = tree_string(tree, chosen, "stdout-path");

	if (path == NULL)
		path = tree_string(tree, chosen, "linux,stdout-path");
	if (path != NULL)
		node = find_console(tree, path);
	return node >= 0 ? node : tree_find(tree, "serial0");
}

__init int board_node_reg(const void *tree, int node, unsigned int index, maddr_t *base,
			  uint32_t *bytes)
{
	struct tree_node nodes[TREE_DEPTH_MAX];
	const struct tree_node *n = tree_chain(tree, node, nodes);

	return n != NULL && tree_reg(n, index, &base->m, bytes) ? 0 : -XEN_ENODEV;
}

__init int board_node_irq(const void *tree, int node, unsigned int index,
			  unsigned int *irq)
{
	struct tree_node nodes[TREE_DEPTH_MAX];
	struct tree_search search = {0};
	const struct tree_node *n = tree_chain(tree, node, nodes);

	return n != NULL ? tree_interrupt(n, index, &search, irq) : -XEN_ENODEV;
}

paddr_t board_ram_base(void)
{
	return ram_base;
}

const char *board_cpu(void)
{
	return cpu_compatible;
}

/* What the nodes of /cpus say that they are. */
static __init void remember_cpu(const void *board)
{
	const char *compatible = NULL;
	int node;

	tree_for_each_child(node, board, tree_find(board, "/cpus"))
	{
		if (compatible == NULL)
			compatible = tree_string(board, node, "compatible");
	}
	hv_snprintf(cpu_compatible, sizeof(cpu_compatible), "%s",
		    compatible != NULL ? compatible : "arm,cortex-a9");
}

static __init bool is_memory(const void *board, int node)
{
	const char *type = tree_string(board, node, "device_type");

	return type != NULL && strcmp(type, "memory") == 0;
}

/*
 * Add the banks of one node, as far as the hypervisor's window does not hide them;
 * *lowest is the lowest whole slot seen so far.
 */
static __init void add_banks(const struct tree_node *n, uint32_t *lowest)
{
	uint32_t base, size, first;

	for (unsigned int i = 0; tree_reg(n, i, &base, &size); i++) {
		first = align_up(base, SLOT_SIZE);
		if (base >= SIGMA_WINDOW_BASE || !range_in(first, SLOT_SIZE, base, size))
			continue;
		if (size > SIGMA_WINDOW_BASE - base)
			size = SIGMA_WINDOW_BASE - base;
		slots_add(maddr(base), size);
		arch_map_ram(maddr(first), (size - (first - base)) & ~SLOT_MASK);
		if (first < *lowest)
			*lowest = first;
	}
}

/* 64-bit ranges of /memreserve/, cut to what a 32-bit bus can reach. */
static __init void reserve_listed(const void *board)
{
	uint64_t base, size;

	for (int i = 0; i < fdt_num_mem_rsv(board); i++) {
		if (fdt_get_mem_rsv(board, i, &base, &size) != 0 || base > UINT32_MAX)
			continue;
		if (size > UINT32_MAX - base)
			size = UINT32_MAX - base + 1;
		if (size > UINT32_MAX)
			size = UINT32_MAX;
		slots_reserve(maddr((uint32_t)base), (uint32_t)size);
	}
}

static __init void reserve_regions(const struct tree_node *root)
{
	struct tree_node parent = {root->tree, 0, root};
	struct tree_node region = {root->tree, 0, &parent};
	uint32_t base, size;

	parent.offset = tree_find(root->tree, "/reserved-memory");
	if (parent.offset < 0)
		return;
	tree_for_each_child(region.offset, root->tree, parent.offset)
	{
		if (!tree_is_enabled(root->tree, region.offset))
			continue;
		for (unsigned int i = 0; tree_reg(&region, i, &base, &size); i++)
			slots_reserve(maddr(base), size);
	}
}

__init int board_memory_scan(const void *board, const char **error)
{
	struct tree_node root = {board, 0, NULL};
	struct tree_node n = {board, 0, &root};
	uint32_t lowest = UINT32_MAX;
	int result = tree_check(board, fdt_totalsize(board), error);

	if (result != 0)
		return result;
	tree_for_each_child(n.offset, board, 0)
	{
		if (is_memory(board, n.offset) && tree_is_enabled(board, n.offset))
			add_banks(&n, &lowest);
	}
	if (lowest == UINT32_MAX) {
		*error = "names no memory (a node with device_type \"memory\" and a reg "
			 "of at least 1 MiB)";
		return -XEN_EINVAL;
	}
	reserve_listed(board);
	reserve_regions(&root);
	ram_base = paddr(lowest);
	remember_cpu(board);
	return 0;
}
