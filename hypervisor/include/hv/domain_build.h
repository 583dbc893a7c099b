/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From manifest to a domain ready to start: placement, loading, device tree.
 */
#ifndef HV_DOMAIN_BUILD_H
#define HV_DOMAIN_BUILD_H

#include <hv/image.h>

struct domain;

/**
 * domains_build - build every domain of the manifest, or none
 * @board: the board's device tree (in RAM, valid)
 *
 * Checks the whole manifest (budget, devices, engines, kernels) and all hashes
 * before it creates the first domain.  Boot only; ends in boot_fail() when
 * anything is wrong.
 */
void domains_build(struct fit *fit, const struct manifest *manifest, const void *board);

/**
 * domain_tree_build - the domain's device tree, edited or made from nothing
 * @base: the tree to edit (NULL: a minimal one); @board: the machine's
 * @to, @size: room for the result
 * Returns the size used, or a negative Xen errno with *part and *error set.
 */
int domain_tree_build(struct domain *d, const struct manifest_domain *m, const struct fit *fit,
		      const void *base, const void *board, void *to, uint32_t size,
		      const char **error);

/* Devices: each node the domain owns gives it its registers and interrupts. */
int domain_devices_assign(struct domain *d, const struct manifest_domain *m,
			  const struct fit *fit, const void *board, const char **error);

#endif
