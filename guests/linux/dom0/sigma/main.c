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
#include "config.h"
#include "domain.h"
#include "hyper.h"
#include "image.h"
#include "store.h"

static const struct command {
	const char *name, *arguments, *what;
	int min, max; /* number of arguments, options not counted */
	bool connect; /* to hypervisor and xenstore, beforehand */
	int (*run)(int argc, char **argv);
} commands[] = {
	{"list", "", "the domains, and those of the image that do not run", 0, 0, true,
	 command_list},
	{"create", "[-n] CONFIG", "start a domain (-n: only check the file)", 1, 1, true,
	 command_create},
	{"create", "-i NAME", "start a domain of the image as the image has it", 1, 1,
	 true, command_create},
	{"restart", "DOMAIN", "end it at once, start it again as it was started", 1, 1,
	 true, command_restart},
	{"shutdown", "[-w] DOMAIN | -a", "ask it to power off (-w: wait; -a: all, wait)",
	 0, 1, true, command_shutdown},
	{"reboot", "DOMAIN", "ask it to reboot", 1, 1, true, command_reboot},
	{"destroy", "DOMAIN", "end it at once", 1, 1, true, command_destroy},
	{"pause", "DOMAIN", "stop it", 1, 1, true, command_pause},
	{"unpause", "DOMAIN", "let it go on", 1, 1, true, command_unpause},
	{"block-attach", "DOMAIN DISK", "give it a disk: file:/root/x.img,xvdb,w", 2, 2,
	 true, command_block_attach},
	{"block-detach", "[-f] DOMAIN XVDX", "take a disk away (-f: though in use)", 2, 2,
	 true, command_block_detach},
	{"block-list", "DOMAIN", "its disks", 1, 1, true, command_block_list},
	{"init", "", "make the image's domains known to xenstore (dom0's start does)", 0,
	 0, true, command_init},
	{"monitor", "", "watch for domains that end, in the background", 0, 0, false,
	 command_monitor},
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
		fprintf(file, "  %-13s %-20s %s\n", c->name, c->arguments, c->what);
	fprintf(file,
		"\nsigma help config: what a configuration file may say.\n"
		"IMAGE is the booted image, otherwise %s.\n",
		IMAGE_DEFAULT);
	return file == stdout ? EXIT_SUCCESS : EXIT_USAGE;
}

static int help(const char *subject)
{
	if (strcmp(subject, "config") != 0)
		return usage(stdout);
	printf("A configuration file has lines KEY = VALUE; # begins a comment.\n\n");
	config_help(stdout);
	return EXIT_SUCCESS;
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
	if (c->connect && (!hyper_open() || !store_open()))
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
		return help(argc >= 3 ? argv[2] : "");
	for (const struct command *c = commands; c < commands + ARRAY_SIZE(commands); c++)
		if (strcmp(argv[1], c->name) == 0)
			return run(c, argc - 1, argv + 1);
	complain("unknown command \"%s\" (sigma help lists them)", argv[1]);
	return EXIT_USAGE;
}
