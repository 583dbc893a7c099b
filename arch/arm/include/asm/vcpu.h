/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the engine `trampoline` keeps of a vCPU and a domain.
 */
#ifndef ASM_VCPU_H
#define ASM_VCPU_H

#include <hv/types.h>
#include <public/sigma.h>

/*
 * Registers that a switch saves, in the order switch.S stores them.  r0-r3, r12,
 * lr, pc and cpsr of the guest lie in the frame on the vCPU's Monitor stack, and
 * r4-r11 below it.
 */
struct arch_context {
	uint32_t sp_usr, lr_usr;
	uint32_t svc[3], abt[3], und[3], irq[3]; /* spsr, sp, lr */
	uint32_t fiq[8];                         /* spsr, r8-r12, sp, lr */
	uint32_t sctlr, cpacr, ttbr0, ttbr1, ttbcr, dacr, dfsr, ifsr, dfar, ifar;
	uint32_t par, prrr, nmrr, vbar, contextidr, tpidrurw, tpidruro, tpidrprw, csselr;
	uint32_t fpexc, fpscr;
	uint64_t d[32];
};

#define RELOAD_LINE  0x1u /* raise the line */
#define RELOAD_TIMER 0x2u /* program the PV timer, or it has expired */

struct arch_vcpu {
	/* The first three are read by the interrupt fast path: entry.S. */
	uint32_t *pending;                  /* words in the descriptor */
	uint32_t forward[SIGMA_VIRQ_WORDS]; /* interrupts to hand over as they come */
	uint32_t monitor_sp;                /* while it is not on a CPU */
	uint32_t reload;                    /* RELOAD_*, at the next entry */
	uint64_t timer_deadline;            /* of the PV timer, with RELOAD_TIMER */
	struct arch_context context;
};

struct arch_domain {
	maddr_t sigma; /* first-level table of sigma' */
	uint32_t *
		foreign_level2; /* its second level in the foreign window, mapped shared */
};

#endif
