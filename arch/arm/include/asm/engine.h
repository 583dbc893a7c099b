/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the engine: its assembler, and what the assembler calls.
 */
#ifndef ASM_ENGINE_H
#define ASM_ENGINE_H

#include <hv/types.h>

struct vcpu;

extern char monitor_vectors[], fault_vectors[], hypercall_page[];

/* switch.S; it also has arch_vcpu_switch() */
void context_start(struct vcpu *next) __attribute__((noreturn));

/* monitor.S: where the first switch to a new vCPU returns to */
void monitor_return(void);

/* Called by monitor.S, in Monitor mode, on the stack of the interrupted vCPU. */
void monitor_interrupt(uint32_t iar);
void monitor_psci(uint32_t *r);

/* Called by switch.S: the timer is armed or an interrupt pending; reload is set. */
void vcpu_unload(struct vcpu *prev, struct vcpu *next);
void vcpu_reload(struct vcpu *v);

/* Called by fault.S: an exception before the guest had its own vectors. */
void fault_report(uint32_t kind, const uint32_t *frame, uint32_t cpsr, uint32_t sp,
		  uint32_t lr);

void engine_init(void);

#endif
