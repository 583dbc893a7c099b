/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A running domain as dom0 knows it: its nodes in xenstore, its devices, and the
 * description it was made from, kept in RUN_DIRECTORY/ID.cfg for restarts.
 */
#ifndef SIGMA_TOOL_DOMAIN_H
#define SIGMA_TOOL_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <xen/xen.h>

#include <xen/domctl.h>

#include "description.h"

#define RUN_DIRECTORY "/run/sigma"
/* There while dom0 goes down: no domain is started again. */
#define STOPPING_MARK RUN_DIRECTORY "/stopping"

/* dom0's own nodes. */
bool domain_register_dom0(void);

/*
 * Makes an existing domain known: nodes, devices, description, and xenstored itself.
 * patience_ms: see disk_attach().
 * @return false: complained; what can be there is (a missing disk does not keep the
 * others from working)
 */
bool domain_register(unsigned int id, const struct description *d,
		     unsigned int patience_ms);

/*
 * Takes away everything that dom0 has of a domain and ends the domain itself, if it
 * still exists.  It may be shut down, dying, gone.
 * @return false: complained; a backend or the hypervisor holds on to something
 */
bool domain_remove(unsigned int id);

/*
 * Takes away what dom0 has left of a domain that had this id before and does not
 * exist any more.
 */
void domain_forget(unsigned int id);

/* The description it was made from.  false: there is none (of ours), no complaint. */
bool domain_description(unsigned int id, struct description *d);

/* Its name, to be freed; "(unknown)" for one that xenstore does not know. */
char *domain_name(unsigned int id);

/*
 * The domain that the user means by a name or an id.
 * @return false: complained
 */
bool domain_find(const char *word, unsigned int *id);

/* Whether a domain of that name exists. */
bool domain_name_taken(const char *name);

/* Names of the files that hold the descriptions. */
struct list domain_kept(void);

/* Ids of domains of which dom0 has something, existing or not. */
unsigned int domain_known(unsigned int *ids, unsigned int max);

#endif
