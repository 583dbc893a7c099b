// SPDX-License-Identifier: GPL-2.0-only
/* sigma: what dom0 does with domains beyond xl (docs/manage.md). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "domain.h"
#include "hyper.h"
#include "image.h"
#include "store.h"

static const struct command {
	const char *name, *arguments, *what;
	int min, max; /* number of arguments, options not counted */
	int (*run)(int argc, char **argv);
} commands[] = {
	{"list", "", "the domains, and those of the image that do not run", 0, 0,
	 command_list},
	{"init", "", "make the domains of the image known to xenstore (at dom0's start)",
	 0, 0, command_init},
};

static int lock_file = -1;

bool change_lock(void)
{
	mkdir(RUN_DIRECTORY, 0755);
	if (lock_file < 0)
		lock_file =
			open(RUN_DIRECTORY "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock_file < 0 || flock(lock_file, LOCK_EX) != 0)
		return complain("%s/lock: %s", RUN_DIRECTORY, strerror(errno));
	return true;
}

void change_unlock(void)
{
	flock(lock_file, LOCK_UN);
}

static int usage(FILE *file)
{
	fprintf(file, "usage: sigma [-f IMAGE] COMMAND ...\n\n");
	for (const struct command *c = commands; c < commands + ARRAY_SIZE(commands); c++)
		fprintf(file, "  %-13s %-22s %s\n", c->name, c->arguments, c->what);
	fprintf(file, "\nIMAGE is the booted image, otherwise %s.\n", IMAGE_DEFAULT);
	return file == stdout ? EXIT_SUCCESS : EXIT_USAGE;
}

static int run(const struct command *c, int argc, char **argv)
{
	int given = 0;

	for (int i = 1; i < argc; i++)
		given += argv[i][0] != '-';
	if (given < c->min || given > c->max) {
		fprintf(stderr, "usage: sigma %s %s\n", c->name, c->arguments);
		return EXIT_USAGE;
	}
	if (!hyper_open() || !store_open())
		return EXIT_FAILURE;
	return c->run(argc, argv);
}

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "-f") == 0) {
		image_use(argv[2]);
		argv += 2;
		argc -= 2;
	}
	if (argc < 2)
		return usage(stderr);
	if (strcmp(argv[1], "help") == 0)
		return usage(stdout);
	for (const struct command *c = commands; c < commands + ARRAY_SIZE(commands); c++)
		if (strcmp(argv[1], c->name) == 0)
			return run(c, argc - 1, argv + 1);
	complain("unknown command \"%s\" (sigma help lists them)", argv[1]);
	return EXIT_USAGE;
}
