// SPDX-License-Identifier: GPL-2.0-only
/* `sigma create`, `sigma restart`: domains built at run time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <public/manage.h>

#include "commands.h"
#include "config.h"
#include "create.h"
#include "domain.h"
#include "fit.h"
#include "hyper.h"
#include "image.h"

/* With what fills up to the next part: the hypervisor wants every byte. */
static int give_part(uint32_t offset, const struct fit_part *part)
{
	static const char padding[FIT_ALIGN];
	uint32_t bytes = (uint32_t)part->bytes;
	int result = hyper_build_write(offset, part->data, bytes);

	if (result < 0)
		return result;
	return hyper_build_write(offset + bytes, padding, -bytes & (FIT_ALIGN - 1));
}

static bool give(const struct description *d, const struct fit *fit)
{
	struct sigma_build_begin begin = {fit->size};
	const struct fit_part *part = fit->part;
	int result = hyper_build(SIGMA_BUILD_BEGIN, &begin, sizeof(begin));

	if (result == -EBUSY)
		return complain("%s: another domain is just being built", d->name);
	if (result == -ENOMEM)
		return complain("%s: the machine has no %u KiB of free memory in one "
				"piece for kernel and ramdisk",
				d->name, fit->size >> 10);
	if (result >= 0)
		result = hyper_build_write(0, fit->tree, fit->tree_size);
	for (; part < fit->part + FIT_PARTS && result >= 0; part++)
		result = give_part(fit->tree_size + part->offset, part);
	if (result >= 0)
		return true;
	hyper_build(SIGMA_BUILD_ABORT, NULL, 0);
	return complain("%s: the hypervisor does not take its images: %s", d->name,
			strerror(-result));
}

/* The domain exists then, paused. */
static bool build(const struct description *d, unsigned int *id)
{
	struct sigma_build_step step = {0};
	static struct fit fit;
	bool given;
	int result;

	if (!fit_make(&fit, d))
		return false;
	given = give(d, &fit);
	fit_clear(&fit);
	if (!given)
		return false;
	do {
		result = hyper_build(SIGMA_BUILD_STEP, &step, sizeof(step));
	} while (result > 0);
	*id = step.domid;
	step.error[SIGMA_BUILD_ERROR_SIZE - 1] = '\0';
	if (result < 0)
		return complain("%s: cannot be built: %s", d->name,
				step.error[0] != '\0' ? step.error : strerror(-result));
	return true;
}

bool domain_create(const struct description *d)
{
	unsigned int id;
	int result;

	if (domain_name_taken(d->name))
		return complain("there is a domain \"%s\" already", d->name);
	if (!build(d, &id))
		return false;
	domain_forget(id);
	if (!domain_register(id, d, 0)) {
		complain("%s: not started", d->name);
		domain_remove(id);
		return false;
	}
	result = hyper_unpause(id);
	if (result < 0) {
		domain_remove(id);
		return complain("%s: cannot be started: %s", d->name, strerror(-result));
	}
	say("%s runs: domain %u", d->name, id);
	return true;
}

static int create_locked(const struct description *d)
{
	bool created = change_lock() && domain_create(d);

	change_unlock();
	return created ? EXIT_SUCCESS : EXIT_FAILURE;
}

int command_create(int argc, char **argv)
{
	bool from_image = false, check_only = false, fine;
	const char *what = argv[argc - 1];
	struct description d;
	int result = EXIT_SUCCESS;

	for (int i = 1; i < argc - 1; i++) {
		from_image |= strcmp(argv[i], "-i") == 0;
		check_only |= strcmp(argv[i], "-n") == 0;
	}
	fine = from_image ? image_description(what, &d) : config_read(what, &d);
	if (!fine)
		return EXIT_FAILURE;
	if (check_only)
		description_write(&d, stdout);
	else
		result = create_locked(&d);
	description_clear(&d);
	return result;
}

/* What the user names may run, or be a domain of the image that does not. */
static bool description_of(const char *word, unsigned int *id, bool *runs,
			   struct description *d)
{
	struct list names = image_domains();
	bool of_image = false;

	for (unsigned int i = 0; i < names.count; i++)
		of_image |= strcmp(names.item[i], word) == 0;
	list_clear(&names);
	*runs = domain_name_taken(word) || !of_image;
	if (!*runs)
		return image_description(word, d);
	if (!domain_find(word, id))
		return false;
	if (*id == 0)
		return complain("dom0 restarts with the machine: type reboot");
	if (domain_description(*id, d))
		return true;
	return complain("domain %u was not started by this tool: it is not known how",
			*id);
}

int command_restart(int argc, char **argv)
{
	struct description d;
	unsigned int id;
	bool runs, fine;

	if (!change_lock() || !description_of(argv[argc - 1], &id, &runs, &d))
		return EXIT_FAILURE;
	fine = (!runs || domain_remove(id)) && domain_create(&d);
	change_unlock();
	description_clear(&d);
	return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
