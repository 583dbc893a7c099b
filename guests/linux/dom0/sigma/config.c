// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "config_text.h"
#include "image.h"

#define MIB_SHIFT 20

/* One file while it is read. */
struct reading {
	const char *path;
	struct description *d;
	char *root, *extra; /* parts of a command line, as xl has them */
};

static bool wrong(const struct reading *r, const struct setting *s, const char *why)
{
	return complain("%s:%u: %s: %s", r->path, s->line, s->key, why);
}

static bool set_text(char **place, const char *string)
{
	free(*place);
	*place = copy_text(string);
	return true;
}

/* Paths are as seen from where the tool runs now, which is not where it restarts. */
static bool set_file(struct source *source, const char *path)
{
	char *directory, *whole;

	if (path[0] == '\0' || path[0] == '/') {
		source_set(source, path, false);
		return true;
	}
	directory = getcwd(NULL, 0);
	whole = text("%s/%s", directory != NULL ? directory : "", path);
	source_set(source, whole, false);
	free(directory);
	free(whole);
	return true;
}

static bool set_name(struct reading *r, const struct setting *s)
{
	if (!name_is_allowed(s->string))
		return wrong(r, s, "a name is 1 to 31 letters, digits, - and _");
	return set_text(&r->d->name, s->string);
}

static bool set_kernel(struct reading *r, const struct setting *s)
{
	return set_file(&r->d->kernel, s->string);
}

static bool set_ramdisk(struct reading *r, const struct setting *s)
{
	return set_file(&r->d->ramdisk, s->string);
}

static bool set_dtb(struct reading *r, const struct setting *s)
{
	return set_file(&r->d->dtb, s->string);
}

static bool set_cmdline(struct reading *r, const struct setting *s)
{
	return set_text(&r->d->cmdline, s->string);
}

static bool set_root(struct reading *r, const struct setting *s)
{
	return set_text(&r->root, s->string);
}

static bool set_extra(struct reading *r, const struct setting *s)
{
	return set_text(&r->extra, s->string);
}

/* Was read first of all. */
static bool set_image(struct reading *r, const struct setting *s)
{
	(void)r, (void)s;
	return true;
}

static bool set_action(struct reading *r, const struct setting *s, enum action *action)
{
	if (action_parse(s->string, action))
		return true;
	return complain("%s:%u: %s: \"%s\" is none of destroy, restart, preserve",
			r->path, s->line, s->key, s->string);
}

static bool set_on_poweroff(struct reading *r, const struct setting *s)
{
	return set_action(r, s, &r->d->on_poweroff);
}

static bool set_on_reboot(struct reading *r, const struct setting *s)
{
	return set_action(r, s, &r->d->on_reboot);
}

static bool set_on_crash(struct reading *r, const struct setting *s)
{
	return set_action(r, s, &r->d->on_crash);
}

static bool set_number(struct reading *r, const struct setting *s, uint32_t min,
		       uint32_t max, uint32_t *value)
{
	if (s->number < min || s->number > max)
		return complain("%s:%u: %s: %u is not one of %u to %u", r->path, s->line,
				s->key, s->number, min, max);
	*value = s->number;
	return true;
}

static bool set_mib(struct reading *r, const struct setting *s, uint32_t max,
		    uint32_t *bytes)
{
	if (!set_number(r, s, 1, max, bytes))
		return false;
	*bytes <<= MIB_SHIFT;
	return true;
}

static bool set_memory(struct reading *r, const struct setting *s)
{
	return set_mib(r, s, 2048, &r->d->memory);
}

static bool set_foreign(struct reading *r, const struct setting *s)
{
	return set_mib(r, s, 256, &r->d->foreign);
}

static bool set_vcpus(struct reading *r, const struct setting *s)
{
	return set_number(r, s, 1, 4, &r->d->vcpus);
}

static bool set_weight(struct reading *r, const struct setting *s)
{
	return set_number(r, s, 1, 65535, &r->d->weight);
}

static bool set_vfb(struct reading *r, const struct setting *s)
{
	uint32_t value = 0;

	if (!set_number(r, s, 0, 1, &value))
		return false;
	r->d->vfb = value != 0;
	return true;
}

static bool set_list(struct list *list, const struct setting *s)
{
	list_clear(list);
	for (unsigned int i = 0; i < s->list.count; i++)
		list_add(list, s->list.item[i]);
	return true;
}

static bool set_disk(struct reading *r, const struct setting *s)
{
	return set_list(&r->d->disks, s);
}

static bool set_vif(struct reading *r, const struct setting *s)
{
	return set_list(&r->d->vifs, s);
}

