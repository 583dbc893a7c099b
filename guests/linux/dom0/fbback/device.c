// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device.h"
#include "fbback.h"
#include "store.h"

#define BACKEND "/local/domain/0/backend"

struct device *devices;
static xenevtchn_handle *channels;
static const struct device_kind *const kinds[] = {&vfb_kind, &vkbd_kind};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* ---- states ----------------------------------------------------------------- */

static void set_state(struct device *d, enum xenbus_state state)
{
	char text[12];
	struct store_pair pair = {"state", text};

	snprintf(text, sizeof(text), "%d", state);
	store_update(d->backend, &pair, 1);
}

static void offer(struct device *d)
{
	struct store_pair wait = {"state", "2"};

	_Static_assert(XenbusStateInitWait == 2, "the text above");
	if (store_update(d->backend, d->kind->offers, d->kind->offers_count))
		store_update(d->backend, &wait, 1);
}

static void disconnect(struct device *d)
{
	d->connected = false;
	d->kind->disconnect(d);
	if (d->port >= 0)
		xenevtchn_unbind(channels, (evtchn_port_t)d->port);
	d->port = -1;
	d->paused = 0;
}

void device_fail(struct device *d, const char *format, ...)
{
	char text[160], path[96];
	struct store_pair error = {path, text};
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "fbback: domain %u, %s: %s; the device is closed\n", d->domid,
		d->kind->name, text);
	disconnect(d);
	/* where Linux's backends leave theirs */
	snprintf(path, sizeof(path), "/local/domain/0/error/backend/%s/%u/0/error",
		 d->kind->name, d->domid);
	store_update(d->backend, &error, 1);
	set_state(d, XenbusStateClosing);
}

static void connect(struct device *d)
{
	uint32_t port;

	if (!store_number(d->frontend, "event-channel", &port)) {
		device_fail(d, "the frontend's event-channel is no number");
		return;
	}
	d->port = xenevtchn_bind_interdomain(channels, d->domid, port);
	if (d->port < 0) {
		device_fail(d, "event channel %u of the domain cannot be bound", port);
		return;
	}
	if (!d->kind->connect(d))
		return;
	d->connected = true;
	set_state(d, XenbusStateConnected);
	/* what the frontend put into its ring before the port was there */
	d->kind->event(d);
}

static bool is_dead(const struct device *d)
{
	return !xs_is_domain_introduced(store, d->domid);
}

static bool has_shared(enum xenbus_state frontend)
{
	return frontend == XenbusStateInitialised || frontend == XenbusStateConnected;
}

/*
 * Compare the states of both ends and take the next step.  Called whenever something
 * may have changed, so it must not matter how often.
 */
static void step(struct device *d)
{
	enum xenbus_state frontend = store_state(d->frontend);
	uint32_t online;

	switch (store_state(d->backend)) {
	case XenbusStateInitialising:
		offer(d);
		break;
	case XenbusStateInitWait:
		if (has_shared(frontend))
			connect(d);
		break;
	case XenbusStateConnected:
		if (has_shared(frontend)) {
			/* not connected: a frontend that an earlier run of ours served */
			if (!d->connected)
				connect(d);
			break;
		}
		disconnect(d);
		if (frontend == XenbusStateInitialising)
			offer(d);
		else
			set_state(d, XenbusStateClosing);
		break;
	case XenbusStateClosing:
		disconnect(d);
		if (frontend == XenbusStateClosed || frontend == XenbusStateUnknown ||
		    is_dead(d))
			set_state(d, XenbusStateClosed);
		break;
	default:
		disconnect(d);
		/* closed: the frontend may come again */
		if (store_number(d->backend, "online", &online) && online &&
		    !is_dead(d) &&
		    (frontend == XenbusStateInitialising || has_shared(frontend)))
			offer(d);
		break;
	}
}

/* ---- devices come and go ------------------------------------------------------ */

static struct device *find(const struct device_kind *kind, uint32_t domid)
{
	for (struct device *d = devices; d; d = d->next)
		if (d->kind == kind && d->domid == domid)
			return d;
	return NULL;
}

struct device *device_find(const struct device_kind *kind, uint32_t domid)
{
	struct device *d = find(kind, domid);

	return d && d->connected ? d : NULL;
}

static bool watch_frontend(struct device *d, bool on)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/state", d->frontend);
	return on ? xs_watch(store, path, d->token) : xs_unwatch(store, path, d->token);
}

static void device_remove(struct device *d)
{
	struct device **link = &devices;

	disconnect(d);
	watch_frontend(d, false);
	while (*link != d)
		link = &(*link)->next;
	*link = d->next;
	free(d->backend);
	free(d->frontend);
	free(d);
}

