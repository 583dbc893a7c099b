/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypercalls: the table made of public/hypercalls.def, and its handlers.  A
 * handler decodes, checks everything, then commits; it runs on the hypervisor's
 * stack with interrupts masked and answers 0 or more, or a negative Xen errno.
 */
#ifndef HV_HYPERCALL_H
#define HV_HYPERCALL_H

#include <hv/types.h>

#define HYPERCALL_COUNT 64

typedef long (*hypercall_fn)(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
			     uint32_t a4);

/* Indexed by number; every hole holds do_unknown.  The engine's entry reads it. */
extern const hypercall_fn hypercall_table[HYPERCALL_COUNT];

#define SIGMA_CALL(number, name, args, brief) \
	long do_##name(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4);
#include <public/hypercalls.def>

long do_unknown(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4);

#endif
