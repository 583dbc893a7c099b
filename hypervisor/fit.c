// SPDX-License-Identifier: GPL-2.0-only
/*
 * The FIT: finding images in it and checking their hashes.  Node and property
 * names are those of U-Boot's FIT source format (doc/usage/fit/source_file_format.rst).
 */
#include <hv/crc32.h>
#include <hv/image.h>
#include <hv/printk.h>
#include <hv/sha256.h>
#include <hv/tree.h>
#include <hv/xen.h>
#include <libfdt.h>

__init int fit_fail(struct fit *fit, int code, const char *kind, const char *name,
		    const char *format, ...)
{
	va_list args;

	hv_snprintf(fit->part_text, sizeof(fit->part_text), name != NULL ? "%s %s" : "%s",
		    kind, name);
	va_start(args, format);
	hv_vsnprintf(fit->error_text, sizeof(fit->error_text), format, args);
	va_end(args);
	fit->part = fit->part_text;
	fit->error = fit->error_text;
	return code;
}

__init int fit_open(struct fit *fit, const void *blob, uint32_t size)
{
	const char *error;
	int result;

	memset(fit, 0, sizeof(*fit));
	result = tree_check(blob, size, &error);
	if (result != 0)
		return fit_fail(fit, result, "FIT", NULL, "%s", error);
	fit->blob = blob;
	fit->size = size;
	fit->data = align_up(fdt_totalsize(blob), 4);
	if (fdt_path_offset(blob, "/images") < 0)
		return fit_fail(fit, -XEN_ENOENT, "FIT", NULL, "has no node /images");
	return 0;
}

static __init int no_image(struct fit *fit, const char *name, const char *reason)
{
	return fit_fail(fit, -XEN_EINVAL, "image", name, "%s", reason);
}

/* Data outside the tree (mkimage -E): a position and a size. */
static __init int external_data(struct fit *fit, int node, struct fit_image *image)
{
	uint32_t start;

	if (tree_cell(fit->blob, node, "data-size", &image->size) != 0)
		return no_image(fit, image->name,
				"has no data (neither data nor data-size)");
	if (tree_cell(fit->blob, node, "data-position", &start) != 0) {
		if (tree_cell(fit->blob, node, "data-offset", &start) != 0)
			return no_image(
				fit, image->name,
				"has no place (neither data-offset nor data-position)");
		if (add_overflows(start, fit->data))
			return no_image(fit, image->name,
					"has a data-offset outside of the FIT");
		start += fit->data;
	}
	if (start < fit->data || !range_in(start, image->size, 0, fit->size))
		return no_image(fit, image->name,
				"lies outside of the FIT (truncated, or a damaged tree)");
	image->data = (const char *)fit->blob + start;
	return 0;
}

static __init int image_at(struct fit *fit, int node, struct fit_image *image)
{
	const char *compression = tree_string(fit->blob, node, "compression");
	const void *data;
	int length, result = 0;

	image->name = fdt_get_name(fit->blob, node, NULL);
	image->type = tree_string(fit->blob, node, "type");
	if (image->type == NULL)
		return no_image(fit, image->name, "has no type");
	if (compression != NULL && strcmp(compression, "none") != 0)
		return fit_fail(fit, -XEN_EOPNOTSUPP, "image", image->name,
				"is compressed (%s); only \"none\" can be loaded",
				compression);
	data = fdt_getprop(fit->blob, node, "data", &length);
	if (data != NULL) {
		image->data = data;
		image->size = (uint32_t)length;
	} else {
		result = external_data(fit, node, image);
	}
	if (result == 0 && image->size == 0)
		return no_image(fit, image->name, "is empty");
	return result;
}

static __init int image_node(struct fit *fit, const char *name)
{
	int images = fdt_path_offset(fit->blob, "/images");

	return fdt_subnode_offset(fit->blob, images, name);
}

__init int fit_find(struct fit *fit, const char *name, struct fit_image *image)
{
	int node = image_node(fit, name);

	if (node < 0)
		return fit_fail(fit, -XEN_ENOENT, "image", name, "is missing");
	return image_at(fit, node, image);
}

static __init int check_crc32(struct fit *fit, const struct fit_image *image,
			      const void *value, int length)
{
	uint32_t said, is;

	if (length != 4)
		return no_image(fit, image->name,
				"has a crc32 value that is not 4 bytes long");
	said = fdt32_ld(value);
	is = crc32(0, image->data, image->size);
	if (said != is)
		return fit_fail(fit, -XEN_EILSEQ, "image", image->name,
				"is damaged: its crc32 is %08x, it should be %08x", is,
				said);
	return 0;
}

static __init int check_sha256(struct fit *fit, const struct fit_image *image,
			       const void *value, int length)
{
	uint8_t digest[SHA256_SIZE];

	if (length != SHA256_SIZE)
		return no_image(fit, image->name,
				"has a sha256 value that is not 32 bytes long");
	sha256(image->data, image->size, digest);
	if (memcmp(digest, value, SHA256_SIZE) != 0)
		return fit_fail(fit, -XEN_EILSEQ, "image", image->name,
				"is damaged: its sha256 is not the one recorded");
	return 0;
}

static __init int check_hash(struct fit *fit, const struct fit_image *image, int node)
{
	const char *algorithm = tree_string(fit->blob, node, "algo");
	int length;
	const void *value = fdt_getprop(fit->blob, node, "value", &length);

	if (algorithm == NULL || value == NULL)
		return no_image(fit, image->name,
				"has a hash node without algo or value");
	if (strcmp(algorithm, "crc32") == 0)
		return check_crc32(fit, image, value, length);
	if (strcmp(algorithm, "sha256") == 0)
		return check_sha256(fit, image, value, length);
	return fit_fail(fit, -XEN_EOPNOTSUPP, "image", image->name,
			"has a hash by \"%s\"; only crc32 and sha256 are known",
			algorithm);
}

static __init bool is_hash(const struct fit *fit, int node)
{
	const char *name = fdt_get_name(fit->blob, node, NULL);

	return name != NULL && strncmp(name, "hash", 4) == 0;
}

static __init int verify_at(struct fit *fit, int node)
{
	struct fit_image image;
	bool hashed = false;
	int hash, result;

	result = image_at(fit, node, &image);
	if (result != 0)
		return result;
	fdt_for_each_subnode(hash, fit->blob, node) {
		if (!is_hash(fit, hash))
			continue;
		hashed = true;
		result = check_hash(fit, &image, hash);
		if (result != 0)
			return result;
	}
	if (!hashed)
		return no_image(fit, image.name, "has no hash");
	return 0;
}

__init int fit_verify(struct fit *fit, const char *name)
{
	int node = image_node(fit, name);

	if (node < 0)
		return fit_fail(fit, -XEN_ENOENT, "image", name, "is missing");
	return verify_at(fit, node);
}

__init int fit_verify_all(struct fit *fit)
{
	int images = fdt_path_offset(fit->blob, "/images");
	int node, result;

	fdt_for_each_subnode(node, fit->blob, images) {
		result = verify_at(fit, node);
		if (result != 0)
			return result;
	}
	return 0;
}
