/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arch contract: the processor the code runs on, and the board's switch.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <hv/types.h>
#include <asm/percpu.h> /* struct arch_percpu; struct percpu *this_cpu(void); cpu_id() */

/**
 * arch_idle_wait - sleep until an interrupt is pending and handle it
 *
 * Called by the scheduler with nothing to run.  Interrupts stay masked: the
 * pending one is fetched from the controller and dispatched before returning.
 */
void arch_idle_wait(void);

/* Switch the machine off or restart it, by the board's own means. */
void arch_power_off(void) __attribute__((noreturn));
void arch_reset(void) __attribute__((noreturn));

/* Print the registers and stack of the hypervisor: the first lines of a panic. */
void arch_dump_registers(void);

/* Stop this CPU for good, interrupts masked. */
void arch_halt(void) __attribute__((noreturn));

/* Name of the engine that this build runs, "trampoline". */
extern const char arch_engine_name[];

#endif
