// SPDX-License-Identifier: GPL-2.0-only
/* Disks that come and go while their domain runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "device.h"
#include "disk.h"
#include "domain.h"

int command_block_attach(int argc, char **argv)
{
	struct disk disk;
	unsigned int id;
	bool fine;

	(void)argc;
	if (!disk_parse(argv[2], &disk, "block-attach") || !change_lock())
		return EXIT_FAILURE;
	fine = domain_find(argv[1], &id) && disk_attach(id, &disk, 0);
	change_unlock();
	return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

int command_block_detach(int argc, char **argv)
{
	bool force = strcmp(argv[1], "-f") == 0;
	const char *domain = argv[argc - 2], *name = argv[argc - 1];
	struct device device;
	unsigned int id, number;

	if (!disk_number(name, &number)) {
		complain("\"%s\" is not a name of a disk (xvdb, for one)", name);
		return EXIT_USAGE;
	}
	if (!domain_find(domain, &id))
		return EXIT_FAILURE;
	device_init(&device, id, "vbd", number);
	if (!store_exists("%s", device.backend)) {
		complain("%s has no disk %s", domain, name);
		return EXIT_FAILURE;
	}
	if (device_remove(&device, force))
		return EXIT_SUCCESS;
	complain("%s: %s is in use there; it goes when it is let go (or now, with -f)",
		 domain, name);
	return EXIT_FAILURE;
}

static void show(const struct device *device)
{
	static const char *const states[] = {"gone",    "starting",  "waiting",
					     "waiting", "connected", "closing",
					     "closed"};
	char *name = store_get("%s/dev", device->backend),
	     *target = store_get("%s/params", device->backend),
	     *mode = store_get("%s/mode", device->backend);

	printf("%-8s %8u %-5s %-10s %s\n", name ? name : "-", device->number,
	       mode ? mode : "-", states[store_state(device->backend)],
	       target ? target : "-");
	free(name);
	free(target);
	free(mode);
}

int command_block_list(int argc, char **argv)
{
	unsigned int id;

	if (!domain_find(argv[argc - 1], &id))
		return EXIT_FAILURE;
	printf("%-8s %8s %-5s %-10s %s\n", "Disk", "Number", "Mode", "State", "In dom0");
	devices_each(id, "vbd", show);
	return EXIT_SUCCESS;
}
