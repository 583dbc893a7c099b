// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose is which device.  The board's tree says where the registers and interrupts
 * of a node are; the manifest says which domain gets the node.
 */
#include <hv/board.h>
#include <hv/domain.h>
#include <hv/domain_build.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/virq.h>
#include <arch/memory.h>
#include <libfdt.h>

#define REGIONS_MAX 8 /* of one memory-region property; what is behind is ignored */

bool device_is_special(const struct tree_node *n)
{
	static const char *const names[] = {"chosen",          "aliases",     "cpus",
					    "reserved-memory", "__symbols__", "psci"};
	const char *name = tree_name(n->tree, n->offset);
	const char *type = tree_string(n->tree, n->offset, "device_type");

	if (n->parent == NULL || n->parent->parent != NULL)
		return false;
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return type != NULL && strcmp(type, "memory") == 0;
}

static int find_label(const void *tree, const char *name)
{
	int symbols = tree_find(tree, "/__symbols__");
	const char *path = symbols >= 0 ? tree_string(tree, symbols, name) : NULL;

	return path != NULL ? tree_find(tree, path) : -FDT_ERR_NOTFOUND;
}

const char *device_list_resolve(struct device_list *list, const struct manifest_domain *m,
				const struct fit *fit, const void *tree)
{
	const char *strings, *name, *missing = NULL;
	int length, position = 0, node;

	list->all = m->all_devices;
	list->count = 0;
	if (m->all_devices || m->devices < 0)
		return NULL;
	strings = fdt_getprop_by_offset(fit->blob, m->devices, NULL, &length);
	if (strings == NULL)
		return NULL;
	while ((name = tree_string_next(strings, length, &position)) != NULL) {
		node = tree_find(tree, name);
		if (node < 0)
			node = find_label(tree, name);
		if (node > 0 && list->count < DEVICES_MAX)
			list->node[list->count++] = node;
		else if (missing == NULL)
			missing = name;
	}
	return missing;
}

bool device_list_empty(const struct device_list *list)
{
	return !list->all && list->count == 0;
}

bool device_list_owns(const struct device_list *list, const struct tree_node *n)
{
	if (list->all)
		return true;
	for (; n->parent != NULL; n = n->parent)
		for (unsigned int i = 0; i < list->count; i++)
			if (list->node[i] == n->offset)
				return true;
	return false;
}

bool device_list_below(const struct device_list *list, const struct tree_node *n)
{
	for (unsigned int i = 0; i < list->count; i++)
		if (tree_is_within(n->tree, list->node[i], n->offset))
			return true;
	return list->all;
}

bool device_memory_region(const struct tree_node *n, unsigned int i,
			  struct tree_node *region, struct tree_node *parent)
{
	const struct tree_node *root = n;
	int length, node;
	const fdt32_t *phandles =
		tree_property(n->tree, n->offset, "memory-region", &length);

	if (phandles == NULL || i >= REGIONS_MAX || i >= (unsigned int)length / 4)
		return false;
	while (root->parent != NULL)
		root = root->parent;
	node = tree_find_phandle(n->tree, fdt32_ld(phandles + i));
	*parent =
		(struct tree_node){n->tree, tree_find(n->tree, "/reserved-memory"), root};
	*region = (struct tree_node){n->tree, 0, parent};
	tree_for_each_child(region->offset, n->tree, parent->offset)
	{
		if (region->offset == node)
			return true;
	}
	return false;
}

/*
 * One pass over the board's tree for one domain: either only checked (no domain
 * yet) or handed to it.
 */
struct pass {
	struct domain *d; /* NULL: only check */
	const struct manifest_domain *m;
	const struct manifest *manifest;
	struct device_list list;
	int console;
	uint8_t *claims; /* by interrupt: 0 or index in the manifest + 1 */
	struct tree_search search;
};

static char pass_error[96]; /* of the last refusal */

