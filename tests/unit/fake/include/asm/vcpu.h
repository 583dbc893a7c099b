/* SPDX-License-Identifier: GPL-2.0-only */
/* Fake arch: what it keeps of a vCPU and a domain. */
#ifndef ASM_VCPU_H
#define ASM_VCPU_H

#include <hv/types.h>
#include <public/sigma.h>

struct arch_vcpu {
	uint32_t *pending;
	uint32_t forward[SIGMA_VIRQ_WORDS];
	unsigned int lines; /* times its line was raised */
	bool timer_armed;
	uint64_t timer_deadline;
	uint32_t entry, r0, r1, r2; /* of the last reset */
};

struct arch_domain {
	uint32_t foreign_frames;
};

#endif
