// SPDX-License-Identifier: GPL-2.0-only
/* `sigma list`: what runs, and what could. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "domain.h"
#include "hyper.h"
#include "image.h"

static const char *state_of(uint32_t flags)
{
	static const char *const ends[] = {"off",     "rebooting", "suspended",
					   "crashed", "watchdog",  "reset"};
	unsigned int reason = flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask;

	if (flags & XEN_DOMINF_dying)
		return "dying";
	if (flags & XEN_DOMINF_shutdown)
		return reason < ARRAY_SIZE(ends) ? ends[reason] : "ended";
	if (flags & XEN_DOMINF_paused)
		return "paused";
	return flags & XEN_DOMINF_running ? "running" : "waiting";
}

int command_list(int argc, char **argv)
{
	struct xen_domctl_getdomaininfo list[DOMAINS_MAX];
	int count = hyper_domains(list, DOMAINS_MAX);
	struct list names = image_domains();
	char *name;

	(void)argc, (void)argv;
	if (count < 0) {
		complain("the domains cannot be listed: %s", strerror(-count));
		return EXIT_FAILURE;
	}
	printf("%-32s %3s %5s %5s %-9s %s\n", "Name", "Id", "MiB", "vCPUs", "State",
	       "CPU time/s");
	for (int i = 0; i < count; i++) {
		name = domain_name(list[i].domain);
		printf("%-32s %3u %5llu %5u %-9s %8.1f\n", name, list[i].domain,
		       (unsigned long long)list[i].tot_pages / 256,
		       list[i].max_vcpu_id + 1, state_of(list[i].flags),
		       (double)list[i].cpu_time / 1e9);
		free(name);
	}
	for (unsigned int i = 0; i < names.count; i++)
		if (!domain_name_taken(names.item[i]))
			printf("%-32s   -     -     - of the image, not running\n",
			       names.item[i]);
	list_clear(&names);
	return EXIT_SUCCESS;
}
