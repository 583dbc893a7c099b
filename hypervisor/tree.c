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

static const fdt32_t *token_at(const void *tree, int offset)
{
	return (const void *)((const char *)tree + fdt_off_dt_struct(tree) + offset);
}

static int aligned(size_t bytes)
{
	return (int)((bytes + 3) & ~(size_t)3);
}

const char *tree_name(const void *tree, int node)
{
	return (const char *)(token_at(tree, node) + 1);
}

/* Offset of the token behind the one at `offset`. */
static int token_end(const void *tree, int offset)
{
	const fdt32_t *token = token_at(tree, offset);

	switch (fdt32_to_cpu(*token)) {
	case FDT_BEGIN_NODE:
		return offset + 4 + aligned(strlen((const char *)(token + 1)) + 1);
	case FDT_PROP:
		return offset + 12 + aligned(fdt32_to_cpu(token[1]));
	default:
		return offset + 4;
	}
}

/* The first tag at or behind `offset` that is no property: a node begins or ends. */
static uint32_t skip_properties(const void *tree, int *offset)
{
	uint32_t tag;

	for (;; *offset = token_end(tree, *offset)) {
		tag = fdt32_to_cpu(*token_at(tree, *offset));
		if (tag != FDT_PROP && tag != FDT_NOP)
			return tag;
	}
}

const void *tree_property(const void *tree, int node, const char *name, int *length)
{
	const char *strings = (const char *)tree + fdt_off_dt_strings(tree);
	const fdt32_t *token;
	uint32_t tag;

	if (node < 0)
		return NULL;
	for (node = token_end(tree, node);; node = token_end(tree, node)) {
		token = token_at(tree, node);
		tag = fdt32_to_cpu(token[0]);
		if (tag == FDT_NOP)
			continue;
		if (tag != FDT_PROP)
			return NULL;
		if (strcmp(strings + fdt32_to_cpu(token[2]), name) == 0)
			break;
	}
	if (length != NULL)
		*length = (int)fdt32_to_cpu(token[1]);
	return token + 3;
}

int tree_first_child(const void *tree, int node)
{
	if (node < 0)
		return -1;
	node = token_end(tree, node);
	return skip_properties(tree, &node) == FDT_BEGIN_NODE ? node : -1;
}

/* Offset behind a node and all that is below it. */
static int node_end(const void *tree, int node)
{
	int depth = 0;

	do {
		depth += skip_properties(tree, &node) == FDT_BEGIN_NODE ? 1 : -1;
		node = token_end(tree, node);
	} while (depth > 0);
	return node;
}

int tree_next_sibling(const void *tree, int node)
{
	node = node_end(tree, node);
	return skip_properties(tree, &node) == FDT_BEGIN_NODE ? node : -1;
}

bool tree_is_within(const void *tree, int node, int above)
{
	return node >= above && node < node_end(tree, above);
}

int tree_next_node(const void *tree, int node)
{
	uint32_t tag;

	do {
		node = token_end(tree, node);
		tag = skip_properties(tree, &node);
	} while (tag == FDT_END_NODE);
	return tag == FDT_BEGIN_NODE ? node : -1;
}

/* As in libfdt, a name without unit address fits the first node with any. */
int tree_child(const void *tree, int node, const char *name, size_t length)
{
	int child;

	tree_for_each_child(child, tree, node)
	{
		const char *other = tree_name(tree, child);

		if (strncmp(other, name, length) == 0 &&
		    (other[length] == '\0' ||
		     (other[length] == '@' && memchr(name, '@', length) == NULL)))
			return child;
	}
	return -1;
}

/* Up to the next slash or the end. */
static size_t step_length(const char *path)
{
	const char *slash = strchr(path, '/');

	return slash != NULL ? (size_t)(slash - path) : strlen(path);
}

/* The path that an alias stands for. */
static const char *alias_path(const void *tree, const char *name, size_t length)
{
	int aliases = tree_find(tree, "/aliases");
	char text[32];
	const char *path;

	if (aliases < 0 || length >= sizeof(text))
		return NULL;
	memcpy(text, name, length);
	text[length] = '\0';
	path = tree_string(tree, aliases, text);
	return path != NULL && path[0] == '/' ? path : NULL;
}

int tree_find(const void *tree, const char *path)
{
	int node = 0;
	size_t length;

	if (path[0] != '/') {
		length = step_length(path);
		node = -1;
		if (alias_path(tree, path, length) != NULL)
			node = tree_find(tree, alias_path(tree, path, length));
		path += length;
	}
	while (node >= 0) {
		while (*path == '/')
			path++;
		if (*path == '\0')
			break;
		length = step_length(path);
		node = tree_child(tree, node, path, length);
		path += length;
	}
	return node;
}

int tree_find_phandle(const void *tree, uint32_t phandle)
{
	uint32_t value;

	for (int node = 0; node >= 0; node = tree_next_node(tree, node)) {
		if (tree_cell(tree, node, "phandle", &value) != 0 &&
		    tree_cell(tree, node, "linux,phandle", &value) != 0)
			continue;
		if (value == phandle && phandle != 0 && phandle != UINT32_MAX)
			return node;
	}
	return -1;
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
	const char *list = tree_property(tree, node, name, &length);
	const char *text;

	if (list == NULL)
		return NULL;
	text = tree_string_next(list, length, &position);
	return position == length ? text : NULL;
}

int tree_cell(const void *tree, int node, const char *name, uint32_t *value)
{
	int length;
	const fdt32_t *cell = tree_property(tree, node, name, &length);

	if (cell == NULL)
		return -XEN_ENOENT;
	if (length != 4)
		return -XEN_EINVAL;
	*value = fdt32_ld(cell);
	return 0;
}

bool tree_is_compatible(const void *tree, int node, const char *compatible)
{
	int length;
	const char *list = tree_property(tree, node, "compatible", &length);

	return list != NULL && fdt_stringlist_contains(list, length, compatible);
}

bool tree_is_enabled(const void *tree, int node)
{
	const char *status = tree_string(tree, node, "status");

	return status == NULL || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

bool tree_has(const void *tree, int node, const char *name)
{
	return tree_property(tree, node, name, NULL) != NULL;
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
	const fdt32_t *ranges = tree_property(bus->tree, bus->offset, "ranges", &length);

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
	const fdt32_t *reg = tree_property(n->tree, n->offset, "reg", &length);

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

	tree_for_each_child(child.offset, root->tree, root->offset)
	{
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
	size_t used;

	if (n->parent == NULL) {
		text[0] = '\0';
		return;
	}
	tree_path(n->parent, text, size);
	used = strlen(text);
	hv_snprintf(text + used, size - used, "/%s", tree_name(n->tree, n->offset));
}

/* Descend to `node`, which lies below nodes[depth], as document order says. */
const struct tree_node *tree_chain(const void *tree, int node, struct tree_node *nodes)
{
	int child, below, depth = 0;

	nodes[0] = (struct tree_node){tree, 0, NULL};
	while (nodes[depth].offset != node) {
		below = -1;
		tree_for_each_child(child, tree, nodes[depth].offset)
		{
			if (child <= node)
				below = child;
		}
		if (below < 0 || ++depth == TREE_DEPTH_MAX)
			return NULL;
		nodes[depth] = (struct tree_node){tree, below, &nodes[depth - 1]};
	}
	return &nodes[depth];
}
