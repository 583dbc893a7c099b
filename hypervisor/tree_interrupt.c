// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a node's interrupts to the numbers of the GIC: Devicetree Specification
 * v0.4, 2.4 (interrupt parents, nexus nodes), and the GIC's binding.
 */
#include <hv/board.h>
#include <hv/tree.h>
#include <hv/xen.h>
#include <libfdt.h>

#define HOPS_MAX       8
#define GIC_IDS        1020
#define INTERRUPTS_MAX 64 /* of one node; each is searched for from the first */

struct specifier {
	int controller;
	uint32_t count; /* of the cells */
	fdt32_t unit[4];
	fdt32_t cell[4];
};

static __init int by_phandle(struct tree_search *search, const void *tree,
			     uint32_t phandle)
{
	if (search->phandle != phandle || phandle == 0) {
		search->phandle = phandle;
		search->node = tree_find_phandle(tree, phandle);
	}
	return search->node;
}

/* The node that a node's `interrupts` go to. */
static __init int interrupt_parent(const struct tree_node *n, struct tree_search *search)
{
	uint32_t phandle;

	for (; n->parent != NULL; n = n->parent) {
		if (tree_cell(n->tree, n->offset, "interrupt-parent", &phandle) == 0)
			return by_phandle(search, n->tree, phandle);
		if (tree_has(n->tree, n->parent->offset, "#interrupt-cells"))
			return n->parent->offset;
	}
	if (tree_cell(n->tree, n->offset, "interrupt-parent", &phandle) == 0)
		return by_phandle(search, n->tree, phandle);
	return -1;
}

/* Take one specifier from an array; how many cells it has, its controller says. */
static __init bool read_specifier(const void *tree, struct specifier *s,
				  const fdt32_t *cells, uint32_t left)
{
	if (s->controller < 0 ||
	    tree_cell(tree, s->controller, "#interrupt-cells", &s->count) != 0 ||
	    s->count == 0 || s->count > ARRAY_SIZE(s->cell) || s->count > left)
		return false;
	memcpy(s->cell, cells, s->count * sizeof(*cells));
	return true;
}

/* #address-cells of an interrupt parent, for which absent means 0. */
static __init uint32_t unit_cells(const void *tree, int node)
{
	return tree_has(tree, node, "#address-cells") ? tree_address_cells(tree, node)
						      : 0;
}

static __init bool masked_equal(const fdt32_t *a, const fdt32_t *b, const fdt32_t *mask,
				uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t bits = mask != NULL ? fdt32_ld(mask + i) : UINT32_MAX;

		if (((fdt32_ld(a + i) ^ fdt32_ld(b + i)) & bits) != 0)
			return false;
	}
	return true;
}

/*
 * One step through an interrupt-map, whose entries are <unit address, specifier,
 * parent, parent's unit address, parent's specifier>.
 */
static __init bool map_up(const void *tree, struct specifier *s,
			  struct tree_search *search)
{
	uint32_t units = tree_address_cells(tree, s->controller), skip, left;
	int length, mask_length;
	const fdt32_t *map = tree_property(tree, s->controller, "interrupt-map", &length);
	const fdt32_t *mask =
		tree_property(tree, s->controller, "interrupt-map-mask", &mask_length);
	struct specifier next = {0};
	bool hit;

	if (map == NULL || (mask != NULL && (uint32_t)mask_length / 4 < units + s->count))
		return false;
	for (left = (uint32_t)length / 4; left > units + s->count; left -= skip) {
		hit = masked_equal(s->unit, map, mask, units) &&
		      masked_equal(s->cell, map + units,
				   mask != NULL ? mask + units : NULL, s->count);
		next.controller =
			by_phandle(search, tree, fdt32_ld(map + units + s->count));
		skip = units + s->count + 1;
		if (next.controller < 0)
			return false;
		skip += unit_cells(tree, next.controller);
		if (skip > left || !read_specifier(tree, &next, map + skip, left - skip))
			return false;
		if (hit) {
			*s = next;
			return true;
		}
		skip += next.count;
		map += skip;
	}
	return false;
}

/* Follow a specifier to the GIC: <0 n flags> is shared interrupt n, <1 n flags> private. */
static __init int resolve(const void *tree, struct specifier *s,
			  struct tree_search *search, unsigned int *irq)
{
	uint32_t kind, number;

	for (int hops = 0; hops < HOPS_MAX; hops++) {
		if (board_node_role(tree, s->controller, -1) == ROLE_INTERRUPTS) {
			kind = fdt32_ld(&s->cell[0]);
			number = fdt32_ld(&s->cell[1]);
			if (s->count != 3 || kind > 1 || number >= GIC_IDS)
				return -XEN_EINVAL;
			*irq = number + (kind == 0 ? 32 : 16);
			return 0;
		}
		if (!map_up(tree, s, search))
			return -XEN_ENODEV;
	}
	return -XEN_EINVAL;
}

/* Unit address for an interrupt-map: the first cells of the node's reg. */
static __init void read_unit(const struct tree_node *n, struct specifier *s)
{
	int length;
	const fdt32_t *reg = tree_property(n->tree, n->offset, "reg", &length);

	memset(s->unit, 0, sizeof(s->unit));
	if (reg != NULL)
		memcpy(s->unit, reg,
		       (size_t)length < sizeof(s->unit) ? (size_t)length
							: sizeof(s->unit));
}

__init int tree_interrupt(const struct tree_node *n, unsigned int index,
			  struct tree_search *search, unsigned int *irq)
{
	struct specifier s = {0};
	uint32_t left, parent = 1, seen = 0;
	int length;
	const fdt32_t *cells =
		tree_property(n->tree, n->offset, "interrupts-extended", &length);

	if (cells == NULL) {
		cells = tree_property(n->tree, n->offset, "interrupts", &length);
		parent = 0;
	}
	if (cells == NULL)
		return -XEN_ENOENT;
	if (parent == 0)
		s.controller = interrupt_parent(n, search);
	for (left = (uint32_t)length / 4; left > parent; left -= parent + s.count) {
		if (parent != 0)
			s.controller = by_phandle(search, n->tree, fdt32_ld(cells));
		if (!read_specifier(n->tree, &s, cells + parent, left - parent))
			return -XEN_EINVAL;
		if (seen == INTERRUPTS_MAX)
			return -XEN_EINVAL;
		if (seen++ == index) {
			read_unit(n, &s);
			return resolve(n->tree, &s, search, irq);
		}
		cells += parent + s.count;
	}
	return left == 0 ? -XEN_ENOENT : -XEN_EINVAL;
}
