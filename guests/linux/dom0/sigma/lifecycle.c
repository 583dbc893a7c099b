// SPDX-License-Identifier: GPL-2.0-only
/* Commands that change a domain that runs. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "domain.h"
#include "hyper.h"
#include "store.h"

#define TAKEN_MS 10000 /* a guest's kernel answers at once, its init may not */
#define ENDED_MS 60000
#define POLL_MS  50

static bool option(int argc, char **argv, const char *wanted)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], wanted) == 0)
			return true;
	return false;
}

/* A domain other than dom0. */
static bool find_guest(const char *word, unsigned int *id)
{
	if (!domain_find(word, id))
		return false;
	if (*id != 0)
		return true;
	return complain("%s is dom0 itself: type poweroff or reboot in its shell", word);
}

/* The guest takes the word out of the node when it has understood. */
static bool ask(unsigned int id, const char *request)
{
	const struct access access = {id, -1};
	char *path = text("/local/domain/%u/control/shutdown", id), *left = NULL;
	uint64_t end = now_ms() + TAKEN_MS;
	bool taken = false;

	if (store_put(&access, path, "%s", request)) {
		while (!taken && now_ms() < end) {
			left = store_get("%s", path);
			taken = left == NULL || strcmp(left, request) != 0;
			free(left);
			if (!taken)
				sleep_ms(POLL_MS);
		}
		if (!taken)
			complain("domain %u does not react: it has no xenbus, or hangs "
				 "(sigma destroy ends it at once)",
				 id);
	}
	free(path);
	return taken;
}

static bool wait_ended(unsigned int id)
{
	struct xen_domctl_getdomaininfo info;
	uint64_t end = now_ms() + ENDED_MS;

	while (hyper_domain(id, &info) == 0) {
		if (now_ms() >= end)
			return complain("domain %u was asked, but is still there", id);
		sleep_ms(POLL_MS);
	}
	return true;
}

/* For dom0's own end: all of them, and none is started again. */
static bool shutdown_all(void)
{
	struct xen_domctl_getdomaininfo list[DOMAINS_MAX];
	int count = hyper_domains(list, DOMAINS_MAX);
	int mark = open(STOPPING_MARK, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	bool all = true;

	if (mark >= 0)
		close(mark);
	for (int i = 0; i < count; i++) {
		if (list[i].domain == 0)
			continue;
		say("shutting down domain %u", list[i].domain);
		if (!ask(list[i].domain, "poweroff"))
			all = false;
	}
	for (int i = 0; i < count; i++)
		if (list[i].domain != 0 && !wait_ended(list[i].domain))
			all = false;
	return all;
}

int command_shutdown(int argc, char **argv)
{
	unsigned int id;

	if (option(argc, argv, "-a"))
		return shutdown_all() ? EXIT_SUCCESS : EXIT_FAILURE;
	if (argc < 2) {
		complain("shutdown: of which domain? (-a: of all)");
		return EXIT_USAGE;
	}
	if (!find_guest(argv[argc - 1], &id) || !ask(id, "poweroff"))
		return EXIT_FAILURE;
	if (option(argc, argv, "-w") && !wait_ended(id))
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

int command_reboot(int argc, char **argv)
{
	unsigned int id;

	return find_guest(argv[argc - 1], &id) && ask(id, "reboot") ? EXIT_SUCCESS
								    : EXIT_FAILURE;
}

int command_destroy(int argc, char **argv)
{
	unsigned int id;
	bool fine;

	if (!change_lock() || !find_guest(argv[argc - 1], &id))
		return EXIT_FAILURE;
	fine = domain_remove(id);
	change_unlock();
	return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int simple(const char *word, int (*call)(unsigned int id), const char *what)
{
	unsigned int id;
	int result;

	if (!find_guest(word, &id))
		return EXIT_FAILURE;
	result = call(id);
	if (result >= 0)
		return EXIT_SUCCESS;
	complain("%s cannot be %s: %s", word, what, strerror(-result));
	return EXIT_FAILURE;
}

int command_pause(int argc, char **argv)
{
	return simple(argv[argc - 1], hyper_pause, "paused");
}

int command_unpause(int argc, char **argv)
{
	return simple(argv[argc - 1], hyper_unpause, "continued");
}
