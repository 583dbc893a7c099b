/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From manifest to a domain ready to start: placement, loading, device tree.
 *
 * A domain's pseudo-physical memory, from ram_base:
 *
 *	sigma' (16 KiB)
 *	kernel: raw Image at +0x8000; ELF at its own place, or at +0x8000
 *	...
 *	device tree, initrd: just below the reserved end, but not above LOAD_LIMIT
 *	reserved end: what arch_domain_build() takes (descriptor, foreign table,
 *		second-level tables), then the console's relay and ring, xenstore ring,
 *		grant frames
 *	foreign window (no RAM behind it)
 */
#ifndef HV_DOMAIN_BUILD_H
#define HV_DOMAIN_BUILD_H

#include <hv/grant.h>
#include <hv/image.h>
#include <hv/tree.h>

struct domain;

#define KERNEL_OFFSET    0x8000u     /* of a raw Image, as Linux's TEXT_OFFSET */
#define LOAD_LIMIT       0x10000000u /* initrd and tree within: Linux's low memory */
#define DOMAIN_TREE_SIZE 0x10000u    /* room for a domain's tree, aligned to it */
#define DOMAIN_OWN_PAGES (3 + GRANT_FRAMES_MAX) /* rings and grant frames */

/* Bytes of a domain's RAM, from its base on. */
struct load_piece {
	uint32_t to;
	const void *from; /* NULL: zeros */
	uint32_t bytes;
};

#define LOAD_PIECES_MAX (1 + ELF_SEGMENTS_MAX + 2) /* zeros; kernel; FIT, initrd */

/*
 * How one domain will be built: what it is made of, and where each piece goes.  It
 * points into the FIT and the manifest.
 */
struct domain_plan {
	struct fit *fit;
	const struct manifest_domain *m;
	struct fit_image kernel, initrd, fdt;
	bool elf;
	struct elf_layout load; /* of the kernel */
	uint32_t reserved_size;
	uint32_t dtb_offset, initrd_offset; /* from ram_base */
	uint32_t initrd_size;               /* with the archive in front of it */
	const void *base;                   /* the fdt image, 8-byte aligned; or NULL */
	uint32_t copy_pages;                /* of the heap, when base is a copy */
	maddr_t machine_base;               /* {0}: not placed, or the domain's now */
	struct load_piece piece[LOAD_PIECES_MAX];
	unsigned int count;
	unsigned int at; /* progress of plan_load(): piece, bytes of it */
	uint32_t done;
	bool loaded; /* it flushes what it has copied */
};

/*
 * The steps from a plan to a domain, at boot and at run time.  All that can fail
 * answer 0 or a negative Xen errno with fit->part and fit->error set; then
 * plan_drop() is due all the same, and domain_destroy() if there is a domain.
 *
 * plan_make		check everything that can be checked without RAM
 * plan_place		take the RAM
 * plan_load		copy at most @bytes, or flush them; until it answers false
 * domain_assemble	create the domain, make sigma' and descriptor; *made is the
 *			domain as soon as there is one, NULL before
 * domain_describe	device tree and rings: it can be started
 * plan_drop		give back what is not the domain's
 *
 * They use arch_ram_pointer().
 */
int plan_make(struct domain_plan *p, struct fit *fit, const struct manifest_domain *m);
int plan_place(struct domain_plan *p, bool scrub);
bool plan_load(struct domain_plan *p, uint32_t bytes);
int domain_assemble(struct domain_plan *p, struct domain **made);
int domain_describe(struct domain *d, const struct domain_plan *p);
void plan_drop(struct domain_plan *p);

/**
 * domains_build - build every domain of the manifest, or none
 * @fit: its hashes are verified
 * @board: the board's device tree (in RAM, valid)
 *
 * Checks the whole manifest (budget, devices, engines, kernels) and places all RAM
 * before it creates the first domain.  The privileged domain becomes domain 0, the
 * others follow in the manifest's order.  Boot only; ends in boot_fail() when
 * anything is wrong.
 */
void domains_build(struct fit *fit, const struct manifest *manifest, const void *board);

/* Bytes at the end of a domain's RAM that the hypervisor keeps. */
uint32_t domain_reserved_size(uint32_t foreign_size);

/* Where the rings and grant frames lie: the last pages of the reserved end. */
paddr_t domain_relay_page(const struct domain *d);
paddr_t domain_console_page(const struct domain *d);
paddr_t domain_xenstore_page(const struct domain *d);
paddr_t domain_grant_frames(const struct domain *d);

/**
 * domain_tree_build - the domain's device tree, edited or made from nothing
 * @base: the tree to edit (NULL: a minimal one)
 * @to, @size: room for the result, 8-byte aligned
 *
 * d is placed and built (arch_domain_build), its initrd set.  A domain that is not
 * direct mapped gets dma-ranges on the buses of its devices.
 * Returns the size used, or a negative Xen errno with *error set.
 */
int domain_tree_build(struct domain *d, const struct manifest_domain *m,
		      const struct fit *fit, const void *base, void *to, uint32_t size,
		      const char **error);

/**
 * domain_devices_check - may each domain have the devices that it lists?
 *
 * Refused: nodes that do not exist or are disabled, the hypervisor's own devices,
 * RAM, a device or an interrupt in two domains ("all" means all).
 * 0 or a negative Xen errno with fit->part and fit->error set.
 */
int domain_devices_check(struct fit *fit, const struct manifest *manifest,
			 const void *board);

/* Devices: each node the domain owns gives it its registers and interrupts. */
int domain_devices_assign(struct domain *d, const struct manifest_domain *m,
			  const struct fit *fit, const void *board, const char **error);

/*
 * Which nodes of a tree are a domain's: everything, or the listed nodes and what is
 * below them.
 */
struct device_list {
	bool all;
	unsigned int count;
	int node[DEVICES_MAX];
};

/**
 * device_list_resolve - find a manifest's `devices` in a tree
 *
 * An entry is a path, an alias, or a label (when the tree has /__symbols__).
 * Returns the first entry that the tree does not have (left out), or NULL.
 */
const char *device_list_resolve(struct device_list *list, const struct manifest_domain *m,
				const struct fit *fit, const void *tree);
bool device_list_empty(const struct device_list *list);
bool device_list_owns(const struct device_list *list, const struct tree_node *n);
/* Is something below n listed? */
bool device_list_below(const struct device_list *list, const struct tree_node *n);

/* /cpus, /memory, /chosen …: nodes of the root that describe no device. */
bool device_is_special(const struct tree_node *n);

/* The i-th node that a device's memory-region names; false: no more. */
bool device_memory_region(const struct tree_node *n, unsigned int i,
			  struct tree_node *region, struct tree_node *parent);

#endif
