/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry of the portable core. */
#ifndef HV_INIT_H
#define HV_INIT_H

#include <hv/types.h>

/* What the bootstrap handed over. */
struct boot_info {
	const void *board; /* device tree, mapped */
	maddr_t fit;
	uint32_t fit_bytes;
	maddr_t image; /* the hypervisor's own slot */
	uint32_t image_bytes;
};

/**
 * hv_init - the table of contents of the system, one printed step after another
 *
 * Called once by the arch on the boot CPU: console, clock, interrupts and own
 * tables work.  Ends in the first domain.
 */
void hv_init(const struct boot_info *boot) __attribute__((noreturn));

#endif
