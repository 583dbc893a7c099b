// SPDX-License-Identifier: GPL-2.0-only
/*
 * A domain's device tree: written from front to back in one go (libfdt's
 * sequential writer), copying from the base tree what the domain may see.
 */
#include <hv/board.h>
#include <hv/domain.h>
#include <hv/domain_build.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <libfdt.h>

/* The bus that devices of the root are moved to when they need dma-ranges. */
#define DMA_BUS "sigma-bus"

#define FDT_IRQ_PPI         1
#define IRQ_LEVEL_HIGH_4CPU 0xf04 /* GIC binding: level high, every CPU */
#define IRQ_LEVEL_LOW_4CPU  0xf08

struct writer {
	void *to;
	int error; /* first error of libfdt */
	const struct domain *d;
	const struct manifest_domain *m;
	const void *base; /* NULL: none */
	struct device_list list;
	int console;            /* in base */
	int interrupts;         /* interrupt controller in base, -1: none */
	uint32_t phandle;       /* of the interrupt controller */
	uint32_t address_cells; /* of the root */
	uint32_t size_cells;
	bool moved; /* devices of the root go to DMA_BUS */
};

static void note(struct writer *w, int result)
{
	if (w->error == 0 && result < 0)
		w->error = result;
}

static void begin(struct writer *w, const char *name)
{
	note(w, fdt_begin_node(w->to, name));
}

static void end(struct writer *w)
{
	note(w, fdt_end_node(w->to));
}

static void put(struct writer *w, const char *name, const void *value, uint32_t bytes)
{
	note(w, fdt_property(w->to, name, value, (int)bytes));
}

static void put_string(struct writer *w, const char *name, const char *text)
{
	put(w, name, text, (uint32_t)strlen(text) + 1);
}

static void put_cell(struct writer *w, const char *name, uint32_t value)
{
	note(w, fdt_property_u32(w->to, name, value));
}

/* Number in `count` cells, appended to an array. */
static fdt32_t *append(fdt32_t *to, uint32_t count, uint32_t value)
{
	for (uint32_t i = 0; i < count; i++)
		fdt32_st(to + i, i + 1 == count ? value : 0);
	return to + count;
}

static void put_range(struct writer *w, const char *name, uint32_t base, uint32_t size)
{
	fdt32_t cells[8], *p = cells;

	p = append(p, w->address_cells, base);
	p = append(p, w->size_cells, size);
	put(w, name, cells, (uint32_t)((char *)p - (char *)cells));
}

static void put_interrupt(struct writer *w, uint32_t ppi, uint32_t flags)
{
	fdt32_t cells[3];

	fdt32_st(&cells[0], FDT_IRQ_PPI);
	fdt32_st(&cells[1], ppi);
	fdt32_st(&cells[2], flags);
	put_cell(w, "interrupt-parent", w->phandle);
	put(w, "interrupts", cells, sizeof(cells));
}

