/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data of one processor, at the top of its hypercall stack:
 *
 *   cpu_areas + id * CPU_AREA_SIZE
 *     +0                      guard page, not mapped
 *     +PAGE_SIZE              stack of hypercalls (and of boot), grows down
 *     +CPU_AREA_SIZE - size   struct percpu
 *
 * so that the engine's entry finds stack and data with one bit-field insert of
 * the processor's number (MPIDR[1:0], Cortex-A9 TRM 4.2.3) into one address.
 */
#ifndef ASM_PERCPU_H
#define ASM_PERCPU_H

#define CPU_AREA_SHIFT 14
#define CPU_AREA_SIZE  (1 << CPU_AREA_SHIFT)
#define CPU_COUNT_MAX  4

#ifndef __ASSEMBLER__
#include <hv/sched.h>
#include <hv/types.h>

struct vcpu;

struct percpu {
	uint32_t need_resched; /* schedule() before returning to a guest */
	struct vcpu *current;  /* whose registers are loaded; never NULL after boot */
	uint32_t id;
	bool idle; /* in the scheduler's idle loop, current is not running */
	struct runqueue rq;
	struct list timers; /* sorted, soonest first */
	spinlock_t timer_lock;
	uint32_t timer_due; /* clock (low word) when to look at the first timer */
} __attribute__((aligned(16)));

extern char cpu_areas[CPU_COUNT_MAX][CPU_AREA_SIZE];

static inline unsigned int cpu_id(void)
{
	uint32_t mpidr;

	__asm__("mrc p15, 0, %0, c0, c0, 5" : "=r"(mpidr));
	return mpidr & 3;
}

static inline struct percpu *percpu_of(unsigned int cpu)
{
	return (struct percpu *)(void *)(cpu_areas[cpu] + CPU_AREA_SIZE -
					 sizeof(struct percpu));
}

/* As in the engine's entry: cpu_areas is aligned so that the number fits in. */
static inline struct percpu *this_cpu(void)
{
	struct percpu *cpu = percpu_of(0);
	uint32_t mpidr;

	__asm__("mrc p15, 0, %1, c0, c0, 5\n"
		"bfi %0, %1, %2, #2"
		: "+r"(cpu), "=r"(mpidr)
		: "i"(CPU_AREA_SHIFT));
	return cpu;
}
#endif

#endif
