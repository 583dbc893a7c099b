/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading flattened device trees that nobody has checked: libfdt with the few
 * helpers that FIT, board description and domain trees share.  Addresses are the
 * 32-bit ones of the bus; what lies above 4 GiB does not exist here.
 */
#ifndef HV_TREE_H
#define HV_TREE_H

#include <hv/types.h>

#define TREE_DEPTH_MAX 16

/**
 * tree_check - is this a whole, well-formed tree?
 * @size: bytes that may be read at @blob
 *
 * After it, libfdt may walk the tree freely: every block lies inside the blob,
 * every node ends, every name is printable and terminated, nothing is nested
 * deeper than TREE_DEPTH_MAX.  0 or -XEN_EILSEQ with *error set.
 */
int tree_check(const void *blob, uint32_t size, const char **error);

/*
 * What follows is only for trees that tree_check() has accepted.  libfdt checks
 * every step again, which is right for one lookup; classifying every node of a
 * board's tree that way took 45 million instructions, this way takes 3.
 */

/* Value of a property, NULL: none; @length may be NULL.  Node -1 has no properties. */
const void *tree_property(const void *tree, int node, const char *name, int *length);

/* Offset of a node: the first below @node, the next beside it; -1: none. */
int tree_first_child(const void *tree, int node);
int tree_next_sibling(const void *tree, int node);
#define tree_for_each_child(child, tree, node)                     \
	for ((child) = tree_first_child(tree, node); (child) >= 0; \
	     (child) = tree_next_sibling(tree, child))

/* Every node in document order, root first; -1: no more. */
int tree_next_node(const void *tree, int node);
/* Is node `above` itself or below it? */
bool tree_is_within(const void *tree, int node, int above);

const char *tree_name(const void *tree, int node);
int tree_child(const void *tree, int node, const char *name, size_t length);
int tree_find(const void *tree, const char *path); /* "/a/b" or "alias/b"; -1: none */
int tree_find_phandle(const void *tree, uint32_t phandle);

/* A property that is one printable string; NULL: absent or something else. */
const char *tree_string(const void *tree, int node, const char *name);

/**
 * tree_string_next - the strings of a list, one by one
 * @position: 0 at first, then kept by the caller
 * NULL: no more (or what follows is no string).
 */
const char *tree_string_next(const char *list, int length, int *position);

/* A property that is one cell.  0, -XEN_ENOENT (absent) or -XEN_EINVAL. */
int tree_cell(const void *tree, int node, const char *name, uint32_t *value);

bool tree_is_compatible(const void *tree, int node, const char *compatible);
bool tree_is_enabled(const void *tree, int node); /* by its own `status` */
bool tree_has(const void *tree, int node, const char *name);

/* #address-cells or #size-cells of a node, with the standard's default; at most 4. */
uint32_t tree_address_cells(const void *tree, int node);
uint32_t tree_size_cells(const void *tree, int node);

/* A node with the nodes above it, so that nobody has to search for parents. */
struct tree_node {
	const void *tree;
	int offset;
	const struct tree_node *parent; /* NULL: this is the root */
};

/**
 * tree_reg - register range `index` of a node as the CPU sees it
 *
 * Translated through the `ranges` of every bus above.  False: no such range, or
 * the CPU cannot address it (an I2C device, say).
 */
bool tree_reg(const struct tree_node *n, unsigned int index, uint32_t *base,
	      uint32_t *size);

/* The last search by phandle, which is what the next one asks for too. */
struct tree_search {
	uint32_t phandle;
	int node;
};

/**
 * tree_interrupt - interrupt `index` of a node, as a number of the GIC
 * @search: zeroed at first; for one tree only
 *
 * From `interrupts-extended` or `interrupts`, through interrupt-maps.  0,
 * -XEN_ENOENT (no more), -XEN_ENODEV (another controller's) or -XEN_EINVAL.
 */
int tree_interrupt(const struct tree_node *n, unsigned int index,
		   struct tree_search *search, unsigned int *irq);

/**
 * tree_chain - a node given by its offset, with the nodes above it
 * @nodes: TREE_DEPTH_MAX elements
 * Returns the element of the node itself, or NULL.
 */
const struct tree_node *tree_chain(const void *tree, int node, struct tree_node *nodes);

#define TREE_SKIP 1 /* a visitor's answer: not what is below this node */

/**
 * tree_walk - visit every node below @root, parents first
 * Stops at a negative answer of @visit and returns it.
 */
int tree_walk(const struct tree_node *root,
	      int (*visit)(const struct tree_node *n, void *context), void *context);

/* Full path of a node for a message, cut if it is too long. */
void tree_path(const struct tree_node *n, char *text, uint32_t size);

#endif
