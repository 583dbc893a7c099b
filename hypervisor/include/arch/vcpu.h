/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arch contract: virtual CPUs as the engine arranges them.
 */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <hv/types.h>

struct domain;
struct vcpu;

/**
 * arch_vcpu_alloc - memory of a vCPU with its stack in the hypervisor
 *
 * Zeroed; the stack has a guard page below it.  NULL: no memory.
 */
struct vcpu *arch_vcpu_alloc(void);
void arch_vcpu_free(struct vcpu *v);

/**
 * arch_vcpu_reset - registers for a first entry by the documented contract
 * @entry: pseudo-physical
 * @r0, @r1, @r2: initial values (see docs/abi.md, "Entry")
 */
void arch_vcpu_reset(struct vcpu *v, paddr_t entry, uint32_t r0, uint32_t r1,
		     uint32_t r2);

/**
 * arch_vcpu_switch - leave prev, continue next
 *
 * Saves and loads every register a guest can see, its address space, its PV
 * timer and interrupt line.  Returns when somebody switches back to prev.
 * Called with prev's and next's runqueue lock released, interrupts masked.
 */
void arch_vcpu_switch(struct vcpu *prev, struct vcpu *next);

/* Enter the first vCPU of this CPU; the boot stack is not used again. */
void arch_vcpu_start(struct vcpu *first) __attribute__((noreturn));

/*
 * <asm/line.h> defines, inline:
 * void arch_line_raise(void)
 *	the virtual interrupt line of the vCPU that runs on this CPU goes up: the
 *	hardware delivers an IRQ to the guest as soon as it unmasks
 * void arch_line_remember(struct vcpu *v)
 *	of any other vCPU: it goes up at its next entry
 */
#include <asm/line.h>

/**
 * arch_vcpu_timer_arm - the vCPU's PV timer, Xen's way (absolute time)
 * @deadline: in ticks of the clock; a past one fires at once
 *
 * Only for the vCPU that runs on this CPU.
 */
void arch_vcpu_timer_arm(struct vcpu *v, uint64_t deadline);
void arch_vcpu_timer_stop(struct vcpu *v);

/* Registers of a vCPU for a dump: those loaded now or last saved. */
void arch_vcpu_print(struct vcpu *v);

#endif
