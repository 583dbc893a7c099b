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

int fit_fail(struct fit *fit, int code, const char *kind, const char *name,
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

int fit_open(struct fit *fit, const void *blob, uint32_t size)
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

static int no_image(struct fit *fit, const char *name, const char *reason)
{
	return fit_fail(fit, -XEN_EINVAL, "image", name, "%s", reason);
}

/* Data outside the tree (mkimage -E): a position and a size. */
static int external_data(struct fit *fit, int node, struct fit_image *image)
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

static int image_at(struct fit *fit, int node, struct fit_image *image)
{
	const char *compression = tree_string(fit->blob, node, "compression");
	const void *data;
	int length, result = 0;

	image->name = tree_name(fit->blob, node);
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

static int image_node(struct fit *fit, const char *name)
{
	int images = fdt_path_offset(fit->blob, "/images");

	return fdt_subnode_offset(fit->blob, images, name);
}

int fit_find(struct fit *fit, const char *name, struct fit_image *image)
{
	int node = image_node(fit, name);

	if (node < 0)
		return fit_fail(fit, -XEN_ENOENT, "image", name, "is missing");
	return image_at(fit, node, image);
}

/* What the node of a hash says; and the image that it is of. */
struct hash {
	struct fit_image image;
	const char *algorithm;
	const void *value;
	int length;
};

static int read_hash(struct fit *fit, const struct fit_check *check, struct hash *h)
{
	int result = image_at(fit, check->image, &h->image);

	if (result != 0)
		return result;
	h->algorithm = tree_string(fit->blob, check->hash, "algo");
	h->value = fdt_getprop(fit->blob, check->hash, "value", &h->length);
	if (h->algorithm == NULL || h->value == NULL)
		return no_image(fit, h->image.name,
				"has a hash node without algo or value");
	return 0;
}

static int check_crc32(struct fit *fit, struct fit_check *check, const struct hash *h,
		       uint32_t bytes)
{
	const char *data = (const char *)h->image.data + check->done;
	uint32_t said;

	if (h->length != 4)
		return no_image(fit, h->image.name,
				"has a crc32 value that is not 4 bytes long");
	if (check->done == 0)
		check->crc = 0;
	check->crc = crc32(check->crc, data, bytes);
	check->done += bytes;
	if (check->done < h->image.size)
		return 1;
	said = fdt32_ld(h->value);
	if (said != check->crc)
		return fit_fail(fit, -XEN_EILSEQ, "image", h->image.name,
				"is damaged: its crc32 is %08x, it should be %08x",
				check->crc, said);
	return 0;
}

static int check_sha256(struct fit *fit, struct fit_check *check, const struct hash *h,
			uint32_t bytes)
{
	const char *data = (const char *)h->image.data + check->done;
	uint8_t digest[SHA256_SIZE];

	if (h->length != SHA256_SIZE)
		return no_image(fit, h->image.name,
				"has a sha256 value that is not 32 bytes long");
	if (check->done == 0)
		sha256_begin(&check->sha);
	if (bytes < h->image.size - check->done) {
		bytes &= ~(SHA256_BLOCK - 1u);
		sha256_add(&check->sha, data, bytes);
		check->done += bytes;
		return 1;
	}
	sha256_end(&check->sha, data, bytes, digest);
	if (memcmp(digest, h->value, SHA256_SIZE) != 0)
		return fit_fail(fit, -XEN_EILSEQ, "image", h->image.name,
				"is damaged: its sha256 is not the one recorded");
	return 0;
}

/* A piece of one hash of one image: 1: there is more of it. */
static int check_piece(struct fit *fit, struct fit_check *check)
{
	/* SHA-256 takes that many times what CRC-32 takes */
	const uint32_t slower = 16;
	uint32_t bytes = check->piece;
	struct hash h;
	int result = read_hash(fit, check, &h);

	if (result != 0)
		return result;
	if (strcmp(h.algorithm, "sha256") == 0)
		bytes /= slower;
	if (bytes > h.image.size - check->done)
		bytes = h.image.size - check->done;
	if (strcmp(h.algorithm, "crc32") == 0)
		return check_crc32(fit, check, &h, bytes);
	if (strcmp(h.algorithm, "sha256") == 0)
		return check_sha256(fit, check, &h, bytes);
	return fit_fail(fit, -XEN_EOPNOTSUPP, "image", h.image.name,
			"has a hash by \"%s\"; only crc32 and sha256 are known",
			h.algorithm);
}

static bool is_hash(const struct fit *fit, int node)
{
	return strncmp(tree_name(fit->blob, node), "hash", 4) == 0;
}

/* The hash node at or behind `node`; -1: none. */
static int find_hash(const struct fit *fit, int node)
{
	while (node >= 0 && !is_hash(fit, node))
		node = tree_next_sibling(fit->blob, node);
	return node;
}

void fit_check_begin(const struct fit *fit, struct fit_check *check, uint32_t piece)
{
	*check = (struct fit_check){.piece = piece, .hash = -1};
	check->image = tree_first_child(fit->blob, fdt_path_offset(fit->blob, "/images"));
}

int fit_check_step(struct fit *fit, struct fit_check *check)
{
	struct fit_image image;
	int result;

	if (check->image < 0)
		return 0;
	if (check->hash < 0) {
		result = image_at(fit, check->image, &image);
		if (result != 0)
			return result;
		check->hash = find_hash(fit, tree_first_child(fit->blob, check->image));
		if (check->hash < 0)
			return no_image(fit, image.name, "has no hash");
	}
	result = check_piece(fit, check);
	if (result != 0)
		return result;
	check->done = 0;
	check->hash = find_hash(fit, tree_next_sibling(fit->blob, check->hash));
	if (check->hash < 0)
		check->image = tree_next_sibling(fit->blob, check->image);
	return check->image >= 0;
}

int fit_verify_all(struct fit *fit)
{
	struct fit_check check;
	int result;

	fit_check_begin(fit, &check, UINT32_MAX);
	do
		result = fit_check_step(fit, &check);
	while (result > 0);
	return result;
}
