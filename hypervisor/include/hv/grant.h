/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's grant tables, version 1: a domain's pages lent to another, mapped into
 * that one's foreign window or copied by the hypervisor.
 *
 * One lock protects every table.  A granter's entries lie in its own pages and may
 * change under our hands: each is read once, and its flags change by compare and
 * swap only.  Every foreign window frame holds at most one mapping, so that the
 * handle of a mapping is the frame's index in the window.
 */
#ifndef HV_GRANT_H
#define HV_GRANT_H

#include <hv/types.h>
#include <hv/xen.h>

struct domain;

#define GRANT_FRAMES_MAX 32
/* Elements of one call: what runs with interrupts masked stays below a time slice. */
#define GRANT_BATCH_MAX      4096 /* as many as the default window has frames */
#define GRANT_COPY_BATCH_MAX 512

int grants_create(struct domain *d); /* 0 or -XEN_ENOMEM */

/*
 * Unmap all that d (dying, or never started) has mapped, let go of its grant frames.
 * Nobody can map its pages any more; who has some keeps them, and grants_free() is to
 * follow.  If nobody has, that is done here.
 */
void grants_destroy(struct domain *d);

/*
 * May d's memory not be freed yet, because others have pages of it mapped?  When
 * the last of them goes, domain_reap(d) is called.
 */
bool grants_in_use(const struct domain *d);

/* Free what is left of d's tables; not while grants_in_use(d). */
void grants_free(struct domain *d);

/**
 * grant_adopt_frame - the guest gives the page at p as its grant frame `index`
 * Existing entries are carried over.  0, -XEN_EINVAL, -XEN_ENOMEM.
 */
int grant_adopt_frame(struct domain *d, unsigned int index, paddr_t p);

/* Entry `ref` of d grants `frame` (pseudo) to `to`, before the guest runs. */
void grant_preset(struct domain *d, grant_ref_t ref, paddr_t frame, domid_t to);

/**
 * foreign_map - show a page of another domain in d's foreign window, no grant
 * @gpfn: where; replaces another such page, but not a grant's
 * @gfn: which page of owner
 * The caller has checked that d may.  0, -XEN_EINVAL, -XEN_ENOMEM, -XEN_EBUSY.
 */
int foreign_map(struct domain *d, uint64_t gpfn, struct domain *owner, uint64_t gfn);
/* Undo it: 0, -XEN_EINVAL, -XEN_ENOENT, -XEN_EBUSY (a grant is mapped there). */
int foreign_unmap(struct domain *d, uint64_t gpfn);

void grants_dump(const struct domain *d); /* console key */

#endif
