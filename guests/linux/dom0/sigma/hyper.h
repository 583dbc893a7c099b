/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor, called through privcmd (libxencall).  Functions that answer an
 * int give 0 or a negative errno.
 */
#ifndef SIGMA_TOOL_HYPER_H
#define SIGMA_TOOL_HYPER_H

#include <stdbool.h>
#include <stdint.h>
#include <xen/xen.h>

#include <xen/domctl.h>

#define DOMAINS_MAX 64

/* false: complained.  Once, before everything else here. */
bool hyper_open(void);

/*
 * The domains that exist, in the order of their ids.
 * @return how many, or a negative errno
 */
int hyper_domains(struct xen_domctl_getdomaininfo *list, unsigned int max);

/* -ESRCH: there is no such domain. */
int hyper_domain(unsigned int id, struct xen_domctl_getdomaininfo *info);

int hyper_param(unsigned int id, uint32_t index, uint64_t *value);

int hyper_pause(unsigned int id);
int hyper_unpause(unsigned int id);
/* The UUID that xl shows, in its text form. */
int hyper_set_uuid(unsigned int id, const char *uuid);
/* Ends it; it is gone when nobody maps a page of it any more. */
int hyper_destroy(unsigned int id);

/*
 * One command of sigma_build (public/manage.h) with its structure, `bytes` long,
 * which may be written.
 * @return what the hypervisor answers
 */
int hyper_build(unsigned int command, void *structure, size_t bytes);
/* SIGMA_BUILD_WRITE of any number of bytes. */
int hyper_build_write(uint32_t offset, const void *data, uint32_t bytes);

#endif
