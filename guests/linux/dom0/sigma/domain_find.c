// SPDX-License-Identifier: GPL-2.0-only
/* Which domains there are, and how the user calls them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain.h"
#include "hyper.h"
#include "store.h"

char *domain_name(unsigned int id)
{
	char *name = store_get("/local/domain/%u/name", id);

	return name != NULL ? name : copy_text("(unknown)");
}

/* The existing domain with this name; -1: none. */
static int id_of(const char *wanted)
{
	struct xen_domctl_getdomaininfo list[DOMAINS_MAX];
	int count = hyper_domains(list, DOMAINS_MAX), id = -1;
	char *name;

	for (int i = 0; i < count && id < 0; i++) {
		name = domain_name(list[i].domain);
		if (strcmp(name, wanted) == 0)
			id = list[i].domain;
		free(name);
	}
	return id;
}

bool domain_name_taken(const char *name)
{
	return id_of(name) >= 0;
}

bool domain_find(const char *word, unsigned int *id)
{
	struct xen_domctl_getdomaininfo info;
	uint32_t number;
	int found;

	if (parse_number(word, &number)) {
		*id = number;
		if (number < DOMID_FIRST_RESERVED && hyper_domain(number, &info) == 0)
			return true;
		return complain("there is no domain %s (sigma list shows them)", word);
	}
	found = id_of(word);
	*id = (unsigned int)found;
	if (found >= 0)
		return true;
	return complain("there is no domain \"%s\" (sigma list shows them)", word);
}

/* Adds the number at the head of each string, once. */
static unsigned int collect(const struct list *names, unsigned int *ids,
			    unsigned int count, unsigned int max)
{
	unsigned int j;
	int id;

	for (unsigned int i = 0; i < names->count && count < max; i++) {
		id = atoi(names->item[i]);
		for (j = 0; j < count && ids[j] != (unsigned int)id; j++)
			;
		if (id > 0 && j == count)
			ids[count++] = (unsigned int)id;
	}
	return count;
}

unsigned int domain_known(unsigned int *ids, unsigned int max)
{
	struct list in_store = store_list("/local/domain");
	struct list kept = domain_kept();
	unsigned int count = collect(&in_store, ids, 0, max);

	count = collect(&kept, ids, count, max);
	list_clear(&in_store);
	list_clear(&kept);
	return count;
}
