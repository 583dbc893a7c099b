// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

void device_init(struct device *device, unsigned int domain, const char *kind,
		 unsigned int number)
{
	device->domain = domain;
	device->kind = kind;
	device->number = number;
	snprintf(device->frontend, TEXT_MAX, "/local/domain/%u/device/%s/%u", domain,
		 kind, number);
	snprintf(device->backend, TEXT_MAX, "/local/domain/0/backend/%s/%u/%u", kind,
		 domain, number);
	snprintf(device->libxl, TEXT_MAX, "/libxl/%u/device/%s/%u", domain, kind, number);
}

static void put(const struct access *access, const char *base, const char *name,
		const char *value)
{
	char *path = text("%s/%s", base, name);

	store_put(access, path, "%s", value);
	free(path);
}

void device_frontend(const struct device *device, const char *name, const char *format,
		     ...)
{
	/* the frontend's own, which the backend's domain may read */
	struct access access = {device->domain, 0};
	char value[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	put(&access, device->frontend, name, value);
}

void device_backend(const struct device *device, const char *name, const char *format,
		    ...)
{
	struct access access = {0, (int)device->domain}, private = {0, -1};
	char value[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	put(&access, device->backend, name, value);
	put(&private, device->libxl, name, value);
}

void device_create(const struct device *device)
{
	struct access front = {device->domain, 0}, back = {0, (int)device->domain},
		      private = {0, -1};

	store_put(&front, device->frontend, "%s", "");
	store_put(&back, device->backend, "%s", "");
	store_put(&private, device->libxl, "%s", "");
	device_frontend(device, "backend", "%s", device->backend);
	device_frontend(device, "backend-id", "0");
	device_frontend(device, "state", "%d", STATE_INITIALISING);
	device_backend(device, "frontend", "%s", device->frontend);
	device_backend(device, "frontend-id", "%u", device->domain);
	device_backend(device, "online", "1");
	device_backend(device, "state", "%d", STATE_INITIALISING);
	put(&private, device->libxl, "backend", device->backend);
}

/* The kernel leaves it beside the devices: <error number> <what it was doing>. */
char *device_error(const struct device *device)
{
	char *said = store_get("/local/domain/0/error/backend/%s/%u/%u/error",
			       device->kind, device->domain, device->number);

	return said != NULL ? said : copy_text("it does not say why");
}

static void ask_to_close(const struct device *device, bool force)
{
	struct access back = {0, (int)device->domain};
	enum device_state state = store_state(device->backend);

	if (state == STATE_GONE)
		return;
	put(&back, device->backend, "online", "0");
	/* before the frontend goes: the kernel answers that with Closed */
	if (state != STATE_CLOSED)
		put(&back, device->backend, "state", "5");
	if (force)
		store_remove("%s", device->frontend);
	/* no backend ever saw it: none will answer */
	if (state == STATE_INITIALISING)
		store_remove("%s", device->backend);
}

static void remove_nodes(const struct device *device)
{
	store_remove("%s", device->frontend);
	store_remove_branch("%s", device->backend);
	store_remove("%s", device->libxl);
	store_remove_branch("/local/domain/0/error/backend/%s/%u/%u", device->kind,
			    device->domain, device->number);
}

static bool wait_closed(const struct device *device)
{
	return store_wait_state(device->backend, 1 << STATE_GONE | 1 << STATE_CLOSED,
				BACKEND_TIMEOUT_MS);
}

bool device_remove(const struct device *device, bool force)
{
	bool closed;

	ask_to_close(device, force);
	closed = wait_closed(device);
	if (closed || force)
		remove_nodes(device);
	return closed;
}

void devices_each(unsigned int domain, const char *kind,
		  void (*each)(const struct device *device))
{
	struct list numbers = store_list("/local/domain/0/backend/%s/%u", kind, domain);
	struct device device;
	uint32_t number;

	for (unsigned int i = 0; i < numbers.count; i++)
		if (parse_number(numbers.item[i], &number)) {
			device_init(&device, domain, kind, number);
			each(&device);
		}
	list_clear(&numbers);
}

static bool all_closed, with_force;

static void close_one(const struct device *device)
{
	ask_to_close(device, with_force);
}

static void finish_one(const struct device *device)
{
	if (!wait_closed(device))
		all_closed = complain("domain %u: the backend of %s %u does not close",
				      device->domain, device->kind, device->number);
	remove_nodes(device);
}

/* Every kind that has a backend, also one that this tool knows nothing of. */
bool devices_remove(unsigned int domain, bool force)
{
	struct list kinds = store_list("/local/domain/0/backend");

	all_closed = true;
	with_force = force;
	for (unsigned int i = 0; i < kinds.count; i++)
		if (strcmp(kinds.item[i], "console")) /* the console's daemon closes it */
			devices_each(domain, kinds.item[i], close_one);
	for (unsigned int i = 0; i < kinds.count; i++) {
		if (!strcmp(kinds.item[i], "console"))
			continue;
		devices_each(domain, kinds.item[i], finish_one);
		store_remove_branch("/local/domain/0/backend/%s/%u", kinds.item[i],
				    domain);
		store_remove_branch("/local/domain/0/error/backend/%s/%u", kinds.item[i],
				    domain);
	}
	list_clear(&kinds);
	return all_closed;
}

bool screen_attach(unsigned int domain)
{
	struct device screen, input;
	bool done;

	device_init(&screen, domain, "vfb", 0);
	device_init(&input, domain, "vkbd", 0);
	do {
		store_begin();
		device_create(&screen);
		device_create(&input);
		device_backend(&input, "backend-type", "linux");
	} while (store_end(&done));
	return done;
}