static __init int refuse(const struct tree_node *n, const char *reason)
{
	char path[64];

	tree_path(n, path, sizeof(path));
	hv_snprintf(pass_error, sizeof(pass_error), "device %s %s", path, reason);
	return -XEN_EINVAL;
}

static __init bool overlaps(uint32_t base, uint32_t size, uint32_t other,
			    uint32_t other_size)
{
	return base < other ? other - base < size : base - other < other_size;
}

static __init int give_registers(const struct pass *pass, const struct tree_node *n)
{
	uint32_t base, size;

	for (unsigned int i = 0; tree_reg(n, i, &base, &size); i++) {
		if (ram_touches(maddr(base), size))
			return refuse(n, "is RAM: it cannot be given to a domain");
		if (overlaps(base, size, board_ram_base().p,
			     pass->m->memory + pass->m->foreign))
			return refuse(
				n, "lies where the domain's memory or foreign window is");
		if (pass->d != NULL)
			arch_domain_map_device(pass->d, maddr(base), size);
	}
	return 0;
}

/* Memory set aside for a device (a frame buffer) comes with it, unless it is RAM. */
static __init int give_regions(const struct pass *pass, const struct tree_node *n)
{
	struct tree_node region, parent;
	uint32_t base, size;

	for (unsigned int i = 0; device_memory_region(n, i, &region, &parent); i++) {
		if (!tree_reg(&region, 0, &base, &size) || ram_touches(maddr(base), size))
			continue;
		if (give_registers(pass, &region) != 0)
			return -XEN_EINVAL;
	}
	return 0;
}

static __init int give_interrupt(struct pass *pass, const struct tree_node *n,
				 unsigned int irq)
{
	uint8_t mine;
	char reason[64];

	if (irq < SIGMA_VIRQ_SPI_BASE || irq >= SIGMA_VIRQ_COUNT) {
		hv_snprintf(reason, sizeof(reason),
			    "has interrupt %u, only %u to %u can be forwarded", irq,
			    SIGMA_VIRQ_SPI_BASE, SIGMA_VIRQ_COUNT - 1);
		return refuse(n, reason);
	}
	if (pass->d != NULL) {
		if (virq_owner(irq) == NULL)
			virq_assign(pass->d, irq);
		return 0;
	}
	mine = (uint8_t)(pass->m - pass->manifest->domain + 1);
	if (pass->claims[irq] != 0 && pass->claims[irq] != mine) {
		hv_snprintf(reason, sizeof(reason), "has interrupt %u of domain %s too",
			    irq, pass->manifest->domain[pass->claims[irq] - 1].name);
		return refuse(n, reason);
	}
	pass->claims[irq] = mine;
	return 0;
}

static __init int give_interrupts(struct pass *pass, const struct tree_node *n)
{
	unsigned int irq;
	int result = 0;

	for (unsigned int i = 0; result == 0 || result == -XEN_ENODEV; i++) {
		result = tree_interrupt(n, i, &pass->search, &irq);
		if (result == 0)
			result = give_interrupt(pass, n, irq);
		else if (result == -XEN_EINVAL)
			return refuse(n, "has interrupts that make no sense");
	}
	return result == -XEN_ENOENT ? 0 : result;
}

static __init int visit(const struct tree_node *n, void *context)
{
	struct pass *pass = context;
	int result;

	if (device_is_special(n) || !tree_is_enabled(n->tree, n->offset) ||
	    board_node_role(n->tree, n->offset, pass->console) != ROLE_NONE)
		return TREE_SKIP;
	if (!device_list_owns(&pass->list, n))
		return 0;
	result = give_registers(pass, n);
	if (result == 0)
		result = give_regions(pass, n);
	if (result == 0)
		result = give_interrupts(pass, n);
	return result;
}

