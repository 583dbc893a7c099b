// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device trees, read with suspicion.
 */
#include <hv/tree.h>
#include <hv/printk.h>
#include <hv/xen.h>
#include <libfdt.h>

static bool printable(const char *text, int length)
{
	for (int i = 0; i < length; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return true;
}

static const char *header_error(int error)
{
	switch (-error) {
	case FDT_ERR_BADMAGIC:
		return "is not a device tree (wrong magic number)";
	case FDT_ERR_BADVERSION:
		return "is a device tree of an unknown version";
	default:
		return "is damaged: the tree's blocks lie outside of it";
	}
}

static int check_header(const void *blob, uint32_t size, const char **error)
{
	int result;

	if (size < sizeof(struct fdt_header)) {
		*error = "is truncated: too short for a device tree";
		return -XEN_EILSEQ;
	}
	result = fdt_check_header(blob);
	if (result != 0) {
		*error = header_error(result);
		return -XEN_EILSEQ;
	}
	if (fdt_totalsize(blob) > size) {
		*error = "is truncated: the device tree says that it is longer";
		return -XEN_EILSEQ;
	}
	if (fdt_version(blob) < 17 || (fdt_off_dt_struct(blob) & 3) != 0 ||
	    (fdt_off_mem_rsvmap(blob) & 7) != 0) {
		*error = "is damaged: the device tree's header makes no sense";
		return -XEN_EILSEQ;
	}
	return 0;
}

static bool check_node_name(const void *blob, int offset)
{
	int length;
	const char *name = fdt_get_name(blob, offset, &length);

	return name != NULL && printable(name, length);
}

static bool check_property(const void *blob, int offset)
{
	const char *name;
	int length;

	return fdt_getprop_by_offset(blob, offset, &name, &length) != NULL &&
	       printable(name, (int)strlen(name));
}

/* Follow the structure block from its first tag to its last. */
static bool check_structure(const void *blob)
{
	int offset = 0, next = 0, depth = 0;

	for (;; offset = next) {
		switch (fdt_next_tag(blob, offset, &next)) {
		case FDT_BEGIN_NODE:
			if ((depth == 0) != (offset == 0) || ++depth > TREE_DEPTH_MAX ||
			    !check_node_name(blob, offset))
				return false;
			break;
		case FDT_END_NODE:
			if (--depth < 0)
				return false;
			break;
		case FDT_PROP:
			if (depth == 0 || !check_property(blob, offset))
				return false;
			break;
		case FDT_NOP:
			break;
		default:
			return next >= 0 && depth == 0 && offset != 0;
		}
	}
}

int tree_check(const void *blob, uint32_t size, const char **error)
{
	int result = check_header(blob, size, error);

	if (result != 0)
		return result;
	if (!check_structure(blob) || fdt_num_mem_rsv(blob) < 0) {
		*error = "is damaged: the device tree's structure is broken";
		return -XEN_EILSEQ;
	}
	return 0;
}

const char *tree_string_next(const char *list, int length, int *position)
{
	const char *text = list + *position;
	int room = length - *position;
	size_t bytes;

	if (room <= 0)
		return NULL;
	bytes = strnlen(text, (size_t)room);
	if (bytes == (size_t)room || !printable(text, (int)bytes))
		return NULL;
	*position += (int)bytes + 1;
	return text;
}

const char *tree_string(const void *tree, int node, const char *name)
{
	int length, position = 0;
	const char *list = fdt_getprop(tree, node, name, &length);
	const char *text;

	if (list == NULL)
		return NULL;
	text = tree_string_next(list, length, &position);
	return position == length ? text : NULL;
}

int tree_cell(const void *tree, int node, const char *name, uint32_t *value)
{
	int length;
	const fdt32_t *cell = fdt_getprop(tree, node, name, &length);

	if (cell == NULL)
		return -XEN_ENOENT;
	if (length != 4)
		return -XEN_EINVAL;
	*value = fdt32_ld(cell);
	return 0;
}

bool tree_is_compatible(const void *tree, int node, const char *compatible)
{
	return fdt_node_check_compatible(tree, node, compatible) == 0;
}

bool tree_is_enabled(const void *tree, int node)
{
	const char *status = tree_string(tree, node, "status");

	return status == NULL || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

bool tree_has(const void *tree, int node, const char *name)
{
	return fdt_getprop(tree, node, name, NULL) != NULL;
}

static uint32_t cells(const void *tree, int node, const char *name, uint32_t standard)
{
	uint32_t value;

	return tree_cell(tree, node, name, &value) == 0 && value <= 4 ? value : standard;
}

uint32_t tree_address_cells(const void *tree, int node)
{
	return cells(tree, node, "#address-cells", 2);
}

uint32_t tree_size_cells(const void *tree, int node)
{
	return cells(tree, node, "#size-cells", 1);
}

/* Is address of `count` cells in [start, start + size)?  Then its offset there. */
static bool address_in(const fdt32_t *address, const fdt32_t *start, uint32_t count,
		       uint32_t size, uint32_t *offset)
{
	uint32_t low = fdt32_ld(address + count - 1);
	uint32_t base = fdt32_ld(start + count - 1);

	for (uint32_t i = 0; i + 1 < count; i++)
		if (fdt32_ld(address + i) != fdt32_ld(start + i))
			return false;
	if (low < base || low - base >= size)
		return false;
	*offset = low - base;
	return true;
}

/*
 * One step up: from an address on the bus `bus` to one on the bus above it, in
 * place.  An entry of `ranges` is <child address, parent address, size>.
 */
static bool translate_up(const struct tree_node *bus, fdt32_t *address)
{
	uint32_t child = tree_address_cells(bus->tree, bus->offset);
	uint32_t parent = tree_address_cells(bus->tree, bus->parent->offset);
	uint32_t sizes = tree_size_cells(bus->tree, bus->offset);
	uint32_t entry = child + parent + sizes, offset, low;
	int length;
	const fdt32_t *ranges = fdt_getprop(bus->tree, bus->offset, "ranges", &length);

	if (ranges == NULL || child == 0 || parent == 0)
		return false;
	if (length == 0)
		return child == parent;
	if (sizes == 0)
		return false;
	for (uint32_t left = (uint32_t)length / 4; left >= entry; left -= entry) {
		if (address_in(address, ranges, child, fdt32_ld(ranges + entry - 1),
			       &offset)) {
			memcpy(address, ranges + child, parent * sizeof(*address));
			low = fdt32_ld(address + parent - 1);
			fdt32_st(address + parent - 1, low + offset);
			return !add_overflows(low, offset);
		}
		ranges += entry;
	}
	return false;
}

bool tree_reg(const struct tree_node *n, unsigned int index, uint32_t *base,
	      uint32_t *size)
{
	const struct tree_node *bus = n->parent;
	fdt32_t address[4];
	uint32_t count, sizes;
	int length;
	const fdt32_t *reg = fdt_getprop(n->tree, n->offset, "reg", &length);

	if (reg == NULL || bus == NULL)
		return false;
	count = tree_address_cells(n->tree, bus->offset);
	sizes = tree_size_cells(n->tree, bus->offset);
	if (count == 0 || sizes == 0 || index >= (uint32_t)length / 4 / (count + sizes))
		return false;
	reg += index * (count + sizes);
	memcpy(address, reg, count * sizeof(*reg));
	*size = fdt32_ld(reg + count + sizes - 1);
	if (sizes > 1 && fdt32_ld(reg + count + sizes - 2) != 0)
		return false;
	for (; bus->parent != NULL; bus = bus->parent) {
		if (!translate_up(bus, address))
			return false;
		count = tree_address_cells(n->tree, bus->parent->offset);
	}
	for (uint32_t i = 0; i + 1 < count; i++)
		if (fdt32_ld(address + i) != 0)
			return false;
	*base = fdt32_ld(address + count - 1);
	return *size != 0 && *size - 1 <= UINT32_MAX - *base;
}

int tree_walk(const struct tree_node *root,
	      int (*visit)(const struct tree_node *n, void *context), void *context)
{
	struct tree_node child = {root->tree, 0, root};
	int result;

	fdt_for_each_subnode(child.offset, root->tree, root->offset) {
		result = visit(&child, context);
		if (result == 0)
			result = tree_walk(&child, visit, context);
		if (result < 0)
			return result;
	}
	return 0;
}

void tree_path(const struct tree_node *n, char *text, uint32_t size)
{
	const char *name = fdt_get_name(n->tree, n->offset, NULL);
	size_t used;

	if (n->parent == NULL) {
		text[0] = '\0';
		return;
	}
	tree_path(n->parent, text, size);
	used = strlen(text);
	hv_snprintf(text + used, size - used, "/%s", name != NULL ? name : "?");
}

const struct tree_node *tree_chain(const void *tree, int node, struct tree_node *nodes)
{
	int depth = fdt_node_depth(tree, node);

	if (depth < 0 || depth >= TREE_DEPTH_MAX)
		return NULL;
	for (int i = 0; i <= depth; i++) {
		nodes[i].tree = tree;
		nodes[i].offset = fdt_supernode_atdepth_offset(tree, node, i, NULL);
		nodes[i].parent = i == 0 ? NULL : &nodes[i - 1];
	}
	return &nodes[depth];
}
