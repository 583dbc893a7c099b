// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "description.h"
#include "disk.h"
#include "vif.h"

#define MIB 0x100000u

static const char *const action_names[] = {
	[ACTION_DESTROY] = "destroy",
	[ACTION_RESTART] = "restart",
	[ACTION_PRESERVE] = "preserve",
};

void description_init(struct description *d)
{
	*d = (struct description){
		.memory = 64 * MIB,
		.foreign = 16 * MIB,
		.vcpus = 1,
		.weight = 256,
		.on_poweroff = ACTION_DESTROY,
		.on_reboot = ACTION_RESTART,
		.on_crash = ACTION_DESTROY,
	};
}

void description_clear(struct description *d)
{
	free(d->name);
	free(d->kernel.name);
	free(d->ramdisk.name);
	free(d->dtb.name);
	free(d->image);
	free(d->cmdline);
	list_clear(&d->disks);
	list_clear(&d->vifs);
	*d = (struct description){0};
}

void source_set(struct source *source, const char *name, bool in_image)
{
	free(source->name);
	source->name = name != NULL && name[0] != '\0' ? copy_text(name) : NULL;
	source->in_image = in_image;
}

const char *action_name(enum action action)
{
	return action_names[action];
}

bool action_parse(const char *word, enum action *action)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(action_names); i++)
		if (strcmp(word, action_names[i]) == 0) {
			*action = (enum action)i;
			return true;
		}
	return false;
}

bool name_is_allowed(const char *name)
{
	size_t length = strlen(name);

	return length >= 1 && length <= DOMAIN_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789-_") == length;
}

bool description_check(const struct description *d, const char *where)
{
	struct disk disk, other;
	struct vif vif;

	if (d->name == NULL)
		return complain("%s: \"name\" is missing", where);
	if (d->kernel.name == NULL)
		return complain("%s: \"kernel\" is missing", where);
	for (unsigned int i = 0; i < d->disks.count; i++) {
		if (!disk_parse(d->disks.item[i], &disk, where))
			return false;
		for (unsigned int j = 0; j < i; j++)
			if (disk_parse(d->disks.item[j], &other, where) &&
			    disk.number == other.number)
				return complain("%s: disk: %s is there twice", where,
						disk.name);
	}
	for (unsigned int i = 0; i < d->vifs.count; i++)
		if (!vif_parse(d->vifs.item[i], &vif, where))
			return false;
	return true;
}

/* What is not written is as the image has it; none, where it has one, is written. */
static void write_source(FILE *file, const struct description *d, const char *key,
			 const struct source *source)
{
	if (source->name != NULL ? !source->in_image : d->image != NULL)
		fprintf(file, "%s = \"%s\"\n", key, source->name ? source->name : "");
}

static void write_list(FILE *file, const char *key, const struct list *list)
{
	fprintf(file, "%s = [", key);
	for (unsigned int i = 0; i < list->count; i++)
		fprintf(file, "%s \"%s\"", i > 0 ? "," : "", list->item[i]);
	fprintf(file, " ]\n");
}

void description_write(const struct description *d, FILE *file)
{
	fprintf(file, "name = \"%s\"\n", d->name);
	if (d->image != NULL)
		fprintf(file, "image = \"%s\"\n", d->image);
	write_source(file, d, "kernel", &d->kernel);
	write_source(file, d, "ramdisk", &d->ramdisk);
	write_source(file, d, "dtb", &d->dtb);
	if (d->cmdline != NULL)
		fprintf(file, "cmdline = '''%s'''\n", d->cmdline);
	fprintf(file, "memory = %u\nforeign = %u\nvcpus = %u\nweight = %u\n",
		d->memory / MIB, d->foreign / MIB, d->vcpus, d->weight);
	write_list(file, "disk", &d->disks);
	write_list(file, "vif", &d->vifs);
	fprintf(file, "vfb = %u\n", d->vfb);
	fprintf(file, "on_poweroff = \"%s\"\non_reboot = \"%s\"\non_crash = \"%s\"\n",
		action_name(d->on_poweroff), action_name(d->on_reboot),
		action_name(d->on_crash));
}