/* The nodes that this file writes itself, so that a base's are left out. */
static bool is_ours(const struct tree_node *n)
{
	static const char *const names[] = {"hypervisor", "sigma", "timer", DMA_BUS};
	const char *name = tree_name(n->tree, n->offset);

	if (n->parent == NULL || n->parent->parent != NULL)
		return false;
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool is_device(const struct tree_node *n)
{
	uint32_t base, size;

	return tree_reg(n, 0, &base, &size);
}

/*
 * Does the domain see this node?  Devices only when it owns them or something
 * below; what has no registers (clocks, regulators, buses) as soon as it owns any.
 */
static bool is_seen(const struct writer *w, const struct tree_node *n)
{
	if (device_is_special(n) || is_ours(n))
		return false;
	if (board_node_role(n->tree, n->offset, w->console) != ROLE_NONE)
		return false;
	if (w->list.all)
		return true;
	if (device_list_empty(&w->list))
		return false;
	return device_list_owns(&w->list, n) || !is_device(n) ||
	       device_list_below(&w->list, n);
}

static bool is_moved(const struct writer *w, const struct tree_node *n)
{
	return w->moved && n->parent != NULL && n->parent->parent == NULL && is_device(n);
}

static bool region_is_kept(const struct writer *w, int region);

/* memory-region, when one of the regions is not there any more? */
static bool has_lost_region(const struct writer *w, const struct tree_node *n)
{
	struct tree_node region, parent;

	for (unsigned int i = 0; device_memory_region(n, i, &region, &parent); i++)
		if (!region_is_kept(w, region.offset))
			return true;
	return false;
}

static bool among(const char *name, const char *const *names)
{
	for (; names != NULL && *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* Copy the properties of a node of the base but those named (NULL ends the list). */
static void copy_properties(struct writer *w, int node, const char *const *without)
{
	const char *name;
	const void *value;
	int offset, length;

	fdt_for_each_property_offset(offset, w->base, node) {
		value = fdt_getprop_by_offset(w->base, offset, &name, &length);
		if (value != NULL && !among(name, without))
			put(w, name, value, (uint32_t)length);
	}
}

/*
 * A bus of a domain that is not direct mapped.  Linux takes the nearest dma-ranges
 * that is not empty and wants one, if only empty, on every bus up to there.
 */
static void put_dma_ranges(struct writer *w, const struct tree_node *n)
{
	fdt32_t cells[12], *p = cells;

	if (n->parent->parent == NULL || is_moved(w, n->parent)) {
		p = append(p, tree_address_cells(n->tree, n->offset),
			   w->d->machine_base.m);
		p = append(p, w->address_cells, w->d->ram_base.p);
		p = append(p, tree_size_cells(n->tree, n->offset), w->d->ram_size);
	}
	put(w, "dma-ranges", cells, (uint32_t)((char *)p - (char *)cells));
}

static void copy_node(struct writer *w, const struct tree_node *n)
{
	static const char *const nothing[] = {NULL};
	static const char *const no_dma[] = {"dma-ranges", NULL};
	static const char *const no_region[] = {"memory-region", NULL};
	bool bus = w->moved && tree_has(n->tree, n->offset, "ranges");
	struct tree_node child = {n->tree, 0, n};

	begin(w, tree_name(n->tree, n->offset));
	copy_properties(w, n->offset,
			bus                     ? no_dma
			: has_lost_region(w, n) ? no_region
						: nothing);
	if (bus)
		put_dma_ranges(w, n);
	tree_for_each_child(child.offset, n->tree, n->offset)
	{
		if (is_seen(w, &child))
			copy_node(w, &child);
	}
	end(w);
}

/*
 * The paravirtual interrupt controller: it takes the place of the board's, phandle
 * and all, so that whatever refers to that one still does.
 */
static void put_interrupt_controller(struct writer *w)
{
	static const char *const without[] = {"compatible",
					      "reg",
					      "interrupts",
					      "interrupt-parent",
					      "phandle",
					      "linux,phandle",
					      "#interrupt-cells",
					      "interrupt-controller",
					      "status",
					      "#address-cells",
					      NULL};

	begin(w, "interrupt-controller");
	put_string(w, "compatible", "sigma,virq");
	put(w, "interrupt-controller", "", 0);
	put_cell(w, "#interrupt-cells", 3);
	put_cell(w, "#address-cells", 0);
	put_cell(w, "phandle", w->phandle);
	if (w->interrupts >= 0)
		copy_properties(w, w->interrupts, without);
	end(w);
}

static void put_cpus(struct writer *w)
{
	char name[8];

	begin(w, "cpus");
	put_cell(w, "#address-cells", 1);
	put_cell(w, "#size-cells", 0);
	for (unsigned int i = 0; i < w->d->vcpu_count; i++) {
		hv_snprintf(name, sizeof(name), "cpu@%u", i);
		begin(w, name);
		put_string(w, "device_type", "cpu");
		put_string(w, "compatible", board_cpu());
		put_cell(w, "reg", i);
		put_string(w, "enable-method", "psci");
		end(w);
	}
	end(w);
}

/* RAM and the foreign window are one range: Linux wants frames that it can name. */
static void put_memory(struct writer *w)
{
	char name[20];

	hv_snprintf(name, sizeof(name), "memory@%x", w->d->ram_base.p);
	begin(w, name);
	put_string(w, "device_type", "memory");
	put_range(w, "reg", w->d->ram_base.p, w->d->ram_size + w->d->foreign_size);
	end(w);
}

static void put_chosen(struct writer *w)
{
	static const char *const without[] = {"bootargs",          "stdout-path",
					      "linux,stdout-path", "linux,initrd-start",
					      "linux,initrd-end",  NULL};
	const struct domain *d = w->d;
	int chosen = w->base != NULL ? tree_find(w->base, "/chosen") : -1;
	const char *bootargs = w->m->bootargs;

	begin(w, "chosen");
	if (chosen >= 0) {
		copy_properties(w, chosen, without);
		if (bootargs == NULL)
			bootargs = tree_string(w->base, chosen, "bootargs");
	}
	if (bootargs != NULL)
		put_string(w, "bootargs", bootargs);
	if (d->initrd_size != 0) {
		put_cell(w, "linux,initrd-start", d->initrd.p);
		put_cell(w, "linux,initrd-end", d->initrd.p + d->initrd_size);
	}
	end(w);
}

static void put_hypervisor(struct writer *w)
{
	static const char compatible[] = "xen,xen-4.17\0xen,xen";
	fdt32_t foreign[2];

	begin(w, "psci");
	put_string(w, "compatible", "arm,psci-1.0");
	put_string(w, "method", "smc");
	end(w);

	begin(w, "timer");
	put_string(w, "compatible", "sigma,timer");
	put_interrupt(w, SIGMA_VIRQ_TIMER - 16, IRQ_LEVEL_HIGH_4CPU);
	end(w);

	begin(w, "hypervisor");
	put(w, "compatible", compatible, sizeof(compatible));
	put_range(w, "reg", domain_grant_frames(w->d).p, GRANT_FRAMES_MAX * PAGE_SIZE);
	put_interrupt(w, SIGMA_VIRQ_EVENT - 16, IRQ_LEVEL_LOW_4CPU);
	end(w);

	begin(w, "sigma");
	put_string(w, "compatible", "sigma,domain-1");
	put_cell(w, "sigma,descriptor", (uint32_t)(uintptr_t)w->d->descriptor);
	fdt32_st(&foreign[0], w->d->foreign_base.p);
	fdt32_st(&foreign[1], w->d->foreign_size);
	put(w, "sigma,foreign", foreign, sizeof(foreign));
	end(w);
}

/* Does a device that the domain sees name this region? */
struct region_search {
	const struct writer *w;
	int region;
	bool found;
};

static int names_region(const struct tree_node *n, void *context)
{
	struct region_search *search = context;
	struct tree_node region, parent;

	if (!is_seen(search->w, n))
		return TREE_SKIP;
	for (unsigned int i = 0; device_memory_region(n, i, &region, &parent); i++)
		search->found |= region.offset == search->region;
	return 0;
}

/*
 * Of the reserved memory, a domain keeps what its devices name and what is no
 * RAM: the board's RAM is not the domain's.  Regions without a place are made by
 * the guest itself, in its own RAM.
 */
static bool region_is_kept(const struct writer *w, int region)
{
	struct tree_node root = {w->base, 0, NULL};
	struct tree_node parent = {w->base, tree_find(w->base, "/reserved-memory"),
				   &root};
	struct tree_node n = {w->base, region, &parent};
	struct region_search search = {w, region, false};
	uint32_t base, size;

	if (!tree_has(w->base, region, "reg"))
		return true;
	if (device_list_empty(&w->list))
		return false;
	if (!tree_reg(&n, 0, &base, &size) || ram_touches(maddr(base), size))
		return false;
	tree_walk(&root, names_region, &search);
	return search.found;
}

static void put_reserved_memory(struct writer *w)
{
	int parent = tree_find(w->base, "/reserved-memory"), node;
	bool begun = false;

	if (parent < 0)
		return;
	tree_for_each_child(node, w->base, parent)
	{
		if (!region_is_kept(w, node))
			continue;
		if (!begun) {
			begin(w, "reserved-memory");
			copy_properties(w, parent, NULL);
		}
		begun = true;
		begin(w, tree_name(w->base, node));
		copy_properties(w, node, NULL);
		end(w);
	}
	if (begun)
		end(w);
}

/* Is the node at this path of the base in the new tree, and below DMA_BUS there? */
static bool path_is_seen(const struct writer *w, const struct tree_node *above,
			 const char *path, bool *moved)
{
	struct tree_node n = {above->tree, 0, above};
	size_t length;

	while (*path == '/')
		path++;
	if (*path == '\0')
		return above->parent != NULL;
	for (length = 0; path[length] != '\0' && path[length] != '/'; length++)
		;
	n.offset = tree_child(above->tree, above->offset, path, length);
	if (n.offset < 0 || !is_seen(w, &n))
		return false;
	*moved |= is_moved(w, &n);
	return path_is_seen(w, &n, path + length, moved);
}

static void put_aliases(struct writer *w)
{
	const struct tree_node root = {w->base, 0, NULL};
	int aliases = tree_find(w->base, "/aliases"), offset;
	const char *name, *path;
	char text[160];
	bool moved;

	if (aliases < 0 || device_list_empty(&w->list))
		return;
	begin(w, "aliases");
	fdt_for_each_property_offset(offset, w->base, aliases) {
		if (fdt_getprop_by_offset(w->base, offset, &name, NULL) == NULL)
			continue;
		path = tree_string(w->base, aliases, name);
		moved = false;
		if (path == NULL || path[0] != '/' ||
		    !path_is_seen(w, &root, path, &moved))
			continue;
		hv_snprintf(text, sizeof(text), "%s%s", moved ? "/" DMA_BUS : "", path);
		put_string(w, name, text);
	}
	end(w);
}

/* Copy what is directly below the root: the devices to be moved, or all others. */
static void copy_top(struct writer *w, bool moved)
{
	const struct tree_node root = {w->base, 0, NULL};
	struct tree_node n = {w->base, 0, &root};

	tree_for_each_child(n.offset, w->base, 0)
	{
		if (is_seen(w, &n) && is_moved(w, &n) == moved)
			copy_node(w, &n);
	}
}

/* The root cannot have dma-ranges (Linux: nothing above to translate to). */
static void put_dma_bus(struct writer *w)
{
	fdt32_t cells[12], *p = cells;

	p = append(p, w->address_cells, w->d->machine_base.m);
	p = append(p, w->address_cells, w->d->ram_base.p);
	p = append(p, w->size_cells, w->d->ram_size);
	begin(w, DMA_BUS);
	put_string(w, "compatible", "simple-bus");
	put_cell(w, "#address-cells", w->address_cells);
	put_cell(w, "#size-cells", w->size_cells);
	put(w, "ranges", "", 0);
	put(w, "dma-ranges", cells, (uint32_t)((char *)p - (char *)cells));
	copy_top(w, true);
	end(w);
}

static void put_root_properties(struct writer *w)
{
	static const char *const without[] = {"#address-cells", "#size-cells",
					      "interrupt-parent", NULL};

	put_cell(w, "#address-cells", w->address_cells);
	put_cell(w, "#size-cells", w->size_cells);
	put_cell(w, "interrupt-parent", w->phandle);
	if (w->base != NULL) {
		copy_properties(w, 0, without);
	} else {
		put_string(w, "compatible", "sigma,domain");
		put_string(w, "model", "Sigma domain");
	}
}

static void put_root(struct writer *w)
{
	begin(w, "");
	put_root_properties(w);
	put_chosen(w);
	if (w->base != NULL)
		put_aliases(w);
	put_memory(w);
	put_cpus(w);
	put_interrupt_controller(w);
	put_hypervisor(w);
	if (w->base != NULL) {
		put_reserved_memory(w);
		copy_top(w, false);
		if (w->moved)
			put_dma_bus(w);
	}
	end(w);
}

/* What Linux must not take for free memory. */
static void put_reservations(struct writer *w)
{
	const struct domain *d = w->d;

	note(w, fdt_add_reservemap_entry(w->to, d->ram_base.p, SIGMA_TABLE_SIZE));
	note(w, fdt_add_reservemap_entry(w->to, d->reserved_base.p, d->reserved_size));
	note(w, fdt_add_reservemap_entry(w->to, d->foreign_base.p, d->foreign_size));
	note(w, fdt_finish_reservemap(w->to));
}

static int find_interrupts(const struct tree_node *n, void *context)
{
	struct writer *w = context;

	if (w->interrupts < 0 &&
	    board_node_role(n->tree, n->offset, w->console) == ROLE_INTERRUPTS)
		w->interrupts = n->offset;
	return w->interrupts < 0 ? 0 : TREE_SKIP;
}

static void study_base(struct writer *w, const struct fit *fit)
{
	const struct tree_node root = {w->base, 0, NULL};

	device_list_resolve(&w->list, w->m, fit, w->base);
	w->console = board_console_node(w->base);
	w->address_cells = tree_address_cells(w->base, 0);
	w->size_cells = tree_size_cells(w->base, 0);
	w->moved =
		w->d->machine_base.m != w->d->ram_base.p && !device_list_empty(&w->list);
	tree_walk(&root, find_interrupts, w);
	if (w->interrupts >= 0)
		tree_cell(w->base, w->interrupts, "phandle", &w->phandle);
	if (w->phandle == 0 && fdt_generate_phandle(w->base, &w->phandle) != 0)
		w->phandle = 1;
}

static int finish(struct writer *w, const char **error)
{
	note(w, fdt_finish(w->to));
	if (w->error == 0)
		return (int)fdt_totalsize(w->to);
	*error = w->error == -FDT_ERR_NOSPACE ? "its device tree is too large"
					      : "its device tree cannot be written";
	return w->error == -FDT_ERR_NOSPACE ? -XEN_ENOSPC : -XEN_EINVAL;
}

int domain_tree_build(struct domain *d, const struct manifest_domain *m,
		      const struct fit *fit, const void *base, void *to, uint32_t size,
		      const char **error)
{
	struct writer w = {
		.to = to,
		.d = d,
		.m = m,
		.base = base,
		.console = -1,
		.interrupts = -1,
		.phandle = 1,
		.address_cells = 1,
		.size_cells = 1,
	};

	if (base != NULL) {
		w.phandle = 0;
		study_base(&w, fit);
	}
	/* Looking each name up again would cost more than the 6 KiB it saves. */
	note(&w, fdt_create_with_flags(to, (int)size, FDT_CREATE_FLAG_NO_NAME_DEDUP));
	put_reservations(&w);
	put_root(&w);
	return finish(&w, error);
}
