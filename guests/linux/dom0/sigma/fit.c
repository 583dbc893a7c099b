// SPDX-License-Identifier: GPL-2.0-only
#include <libfdt.h>
#include <string.h>

#include "crc32.h"
#include "fit.h"
#include "image.h"

#define ZIMAGE_MAGIC  0x016f2818u /* word 9: Documentation/arch/arm/booting.rst */
#define ZIMAGE_OFFSET 36
#define SIZE_MAX_FIT  0x40000000u

enum { KERNEL, RAMDISK, DTB };

static uint32_t align_up(uint32_t value)
{
	return (value + FIT_ALIGN - 1) & ~(FIT_ALIGN - 1);
}

static bool load_part(struct fit_part *part, const struct source *source)
{
	if (source->name == NULL)
		return true;
	if (source->in_image) {
		if (!image_open())
			return false;
		part->data = image_data(source->name, &part->bytes);
	} else {
		part->data = map_file(source->name, &part->bytes);
		part->mapped = true;
	}
	return part->data != NULL;
}

static bool starts_with(const struct fit_part *part, const char *bytes, size_t count)
{
	return part->bytes >= count && memcmp(part->data, bytes, count) == 0;
}

/* The kinds of kernel files that people have and that cannot be started here. */
static bool check_kernel(const struct fit_part *part, const char *name)
{
	uint32_t word = 0;

	if (part->bytes >= ZIMAGE_OFFSET + sizeof(word))
		memcpy(&word, (const char *)part->data + ZIMAGE_OFFSET, sizeof(word));
	if (word == ZIMAGE_MAGIC)
		return complain("%s: is a zImage, which unpacks itself with the MMU off; "
				"take arch/arm/boot/Image",
				name);
	if (starts_with(part, "\x27\x05\x19\x56", 4))
		return complain("%s: is a uImage of U-Boot; take arch/arm/boot/Image",
				name);
	if (starts_with(part, "\x1f\x8b", 2))
		return complain("%s: is compressed (gzip); unpack it first", name);
	return true;
}

static bool check_tree(const struct fit_part *part, const char *name)
{
	if (part->bytes < sizeof(struct fdt_header) ||
	    fdt_check_header(part->data) != 0 || fdt_totalsize(part->data) > part->bytes)
		return complain("%s: is not a device tree (a .dtb, made by dtc)", name);
	return true;
}

static bool load_parts(struct fit *fit, const struct description *d)
{
	if (!load_part(&fit->part[KERNEL], &d->kernel) ||
	    !check_kernel(&fit->part[KERNEL], d->kernel.name) ||
	    !load_part(&fit->part[RAMDISK], &d->ramdisk) ||
	    !load_part(&fit->part[DTB], &d->dtb))
		return false;
	return fit->part[DTB].data == NULL || check_tree(&fit->part[DTB], d->dtb.name);
}

/* Places for the images behind the tree.  false: complained. */
static bool lay_out(struct fit *fit, const struct description *d)
{
	size_t end = 0;

	for (struct fit_part *part = fit->part; part < fit->part + FIT_PARTS; part++) {
		if (part->bytes > SIZE_MAX_FIT || end > SIZE_MAX_FIT)
			return complain("%s: its images are too large", d->name);
		part->offset = (uint32_t)end;
		end = align_up((uint32_t)(end + part->bytes));
	}
	fit->size = (uint32_t)end;
	return true;
}

static int put_image(void *tree, const struct fit_part *part)
{
	fdt32_t hash = cpu_to_fdt32(crc32(part->data, part->bytes));

	return fdt_begin_node(tree, part->name) ||
	       fdt_property_string(tree, "type", part->type) ||
	       fdt_property_string(tree, "arch", "arm") ||
	       fdt_property_string(tree, "os", "linux") ||
	       fdt_property_string(tree, "compression", "none") ||
	       fdt_property_u32(tree, "load", 0) || fdt_property_u32(tree, "entry", 0) ||
	       fdt_property_u32(tree, "data-offset", part->offset) ||
	       fdt_property_u32(tree, "data-size", (uint32_t)part->bytes) ||
	       fdt_begin_node(tree, "hash-1") ||
	       fdt_property_string(tree, "algo", "crc32") ||
	       fdt_property(tree, "value", &hash, sizeof(hash)) || fdt_end_node(tree) ||
	       fdt_end_node(tree);
}

static int put_domain(void *tree, const struct fit *fit, const struct description *d)
{
	return fdt_begin_node(tree, d->name) ||
	       fdt_property_string(tree, "kernel", fit->part[KERNEL].name) ||
	       (fit->part[RAMDISK].data != NULL &&
		fdt_property_string(tree, "initrd", fit->part[RAMDISK].name)) ||
	       (fit->part[DTB].data != NULL &&
		fdt_property_string(tree, "fdt", fit->part[DTB].name)) ||
	       (d->cmdline != NULL &&
		fdt_property_string(tree, "bootargs", d->cmdline)) ||
	       fdt_property_u32(tree, "memory", d->memory) ||
	       fdt_property_u32(tree, "foreign", d->foreign) ||
	       fdt_property_u32(tree, "vcpus", d->vcpus) ||
	       fdt_property_u32(tree, "weight", d->weight) ||
	       fdt_property_string(tree, "engine", "trampoline") || fdt_end_node(tree);
}

static int put_tree(struct fit *fit, const struct description *d)
{
	void *tree = fit->tree;
	int result = fdt_create(tree, FIT_TREE_MAX - FIT_ALIGN) ||
		     fdt_finish_reservemap(tree) || fdt_begin_node(tree, "") ||
		     fdt_property_string(tree, "description", d->name) ||
		     fdt_property_u32(tree, "#address-cells", 1) ||
		     fdt_begin_node(tree, "images");

	for (unsigned int i = 0; i < FIT_PARTS && result == 0; i++)
		if (fit->part[i].data != NULL)
			result = put_image(tree, &fit->part[i]);
	return result || fdt_end_node(tree) || fdt_begin_node(tree, "domains") ||
	       fdt_property_string(tree, "compatible", "sigma,domains-1") ||
	       put_domain(tree, fit, d) || fdt_end_node(tree) || fdt_end_node(tree) ||
	       fdt_finish(tree);
}

bool fit_make(struct fit *fit, const struct description *d)
{
	memset(fit, 0, sizeof(*fit));
	fit->part[KERNEL] = (struct fit_part){.name = "kernel", .type = "kernel"};
	fit->part[RAMDISK] = (struct fit_part){.name = "ramdisk", .type = "ramdisk"};
	fit->part[DTB] = (struct fit_part){.name = "tree", .type = "flat_dt"};
	if (!load_parts(fit, d) || !lay_out(fit, d)) {
		fit_clear(fit);
		return false;
	}
	if (put_tree(fit, d) != 0) {
		fit_clear(fit);
		return complain("%s: its description does not fit into %u bytes", d->name,
				FIT_TREE_MAX);
	}
	fit->tree_size = align_up(fdt_totalsize(fit->tree));
	fdt_set_totalsize(fit->tree, fit->tree_size);
	fit->size += fit->tree_size;
	return true;
}

void fit_clear(struct fit *fit)
{
	for (struct fit_part *part = fit->part; part < fit->part + FIT_PARTS; part++)
		if (part->mapped)
			unmap_file(part->data, part->bytes);
	memset(fit->part, 0, sizeof(fit->part));
}