static const struct key {
	const char *name, *what;
	enum value_kind kind;
	bool (*set)(struct reading *r, const struct setting *s);
} keys[] = {
	{"name", "what it is called", VALUE_STRING, set_name},
	{"image", "a domain of the image: what is not said here is as there",
	 VALUE_STRING, set_image},
	{"kernel", "file: a raw Image or an ELF program", VALUE_STRING, set_kernel},
	{"ramdisk", "file, or nothing", VALUE_STRING, set_ramdisk},
	{"dtb", "file: base device tree; otherwise a minimal one is made", VALUE_STRING,
	 set_dtb},
	{"cmdline", "the kernel's command line", VALUE_STRING, set_cmdline},
	{"root", "root=... of the command line", VALUE_STRING, set_root},
	{"extra", "the rest of the command line", VALUE_STRING, set_extra},
	{"memory", "MiB", VALUE_NUMBER, set_memory},
	{"foreign", "MiB of the foreign window: room for what others lend it",
	 VALUE_NUMBER, set_foreign},
	{"vcpus", "1 to 4", VALUE_NUMBER, set_vcpus},
	{"weight", "share of the processor, 256 is usual", VALUE_NUMBER, set_weight},
	{"cpu_weight", "the same", VALUE_NUMBER, set_weight},
	{"disk", "\"phy:/dev/vda,xvda,w\", \"file:/root/x.img,xvdb,r\", ...", VALUE_LIST,
	 set_disk},
	{"vif", "\"bridge=xenbr0,mac=00:16:3e:00:00:01\", ...", VALUE_LIST, set_vif},
	{"vfb", "1: a screen and a keyboard", VALUE_NUMBER, set_vfb},
	{"on_poweroff", "destroy, restart or preserve", VALUE_STRING, set_on_poweroff},
	{"on_reboot", "the same", VALUE_STRING, set_on_reboot},
	{"on_crash", "the same", VALUE_STRING, set_on_crash},
};

static const char *const kind_names[] = {
	[VALUE_NUMBER] = "a number",
	[VALUE_STRING] = "a string in quotes",
	[VALUE_LIST] = "a [list] of strings",
};

void config_help(FILE *file)
{
	for (const struct key *key = keys; key < keys + ARRAY_SIZE(keys); key++)
		fprintf(file, "  %-12s %-20s %s\n", key->name, kind_names[key->kind],
			key->what);
}

static bool apply(struct reading *r, const struct setting *s)
{
	for (const struct key *key = keys; key < keys + ARRAY_SIZE(keys); key++) {
		if (strcmp(s->key, key->name) != 0)
			continue;
		if (s->kind != key->kind)
			return complain("%s:%u: %s: its value must be %s", r->path,
					s->line, s->key, kind_names[key->kind]);
		return key->set(r, s);
	}
	return wrong(r, s, "no such setting (sigma help config lists them)");
}

/* image = "NAME" gives what the other settings then change, wherever it stands. */
static bool apply_image(struct reading *r, const struct setting *s)
{
	if (strcmp(s->key, "image") != 0 || s->kind != VALUE_STRING)
		return true;
	description_clear(r->d);
	return image_description(s->string, r->d);
}

/* Calls `each` for every setting of the file. */
static bool walk(struct reading *r, const char *content, size_t size,
		 bool (*each)(struct reading *r, const struct setting *s))
{
	struct config_text file = {r->path, content, content + size, 1};
	struct setting setting;
	bool fine = true;
	int got = 1;

	while (fine && (got = config_next(&file, &setting)) > 0) {
		fine = each(r, &setting);
		setting_clear(&setting);
	}
	if (got < 0)
		setting_clear(&setting);
	return fine && got == 0;
}

static void join_cmdline(struct reading *r)
{
	if (r->root == NULL && r->extra == NULL)
		return;
	free(r->d->cmdline);
	r->d->cmdline = text("%s%s%s%s", r->root != NULL ? "root=" : "",
			     r->root != NULL ? r->root : "",
			     r->root != NULL && r->extra != NULL ? " " : "",
			     r->extra != NULL ? r->extra : "");
}

bool config_read(const char *path, struct description *d)
{
	struct reading r = {.path = path, .d = d};
	size_t size;
	const char *content = map_file(path, &size);
	bool fine;

	if (content == NULL)
		return false;
	description_init(d);
	fine = walk(&r, content, size, apply_image) && walk(&r, content, size, apply);
	unmap_file(content, size);
	join_cmdline(&r);
	free(r.root);
	free(r.extra);
	if (!fine || !description_check(d, path)) {
		description_clear(d);
		return false;
	}
	return true;
}
