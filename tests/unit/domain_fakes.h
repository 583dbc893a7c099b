/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What building a domain needs of the rest of the hypervisor, as far as a test
 * wants to look at it.  RAM is an array; a machine address is an offset in it.
 */
#ifndef TESTS_DOMAIN_FAKES_H
#define TESTS_DOMAIN_FAKES_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include <hv/domain.h>

#define RAM_BASE 0x60000000u
#define MIB      0x100000u

struct fakes {
	bool device[4096]; /* MiB given by arch_domain_map_device() */
	struct domain *irq_owner[SIGMA_VIRQ_COUNT];
	unsigned int created;
	struct domain *domain[8]; /* in the order of creation */
	paddr_t console_ring, console_relay;
	unsigned int presets;
	paddr_t preset[2];
	jmp_buf failed; /* where boot_fail() goes */
	char part[64], reason[160];
};
extern struct fakes fakes;

void fakes_reset(void); /* and free the domains made */
void *fakes_ram(uint32_t machine);

/* The reference board's tree (build/board.dtb), with as much RAM as the fakes have. */
void *fakes_read_board(void);

#endif
