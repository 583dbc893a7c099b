// SPDX-License-Identifier: GPL-2.0-only
#include <libfdt.h>
#include <string.h>

#include "image.h"

static const char *image_path = IMAGE_DEFAULT;
static const void *blob;
static size_t blob_size;

void image_use(const char *path)
{
	image_path = path;
}

bool image_open(void)
{
	if (blob != NULL)
		return true;
	blob = map_file(image_path, &blob_size);
	if (blob == NULL)
		return false;
	if (blob_size < sizeof(struct fdt_header) || fdt_check_header(blob) != 0 ||
	    fdt_totalsize(blob) > blob_size || fdt_path_offset(blob, "/domains") < 0) {
		image_close();
		return complain(
			"%s: is not an image of Sigma (a FIT with a node /domains)",
			image_path);
	}
	return true;
}

void image_close(void)
{
	unmap_file(blob, blob_size);
	blob = NULL;
}

static bool has(int node, const char *property)
{
	return fdt_getprop(blob, node, property, NULL) != NULL;
}

static const char *string_of(int node, const char *property)
{
	return fdt_stringlist_get(blob, node, property, 0, NULL);
}

static void number_of(int node, const char *property, uint32_t *value)
{
	int length;
	const fdt32_t *cell = fdt_getprop(blob, node, property, &length);

	if (cell != NULL && length == (int)sizeof(*cell))
		*value = fdt32_ld(cell);
}

static void strings_of(int node, const char *property, struct list *list)
{
	int count = fdt_stringlist_count(blob, node, property);

	for (int i = 0; i < count; i++)
		list_add(list, fdt_stringlist_get(blob, node, property, i, NULL));
}

static bool action_of(int node, const char *name, const char *property,
		      enum action *action)
{
	const char *word = string_of(node, property);

	if (word == NULL || action_parse(word, action))
		return true;
	return complain(
		"%s: domain %s: %s = \"%s\" is none of destroy, restart, preserve",
		image_path, name, property, word);
}

static bool describe(int node, struct description *d)
{
	const char *name = fdt_get_name(blob, node, NULL);
	char *where;
	bool fine;

	description_init(d);
	d->name = copy_text(name);
	d->image = copy_text(name);
	source_set(&d->kernel, string_of(node, "kernel"), true);
	source_set(&d->ramdisk, string_of(node, "initrd"), true);
	source_set(&d->dtb, string_of(node, "fdt"), true);
	d->cmdline = copy_text(string_of(node, "bootargs"));
	number_of(node, "memory", &d->memory);
	number_of(node, "foreign", &d->foreign);
	number_of(node, "vcpus", &d->vcpus);
	number_of(node, "weight", &d->weight);
	strings_of(node, "disk", &d->disks);
	strings_of(node, "vif", &d->vifs);
	d->vfb = has(node, "vfb");
	where = text("%s: domain %s", image_path, name);
	fine = action_of(node, name, "on-poweroff", &d->on_poweroff) &&
	       action_of(node, name, "on-reboot", &d->on_reboot) &&
	       action_of(node, name, "on-crash", &d->on_crash) &&
	       description_check(d, where);
	free(where);
	if (!fine)
		description_clear(d);
	return fine;
}

bool image_description(const char *name, struct description *d)
{
	int domains, node;

	if (!image_open())
		return false;
	domains = fdt_path_offset(blob, "/domains");
	node = fdt_subnode_offset(blob, domains, name);
	if (node < 0)
		return complain("%s: describes no domain \"%s\"", image_path, name);
	if (has(node, "privileged"))
		return complain("%s: %s is dom0 itself, it cannot be started again",
				image_path, name);
	return describe(node, d);
}

bool image_description_by_id(unsigned int id, struct description *d, bool *found)
{
	unsigned int next = 1;
	int node;

	*found = false;
	if (!image_open())
		return false;
	fdt_for_each_subnode(node, blob, fdt_path_offset(blob, "/domains")) {
		if ((has(node, "privileged") ? 0 : next++) != id)
			continue;
		*found = true;
		return describe(node, d);
	}
	return true;
}

const void *image_data(const char *name, size_t *size)
{
	int images = fdt_path_offset(blob, "/images"), node, length;
	uint32_t start = 0, bytes = 0;
	const void *data;

	node = fdt_subnode_offset(blob, images, name);
	if (node < 0) {
		complain("%s: holds no image \"%s\"", image_path, name);
		return NULL;
	}
	data = fdt_getprop(blob, node, "data", &length);
	if (data != NULL) {
		*size = (size_t)length;
		return data;
	}
	number_of(node, "data-size", &bytes);
	number_of(node, "data-offset", &start);
	start += (fdt_totalsize(blob) + 3u) & ~3u;
	number_of(node, "data-position", &start);
	if (bytes == 0 || start > blob_size || bytes > blob_size - start) {
		complain("%s: image \"%s\" lies outside of the file", image_path, name);
		return NULL;
	}
	*size = bytes;
	return (const char *)blob + start;
}

struct list image_domains(void)
{
	struct list list = {0};
	int node;

	if (image_open())
		fdt_for_each_subnode(node, blob, fdt_path_offset(blob, "/domains"))
			if (!has(node, "privileged"))
				list_add(&list, fdt_get_name(blob, node, NULL));
	return list;
}
