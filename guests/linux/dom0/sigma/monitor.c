// SPDX-License-Identifier: GPL-2.0-only
/*
 * `sigma monitor`: what happens when a domain ends.  xenstored fires @releaseDomain
 * when the hypervisor tells it that some domain shut down, crashed or was destroyed;
 * which one is found by looking.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xen/sched.h>

#include "commands.h"
#include "create.h"
#include "domain.h"
#include "hyper.h"
#include "image.h"
#include "store.h"

#define LOG          "/var/log/sigma.log"
#define RESTARTS_MAX 5 /* in RESTARTS_MS: more is a loop */
#define RESTARTS_MS  60000
#define DESTROYED    ~0u /* in place of a reason: it was ended from outside */

/* When a domain of this name was last restarted. */
static struct history {
	char name[DOMAIN_NAME_MAX + 1];
	uint64_t time[RESTARTS_MAX]; /* a ring */
	unsigned int next;
} histories[DOMAINS_MAX];

static bool preserved[DOMID_FIRST_RESERVED]; /* has been said already */

static struct history *history_of(const char *name)
{
	struct history *oldest = histories;

	for (struct history *h = histories; h < histories + DOMAINS_MAX; h++) {
		if (strcmp(h->name, name) == 0)
			return h;
		if (h->time[h->next] < oldest->time[oldest->next])
			oldest = h;
	}
	*oldest = (struct history){0};
	strcpy(oldest->name, name);
	return oldest;
}

static bool restart_allowed(const char *name)
{
	struct history *h = history_of(name);
	uint64_t first = h->time[h->next], now = now_ms();

	if (access(STOPPING_MARK, F_OK) == 0)
		return false;
	if (first != 0 && now - first < RESTARTS_MS)
		return complain("%s was restarted %d times within a minute: left off "
				"(sigma restart %s starts it)",
				name, RESTARTS_MAX, name);
	h->time[h->next] = now;
	h->next = (h->next + 1) % RESTARTS_MAX;
	return true;
}

static const char *reason_text(unsigned int reason)
{
	switch (reason) {
	case SHUTDOWN_poweroff:
		return "powered off";
	case SHUTDOWN_reboot:
	case SHUTDOWN_soft_reset:
		return "reboots";
	case SHUTDOWN_suspend:
		return "suspended itself";
	case SHUTDOWN_crash:
		return "crashed";
	case SHUTDOWN_watchdog:
		return "was stopped by its watchdog";
	case DESTROYED:
		return "was destroyed";
	default:
		return "ended";
	}
}

static enum action action_for(const struct description *d, unsigned int reason)
{
	switch (reason) {
	case SHUTDOWN_poweroff:
		return d->on_poweroff;
	case SHUTDOWN_reboot:
	case SHUTDOWN_soft_reset:
		return d->on_reboot;
	case SHUTDOWN_suspend:
		return ACTION_PRESERVE;
	case DESTROYED:
		return ACTION_DESTROY;
	default:
		return d->on_crash;
	}
}

/* Without a description (it was never ours) it is only cleaned up. */
static void ended(unsigned int id, unsigned int reason)
{
	static const char *const doing[] = {
		[ACTION_DESTROY] = "cleaning up",
		[ACTION_RESTART] = "starting it again",
		[ACTION_PRESERVE] = "it is kept as it is (sigma destroy removes it)",
	};
	struct description d;
	bool known = domain_description(id, &d);
	enum action action = known ? action_for(&d, reason) : ACTION_DESTROY;

	if (preserved[id] && reason != DESTROYED)
		return description_clear(&d);
	say("%s (domain %u) %s: %s", known ? d.name : "a domain", id, reason_text(reason),
	    doing[action]);
	preserved[id] = action == ACTION_PRESERVE;
	if (action != ACTION_PRESERVE)
		domain_remove(id);
	if (action == ACTION_RESTART && restart_allowed(d.name) && !domain_create(&d))
		complain("%s does not run", d.name);
	if (known)
		description_clear(&d);
}

static void look(unsigned int id)
{
	struct xen_domctl_getdomaininfo info;
	int result = hyper_domain(id, &info);

	if (result == -ESRCH || (result == 0 && (info.flags & XEN_DOMINF_dying)))
		ended(id, DESTROYED);
	else if (result == 0 && (info.flags & XEN_DOMINF_shutdown))
		ended(id,
		      info.flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask);
	else
		preserved[id] = false;
}

static void look_at_all(void)
{
	unsigned int ids[DOMAINS_MAX], count;

	if (!change_lock())
		return;
	count = domain_known(ids, DOMAINS_MAX);
	for (unsigned int i = 0; i < count; i++)
		if (ids[i] < DOMID_FIRST_RESERVED)
			look(ids[i]);
	change_unlock();
}

static int watch(int ready)
{
	struct xs_handle *store;
	struct pollfd event;

	if (!hyper_open() || !store_open() || !log_to(LOG))
		return EXIT_FAILURE;
	store = store_handle();
	if (!xs_watch(store, "@releaseDomain", "ended")) {
		complain("xenstore: @releaseDomain cannot be watched: %s",
			 strerror(errno));
		return EXIT_FAILURE;
	}
	event = (struct pollfd){.fd = xs_fileno(store), .events = POLLIN};
	if (write(ready, "", 1) != 1)
		return EXIT_FAILURE;
	close(ready);
	for (;;) {
		for (char **fired; (fired = xs_check_watch(store)) != NULL;)
			free(fired);
		look_at_all();
		poll(&event, 1, -1);
	}
}

/* The parent's end: it waits until the child can do its work. */
static int wait_ready(int from_child)
{
	char byte;

	if (read(from_child, &byte, 1) == 1)
		return EXIT_SUCCESS;
	return EXIT_FAILURE;
}

int command_monitor(int argc, char **argv)
{
	int ends[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)argc, (void)argv;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return EXIT_FAILURE;
	switch (fork()) {
	case -1:
		complain("no further process: %s", strerror(errno));
		return EXIT_FAILURE;
	case 0:
		setsid();
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		close(ends[0]);
		exit(watch(ends[1]));
	default:
		close(ends[1]);
		return wait_ready(ends[0]);
	}
}
