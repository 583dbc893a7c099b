/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's grant tables, version 1: a domain's pages lent to another, mapped into
 * that one's foreign window or copied by the hypervisor.
 */
#ifndef HV_GRANT_H
#define HV_GRANT_H

#include <hv/types.h>
#include <hv/xen.h>

struct domain;

#define GRANT_FRAMES_MAX 32

int grants_create(struct domain *d); /* 0 or -XEN_ENOMEM */
/* Unmap all that d has mapped, forget its tables. */
void grants_destroy(struct domain *d);

/**
 * grant_adopt_frame - the guest gives the page at p as its grant frame `index`
 * Existing entries are carried over.  0, -XEN_EINVAL, -XEN_ENOMEM.
 */
int grant_adopt_frame(struct domain *d, unsigned int index, paddr_t p);

/* Entry `ref` of d grants `frame` (pseudo) to `to`, before the guest runs. */
void grant_preset(struct domain *d, grant_ref_t ref, paddr_t frame, domid_t to);

void grants_dump(const struct domain *d); /* console key */

#endif
