/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Both ends of a split device in xenstore, where libxl puts them:
 *
 *	/local/domain/N/device/KIND/NUMBER		the frontend's end
 *	/local/domain/0/backend/KIND/N/NUMBER		the backend's
 *	/libxl/N/device/KIND/NUMBER			what xl knows of it
 */
#ifndef SIGMA_TOOL_DEVICE_H
#define SIGMA_TOOL_DEVICE_H

#include <stdbool.h>

#include "store.h"

#define BACKEND_TIMEOUT_MS 10000

struct device {
	unsigned int domain;
	const char *kind; /* "vbd", "vif", "vfb", "vkbd" */
	unsigned int number;
	char frontend[TEXT_MAX], backend[TEXT_MAX], libxl[TEXT_MAX];
};

void device_init(struct device *device, unsigned int domain, const char *kind,
		 unsigned int number);

/*
 * In a transaction: the nodes that every device has.  device_frontend() and
 * device_backend() write one more below the end; device_backend() below xl's as well.
 */
void device_create(const struct device *device);
void device_frontend(const struct device *device, const char *name, const char *format,
		     ...) printf_like(3);
void device_backend(const struct device *device, const char *name, const char *format,
		    ...) printf_like(3);

/* Why the backend gave up, out of xenstore; to be freed, never NULL. */
char *device_error(const struct device *device);

/*
 * Asks both ends to part, waits until the backend has, and takes the nodes away.
 * force: the frontend is not asked (the domain is gone or does not answer).
 * @return false: the backend did not come to an end in time; the nodes are then there
 * still, unless force
 */
bool device_remove(const struct device *device, bool force);

/* Every device of a domain, at once. */
bool devices_remove(unsigned int domain, bool force);

/*
 * xl's way of naming what there is: calls `each` for the devices of a kind that
 * either end's nodes show.
 */
void devices_each(unsigned int domain, const char *kind,
		  void (*each)(const struct device *device));

/* Frame buffer, keyboard and pointer, for the backend of ours (fbback). */
bool screen_attach(unsigned int domain);

#endif
