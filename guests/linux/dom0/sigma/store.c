// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

static struct xs_handle *store;
static xs_transaction_t transaction; /* XBT_NULL: none */
static int failure;                  /* errno of the first failure in the transaction */
static char *failed_path;

bool store_open(void)
{
	store = xs_open(0);
	if (store == NULL)
		return complain("xenstore does not answer (%s): is xenstored running?",
				strerror(errno));
	return true;
}

struct xs_handle *store_handle(void)
{
	return store;
}

void store_begin(void)
{
	failure = 0;
	free(failed_path);
	failed_path = NULL;
	transaction = xs_transaction_start(store);
	if (transaction == XBT_NULL)
		failure = errno;
}

bool store_end(bool *done)
{
	bool committed = xs_transaction_end(store, transaction, failure != 0);

	transaction = XBT_NULL;
	*done = committed && failure == 0;
	if (*done)
		return false;
	if (failure == 0 && errno == EAGAIN)
		return true;
	complain("xenstore: %s: %s", failed_path != NULL ? failed_path : "transaction",
		 strerror(failure != 0 ? failure : errno));
	return false;
}

void store_abandon(void)
{
	xs_transaction_end(store, transaction, true);
	transaction = XBT_NULL;
}

static bool put_failed(const char *path)
{
	if (transaction == XBT_NULL)
		return complain("xenstore: %s: %s", path, strerror(errno));
	if (failure == 0) {
		failure = errno;
		failed_path = copy_text(path);
	}
	return false;
}

bool store_put(const struct access *access, const char *path, const char *format, ...)
{
	struct xs_permissions permissions[2] = {
		{access->owner, XS_PERM_NONE},
		{access->reader < 0 ? 0 : (unsigned int)access->reader, XS_PERM_READ},
	};
	char value[TEXT_MAX * 4];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	if (!xs_write(store, transaction, path, value, (unsigned int)strlen(value)) ||
	    !xs_set_permissions(store, transaction, path, permissions,
				access->reader < 0 ? 1 : 2))
		return put_failed(path);
	return true;
}

/* The path that a function's own arguments make. */
#define make_path(path, format)                              \
	do {                                                 \
		va_list args;                                \
		va_start(args, format);                      \
		vsnprintf(path, sizeof(path), format, args); \
		va_end(args);                                \
	} while (0)

char *store_get(const char *format, ...)
{
	char path[TEXT_MAX * 2];

	make_path(path, format);
	return xs_read(store, transaction, path, NULL);
}

unsigned int store_number(unsigned int otherwise, const char *format, ...)
{
	char path[TEXT_MAX * 2], *value;
	uint32_t number = otherwise;

	make_path(path, format);
	value = xs_read(store, transaction, path, NULL);
	if (value == NULL || !parse_number(value, &number))
		number = otherwise;
	free(value);
	return number;
}

static bool path_exists(const char *path)
{
	char *value = xs_read(store, transaction, path, NULL);

	free(value);
	return value != NULL;
}

bool store_exists(const char *format, ...)
{
	char path[TEXT_MAX * 2];

	make_path(path, format);
	return path_exists(path);
}

bool store_remove(const char *format, ...)
{
	char path[TEXT_MAX * 2];

	make_path(path, format);
	if (xs_rm(store, transaction, path) || errno == ENOENT)
		return true;
	return put_failed(path);
}

/* A node below /local/domain/N with neither nodes nor a value of its own. */
static bool is_bare(const char *path)
{
	unsigned int count = 0, slashes = 0, length = 0;
	char **names = xs_directory(store, transaction, path, &count);
	void *value = xs_read(store, transaction, path, &length);
	bool there = names != NULL && value != NULL;

	for (const char *c = path; *c != '\0'; c++)
		slashes += *c == '/';
	free(names);
	free(value);
	return there && count == 0 && length == 0 && slashes > 3;
}

void store_remove_branch(const char *format, ...)
{
	char path[TEXT_MAX * 2], parent[TEXT_MAX * 2];
	bool done;

	make_path(path, format);
	if (!path_exists(path))
		return;
	do {
		store_begin();
		store_remove("%s", path);
		strcpy(parent, path);
		do {
			*strrchr(parent, '/') = '\0';
		} while (is_bare(parent) && store_remove("%s", parent));
	} while (store_end(&done));
}

struct list store_list(const char *format, ...)
{
	struct list list = {0};
	char path[TEXT_MAX * 2], **names;
	unsigned int count = 0;

	make_path(path, format);
	names = xs_directory(store, transaction, path, &count);
	for (unsigned int i = 0; names != NULL && i < count; i++)
		list_add(&list, names[i]);
	free(names);
	return list;
}

enum device_state store_state(const char *device_path)
{
	unsigned int state = store_number(STATE_GONE, "%s/state", device_path);

	return state <= STATE_CLOSED ? (enum device_state)state : STATE_GONE;
}

struct wait {
	const char *path;
	unsigned int states; /* 0: its existence is what matters */
	bool exists;
};

static bool has_come(const struct wait *wait)
{
	if (wait->states != 0)
		return (wait->states >> store_state(wait->path)) & 1;
	return path_exists(wait->path) == wait->exists;
}

/* A connection of its own: watches of the tool's main loop are not eaten here. */
static bool wait_for(const struct wait *wait, unsigned int ms)
{
	struct xs_handle *watcher = xs_open(0);
	uint64_t end = now_ms() + ms, now;
	struct pollfd event;
	bool come = false;

	if (watcher == NULL || !xs_watch(watcher, wait->path, "wait")) {
		xs_close(watcher);
		return complain("xenstore: %s cannot be watched: %s", wait->path,
				strerror(errno));
	}
	event = (struct pollfd){.fd = xs_fileno(watcher), .events = POLLIN};
	while (!(come = has_come(wait)) && (now = now_ms()) < end) {
		poll(&event, 1, (int)(end - now));
		for (char **fired; (fired = xs_check_watch(watcher)) != NULL;)
			free(fired);
	}
	xs_close(watcher);
	return come;
}

bool store_wait_state(const char *device_path, unsigned int states, unsigned int ms)
{
	struct wait wait = {.path = device_path, .states = states};

	return wait_for(&wait, ms);
}

bool store_wait_exists(const char *path, bool exists, unsigned int ms)
{
	struct wait wait = {.path = path, .exists = exists};

	return wait_for(&wait, ms);
}
