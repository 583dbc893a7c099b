/* SPDX-License-Identifier: MIT */
/*
 * Every register that belongs to a domain, filled with a pattern, held over a
 * time in which other domains run, and read back.  Words, in the order of
 * context.S.
 */
#ifndef SELFTEST_CONTEXT_H
#define SELFTEST_CONTEXT_H

#define CONTEXT_R0    0 /* r0-r12 of SVC mode */
#define CONTEXT_R12   12
#define CONTEXT_SVC   13 /* sp, lr, spsr */
#define CONTEXT_USR   16 /* sp, lr */
#define CONTEXT_ABT   18 /* sp, lr, spsr, as the next two */
#define CONTEXT_UND   21
#define CONTEXT_IRQ   24
#define CONTEXT_FIQ   27 /* r8-r12, sp, lr, spsr */
#define CONTEXT_CP15  35 /* CONTEXT_CP15_COUNT registers */
#define CONTEXT_FPSCR 46
#define CONTEXT_FLAGS 47 /* N Z C V Q GE of the CPSR; only Q and GE survive the loop */
#define CONTEXT_VFP   48 /* d0-d31 */
#define CONTEXT_WORDS 112

#define CONTEXT_CP15_COUNT 11

#ifndef __ASSEMBLER__
#include <stdint.h>

/*
 * Load *load, count its r0 down to 0, store into *found.  IRQ masked throughout:
 * no stack is valid meanwhile.
 */
void context_hold_spinning(const uint32_t *load, uint32_t *found);

/*
 * Load *load except sp, call r3 (the hypercall page), store into *found.  IRQ masked.
 */
void context_hold_calling(const uint32_t *load, uint32_t *found);

/* Allow VFP for this domain. */
void context_vfp_enable(void);
#endif

#endif