/* A listed node must be one that can be given away at all. */
static __init int check_listed(const struct pass *pass, struct fit *fit,
			       const void *board)
{
	struct tree_node nodes[TREE_DEPTH_MAX];
	const struct tree_node *n;

	for (unsigned int i = 0; i < pass->list.count; i++) {
		const char *name = tree_name(board, pass->list.node[i]);

		if (board_node_role(board, pass->list.node[i], pass->console) !=
		    ROLE_NONE)
			return fit_fail(fit, -XEN_EBUSY, "domain", pass->m->name,
					"device %s belongs to the hypervisor", name);
		n = tree_chain(board, pass->list.node[i], nodes);
		for (; n != NULL && n->parent != NULL; n = n->parent) {
			if (!tree_is_enabled(board, n->offset))
				return fit_fail(
					fit, -XEN_EINVAL, "domain", pass->m->name,
					"device %s is disabled in the board's device tree",
					name);
			if (device_is_special(n))
				return fit_fail(fit, -XEN_EINVAL, "domain", pass->m->name,
						"%s is no device", name);
		}
	}
	return 0;
}

/* A node that both lists cover; -1: none; 0: both have everything. */
static __init int common_node(const void *board, const struct device_list *a,
			      const struct device_list *b)
{
	if (a->all && b->all)
		return 0;
	if (a->all)
		return b->count != 0 ? b->node[0] : -1;
	if (b->all)
		return a->count != 0 ? a->node[0] : -1;
	for (unsigned int i = 0; i < a->count; i++)
		for (unsigned int j = 0; j < b->count; j++) {
			if (tree_is_within(board, a->node[i], b->node[j]))
				return a->node[i];
			if (tree_is_within(board, b->node[j], a->node[i]))
				return b->node[j];
		}
	return -1;
}

static __init int check_common(const struct pass *pass, struct fit *fit,
			       const void *board)
{
	struct device_list other;
	const struct manifest_domain *before;
	int node;

	for (before = pass->manifest->domain; before < pass->m; before++) {
		device_list_resolve(&other, before, fit, board);
		node = common_node(board, &other, &pass->list);
		if (node >= 0)
			return fit_fail(fit, -XEN_EBUSY, "domain", pass->m->name,
					"device %s is claimed by domain %s already",
					node == 0 ? "\"all\"" : tree_name(board, node),
					before->name);
	}
	return 0;
}

static __init int check_one(struct pass *pass, struct fit *fit, const void *board)
{
	const struct tree_node root = {board, 0, NULL};
	const char *missing = device_list_resolve(&pass->list, pass->m, fit, board);
	int result;

	if (missing != NULL)
		return fit_fail(fit, -XEN_ENODEV, "domain", pass->m->name,
				"device \"%s\" is not in the board's device tree",
				missing);
	result = check_listed(pass, fit, board);
	if (result == 0)
		result = check_common(pass, fit, board);
	if (result != 0)
		return result;
	if (!device_list_empty(&pass->list))
		result = tree_walk(&root, visit, pass);
	if (result != 0)
		return fit_fail(fit, result, "domain", pass->m->name, "%s", pass_error);
	return 0;
}

__init int domain_devices_check(struct fit *fit, const struct manifest *manifest,
				const void *board)
{
	uint8_t claims[SIGMA_VIRQ_COUNT] = {0};
	struct pass pass = {.manifest = manifest, .claims = claims};
	int result = 0;

	pass.console = board_console_node(board);
	for (unsigned int i = 0; i < manifest->domain_count && result == 0; i++) {
		pass.m = &manifest->domain[i];
		result = check_one(&pass, fit, board);
	}
	return result;
}

__init int domain_devices_assign(struct domain *d, const struct manifest_domain *m,
				 const struct fit *fit, const void *board,
				 const char **error)
{
	const struct tree_node root = {board, 0, NULL};
	struct pass pass = {.d = d, .m = m};

	pass.console = board_console_node(board);
	device_list_resolve(&pass.list, m, fit, board);
	*error = pass_error;
	return device_list_empty(&pass.list) ? 0 : tree_walk(&root, visit, &pass);
}
