/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xenstore.  Paths are absolute.  Nodes that belong together are written in one
 * transaction:
 *
 *	do {
 *		store_begin();
 *		store_put(&perms, path, "%u", value);
 *		...
 *	} while (store_end(&done));
 */
#ifndef SIGMA_TOOL_STORE_H
#define SIGMA_TOOL_STORE_H

#include <stdbool.h>
#include <xenstore.h>

#include "util.h"

/* States of either end of a split device (xen/io/xenbus.h). */
enum device_state {
	STATE_GONE = 0, /* no node, or not a number */
	STATE_INITIALISING = 1,
	STATE_INIT_WAIT = 2,
	STATE_INITIALISED = 3,
	STATE_CONNECTED = 4,
	STATE_CLOSING = 5,
	STATE_CLOSED = 6,
};

/* Whose a node is and who else may read it; dom0 may do everything anyway. */
struct access {
	unsigned int owner;
	int reader; /* -1: nobody */
};

/* false: complained. */
bool store_open(void);
/* For poll(): readable when a watch has fired; see xs_check_watch(). */
struct xs_handle *store_handle(void);

void store_begin(void);
/*
 * Ends the transaction.
 * @return true: it met another's, do it all again.  *done: it is in the store.
 */
bool store_end(bool *done);
/* Leaves the transaction undone. */
void store_abandon(void);

/*
 * Writes a node, inside of a transaction or alone.  What goes wrong inside of one
 * makes store_end() say so.
 */
bool store_put(const struct access *access, const char *path, const char *format, ...)
	printf_like(3);

/* The value, to be freed; NULL: there is no such node. */
char *store_get(const char *format, ...) printf_like(1);
/* A number; `otherwise` if there is none. */
unsigned int store_number(unsigned int otherwise, const char *format, ...) printf_like(2);
bool store_exists(const char *format, ...) printf_like(1);
/* Takes a node and all below away; true also if there was none. */
bool store_remove(const char *format, ...) printf_like(1);
/* The same, in a transaction, and what is left bare above it, as xl does. */
void store_remove_branch(const char *format, ...) printf_like(1);
/* Names of the nodes below, none if there is no such node; list_clear() it. */
struct list store_list(const char *format, ...) printf_like(1);

enum device_state store_state(const char *device_path);
/*
 * Waits until the device's state is one of those in the mask (1 << state | ...).
 * @return whether it came to that within the time
 */
bool store_wait_state(const char *device_path, unsigned int states, unsigned int ms);
/* The same for a node that comes into being (or goes away). */
bool store_wait_exists(const char *path, bool exists, unsigned int ms);

#endif
