/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xenstore: what this program needs of it.  A node is a directory and a name in it.
 * What a domain has written is text that nobody has checked.
 */
#ifndef FBBACK_STORE_H
#define FBBACK_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <xenstore.h>
#include <xen/io/xenbus.h>

extern struct xs_handle *store;

struct store_pair {
	const char *name; /* from / if it begins so, else in the directory */
	const char *value;
};

/* The value, to be freed, or NULL. */
char *store_read(const char *directory, const char *name);

/* A decimal number of at most 32 bits and nothing else; false: there is none. */
bool store_number(const char *directory, const char *name, uint32_t *number);

/* The node "state" of a device's directory; XenbusStateUnknown if there is none. */
enum xenbus_state store_state(const char *directory);

/*
 * Write all of the pairs or, if the directory holds no node "frontend" any more,
 * none: a device that the management has removed must not come back as a torso.
 */
bool store_update(const char *directory, const struct store_pair *pairs, unsigned int n);

#endif
