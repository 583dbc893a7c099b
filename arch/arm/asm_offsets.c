/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Offsets that assembler needs.  Compiled to assembly and turned into
 * <asm/offsets.h>; compiled again with VERIFY, where each line is an assertion
 * that the header still tells the truth.
 */
#include <hv/domain.h>
#include <asm/percpu.h>

#ifdef VERIFY
#include <asm/offsets.h>
#define DEFINE(symbol, value) _Static_assert(symbol == (value), #symbol)
#else
void asm_offsets(void);
#define DEFINE(symbol, value) \
	__asm__ volatile("\n.ascii \"->" #symbol " %0\"" : : "i"((int)(value)))
void asm_offsets(void)
{
#endif

DEFINE(PERCPU_SIZE, sizeof(struct percpu));
DEFINE(PERCPU_NEED_RESCHED, offsetof(struct percpu, need_resched));
DEFINE(PERCPU_CURRENT, offsetof(struct percpu, current));
DEFINE(VCPU_PENDING, offsetof(struct vcpu, arch.pending));
DEFINE(VCPU_FORWARD, offsetof(struct vcpu, arch.forward));
DEFINE(VCPU_MONITOR_SP, offsetof(struct vcpu, arch.monitor_sp));
DEFINE(VCPU_RELOAD, offsetof(struct vcpu, arch.reload));
DEFINE(VCPU_CONTEXT, offsetof(struct vcpu, arch.context));
DEFINE(VCPU_CONTEXT_CP15, offsetof(struct vcpu, arch.context.sctlr));
DEFINE(VCPU_CONTEXT_VFP, offsetof(struct vcpu, arch.context.fpexc));
DEFINE(SIZEOF_VCPU, sizeof(struct vcpu));

#ifndef VERIFY
}
#endif
