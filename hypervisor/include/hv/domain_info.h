/* SPDX-License-Identifier: GPL-2.0-only */
/* What dom0's tools are told about a domain: domctl and sysctl share it. */
#ifndef HV_DOMAIN_INFO_H
#define HV_DOMAIN_INFO_H

#include <hv/xen.h>

struct domain;

void domain_info(struct domain *d, struct xen_domctl_getdomaininfo *info);

/* The domain with the lowest id >= id; NULL: none. */
struct domain *domain_from(uint32_t id);

#endif
