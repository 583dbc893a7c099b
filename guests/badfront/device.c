/* SPDX-License-Identifier: MIT */
/* The life of a frontend, as far as xenstore tells it: xenbus's states. */
#include "badfront.h"

#define STATE_MS 20000

bool device_find(struct device *d)
{
	char path[PATH_SIZE], name[16];

	format(path, sizeof(path), "device/%s", d->kind);
	if (!xs_first(path, name, sizeof(name)))
		return false;
	format(d->front, sizeof(d->front), "device/%s/%s", d->kind, name);
	format(path, sizeof(path), "%s/backend", d->front);
	guest_check(xs_read(path, d->back, sizeof(d->back)) > 0, "%s is not there", path);
	return true;
}

enum xenbus_state device_backend_state(const struct device *d)
{
	return (enum xenbus_state)xs_number("%s/state", d->back);
}

void device_set_state(const struct device *d, enum xenbus_state state)
{
	char path[PATH_SIZE];

	format(path, sizeof(path), "%s/state", d->front);
	guest_check(xs_write(path, "%u", (unsigned int)state) >= 0,
		    "%s cannot be written", path);
}

static void expect_state(const struct device *d, enum xenbus_state state)
{
	guest_check(wait_for(STATE_MS, device_backend_state(d) == state),
		    "%s: the backend is in state %u, not %u", d->front,
		    (unsigned int)device_backend_state(d), (unsigned int)state);
}

static void close_port(struct device *d)
{
	if (d->port)
		event_close((unsigned int)d->port);
	d->port = 0;
}

void device_reset(struct device *d)
{
	if (device_backend_state(d) != XenbusStateInitWait) {
		device_set_state(d, XenbusStateClosing);
		wait_for(1000, device_backend_state(d) >= XenbusStateClosing);
		device_set_state(d, XenbusStateClosed);
		expect_state(d, XenbusStateClosed);
	}
	close_port(d);
	device_set_state(d, XenbusStateInitialising);
	expect_state(d, XenbusStateInitWait);
	d->port = event_alloc_unbound(0, wake);
	guest_check(d->port > 0, "no port: %d", d->port);
	d->nodes();
}

void device_connect(struct device *d)
{
	device_reset(d);
	device_set_state(d, d->connected);
	expect_state(d, XenbusStateConnected);
	device_set_state(d, XenbusStateConnected);
}

void device_refuses(struct device *d, const char *node, const char *value)
{
	char path[PATH_SIZE];
	enum xenbus_state state;

	device_reset(d);
	format(path, sizeof(path), "%s/%s", d->front, node);
	guest_check((value ? xs_write(path, "%s", value) : xs_remove(path)) >= 0,
		    "%s cannot be written", path);
	device_set_state(d, d->connected);
	wait_for(500, device_backend_state(d) != XenbusStateInitWait);
	state = device_backend_state(d);
	guest_check(state != XenbusStateConnected, "%s: connected with %s = %s", d->front,
		    node, value ? value : "nothing");
	guest_printf("%s: %s = %s refused, backend in state %u\n", d->kind, node,
		     value ? value : "nothing", (unsigned int)state);
}