static void device_add(const struct device_kind *kind, uint32_t domid, char *backend,
		       char *frontend)
{
	struct device *d = calloc(1, kind->size), **link = &devices;

	if (!d)
		fatal("no memory for a device");
	d->kind = kind;
	d->domid = domid;
	d->backend = backend;
	d->frontend = frontend;
	d->port = -1;
	snprintf(d->token, sizeof(d->token), "%s/%u", kind->name, domid);
	while (*link && (*link)->domid < domid)
		link = &(*link)->next;
	d->next = *link;
	*link = d;
	/* a watch that is set fires at once: step() follows */
	if (!watch_frontend(d, true))
		device_fail(d, "xenstore: no watch on %s/state", d->frontend);
}

/* Something below the backend's directory of a domain's device 0 has changed. */
static void device_check(const struct device_kind *kind, uint32_t domid)
{
	struct device *d = find(kind, domid);
	char backend[64], *frontend;
	bool same;

	snprintf(backend, sizeof(backend), BACKEND "/%s/%u/0", kind->name, domid);
	frontend = store_read(backend, "frontend");
	same = d && frontend && strcmp(frontend, d->frontend) == 0;
	if (d && !same) {
		device_remove(d);
		d = NULL;
	}
	if (!d && frontend) {
		device_add(kind, domid, strdup(backend), frontend);
		return;
	}
	free(frontend);
	if (d) {
		/* made anew under the same name */
		if (store_state(d->backend) == XenbusStateInitialising)
			disconnect(d);
		step(d);
	}
}

static void scan(const struct device_kind *kind)
{
	unsigned int n = 0;
	char path[64], **names;

	for (struct device *d = devices, *next; d; d = next) {
		next = d->next;
		if (d->kind == kind)
			device_check(kind, d->domid);
	}
	snprintf(path, sizeof(path), BACKEND "/%s", kind->name);
	names = xs_directory(store, XBT_NULL, path, &n);
	for (unsigned int i = 0; names && i < n; i++)
		device_check(kind, (uint32_t)strtoul(names[i], NULL, 10));
	free(names);
}

/* Domains have died: their nodes may stay, their pages must not stay mapped. */
static void drop_dead(void)
{
	for (struct device *d = devices; d; d = d->next)
		if (is_dead(d) && store_state(d->backend) >= XenbusStateConnected) {
			disconnect(d);
			set_state(d, XenbusStateClosed);
		}
}

/* ---- events -------------------------------------------------------------------- */

static void changed(const struct device_kind *kind, const char *path)
{
	size_t prefix = strlen(BACKEND "/") + strlen(kind->name);

	if (strlen(path) > prefix && path[prefix] == '/')
		device_check(kind, (uint32_t)strtoul(path + prefix + 1, NULL, 10));
	else
		scan(kind);
}

void devices_store_event(void)
{
	char **event = xs_check_watch(store);
	unsigned int domid;

	if (!event)
		return;
	if (strcmp(event[XS_WATCH_TOKEN], "dead") == 0)
		drop_dead();
	for (unsigned int i = 0; i < KINDS; i++) {
		const char *token = event[XS_WATCH_TOKEN], *name = kinds[i]->name;
		size_t length = strlen(name);

		if (strncmp(token, name, length) != 0)
			continue;
		if (token[length] == '\0')
			changed(kinds[i], event[XS_WATCH_PATH]);
		else if (sscanf(token + length, "/%u", &domid) == 1)
			device_check(kinds[i], domid);
	}
	free(event);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* An event that came meanwhile comes now. */
static void listen_again(struct device *d)
{
	d->paused = 0;
	xenevtchn_unmask(channels, (evtchn_port_t)d->port);
}

void devices_port_event(void)
{
	int port = xenevtchn_pending(channels);
	struct device *d = devices;

	while (d && !(d->connected && d->port == port))
		d = d->next;
	if (port < 0 || !d)
		return;
	d->kind->event(d);
	if (!d->connected)
		return;
	if (d->kind->pause_ms)
		d->paused = now_ms() + d->kind->pause_ms;
	else
		listen_again(d);
}

int devices_resume(void)
{
	int64_t now = now_ms(), next = INT32_MAX;

	for (struct device *d = devices; d; d = d->next) {
		if (!d->paused)
			continue;
		if (d->paused <= now)
			listen_again(d);
		else if (d->paused - now < next)
			next = d->paused - now;
	}
	return next == INT32_MAX ? -1 : (int)next;
}

void device_notify(struct device *d)
{
	xenevtchn_notify(channels, (evtchn_port_t)d->port);
}

int devices_store_fd(void)
{
	return xs_fileno(store);
}

int devices_port_fd(void)
{
	return xenevtchn_fd(channels);
}

void devices_start(void)
{
	store = xs_open(0);
	if (!store)
		fatal("xenstored does not answer: is it running?");
	channels = xenevtchn_open(NULL, 0);
	if (!channels)
		fatal("/dev/xen/evtchn: %m");
	if (!xs_watch(store, "@releaseDomain", "dead"))
		fatal("xenstore: no watch for domains that end: %m");
	for (unsigned int i = 0; i < KINDS; i++) {
		char path[64];

		snprintf(path, sizeof(path), BACKEND "/%s", kinds[i]->name);
		if (!xs_watch(store, path, kinds[i]->name))
			fatal("xenstore: no watch on %s: %m", path);
	}
}
