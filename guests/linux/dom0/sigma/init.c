// SPDX-License-Identifier: GPL-2.0-only
/*
 * `sigma init`: the domains that the hypervisor built at boot are made known to
 * xenstore, once, when dom0 comes up.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "domain.h"
#include "hyper.h"
#include "image.h"
#include "store.h"

#define CARD_MS 5000 /* an SD card shows up late */

static bool init_domain(unsigned int id)
{
	struct description d;
	bool found, fine;

	if (xs_is_domain_introduced(store_handle(), id))
		return true;
	if (!image_description_by_id(id, &d, &found))
		return false;
	if (!found)
		return complain("domain %u is not of the image; it stays unknown", id);
	fine = domain_register(id, &d, CARD_MS);
	if (fine)
		say("%s (domain %u) is on xenstore", d.name, id);
	description_clear(&d);
	return fine;
}

int command_init(int argc, char **argv)
{
	struct xen_domctl_getdomaininfo list[DOMAINS_MAX];
	bool fine = true;
	int count;

	(void)argc, (void)argv;
	/* xl keeps locks there */
	mkdir("/var/lib/xen", 0755);
	count = hyper_domains(list, DOMAINS_MAX);
	if (count < 0) {
		complain("the domains cannot be listed: %s", strerror(-count));
		return EXIT_FAILURE;
	}
	if (!change_lock() || !domain_register_dom0())
		return EXIT_FAILURE;
	for (int i = 0; i < count; i++)
		if (list[i].domain != 0 && !init_domain(list[i].domain))
			fine = false;
	return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
