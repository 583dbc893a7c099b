/* SPDX-License-Identifier: GPL-2.0-only */
/* What dom0's tools are told about domains and processors: domctl and sysctl share it. */
#ifndef HV_DOMAIN_INFO_H
#define HV_DOMAIN_INFO_H

#include <hv/types.h>
#include <hv/xen.h>

struct domain;

void domain_info(struct domain *d, struct xen_domctl_getdomaininfo *info);

/* The domain with the lowest id >= id; NULL: none. */
struct domain *domain_from(uint32_t id);

/* Processors that run guests, a bit each. */
uint32_t cpus_online(void);

/*
 * Of Xen's schedulers the one whose parameters are ours: a weight for each domain and
 * one time slice.  (It has a cap as well, and limits of rate and migration: all 0 here.)
 */
#define SCHED_ID XEN_SCHEDULER_CREDIT

/**
 * bits_to_guest - fill a bitmap of the guest's
 * @bits: of it the first 32; what follows, up to 128, is 0
 *
 * Returns 0 or -XEN_EFAULT.
 */
long bits_to_guest(const struct xenctl_bitmap *map, uint32_t bits);

#endif
