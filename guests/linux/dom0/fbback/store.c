// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

struct xs_handle *store;

static char *read_in(xs_transaction_t t, const char *directory, const char *name)
{
	char path[256];
	unsigned int length;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return xs_read(store, t, path, &length);
}

char *store_read(const char *directory, const char *name)
{
	return read_in(XBT_NULL, directory, name);
}

bool store_number(const char *directory, const char *name, uint32_t *number)
{
	char *text = store_read(directory, name), *end = NULL;
	unsigned long long value = 0;
	bool ok = text && text[0] >= '0' && text[0] <= '9';

	if (ok) {
		errno = 0;
		value = strtoull(text, &end, 10);
		ok = *end == '\0' && errno == 0 && value <= UINT32_MAX;
	}
	free(text);
	if (ok)
		*number = (uint32_t)value;
	return ok;
}

enum xenbus_state store_state(const char *directory)
{
	uint32_t state;

	if (!store_number(directory, "state", &state) || state > XenbusStateReconfigured)
		return XenbusStateUnknown;
	return (enum xenbus_state)state;
}

static bool write_all(xs_transaction_t t, const char *directory,
		      const struct store_pair *pairs, unsigned int n)
{
	char *frontend = read_in(t, directory, "frontend"), path[256];
	bool ok = frontend != NULL;

	free(frontend);
	for (unsigned int i = 0; ok && i < n; i++) {
		if (pairs[i].name[0] == '/')
			snprintf(path, sizeof(path), "%s", pairs[i].name);
		else
			snprintf(path, sizeof(path), "%s/%s", directory, pairs[i].name);
		ok = xs_write(store, t, path, pairs[i].value,
			      (unsigned int)strlen(pairs[i].value));
	}
	return ok;
}

bool store_update(const char *directory, const struct store_pair *pairs, unsigned int n)
{
	for (;;) {
		xs_transaction_t t = xs_transaction_start(store);

		if (t == XBT_NULL)
			return false;
		if (!write_all(t, directory, pairs, n)) {
			xs_transaction_end(store, t, true);
			return false;
		}
		if (xs_transaction_end(store, t, false))
			return true;
		if (errno != EAGAIN)
			return false;
	}
}
