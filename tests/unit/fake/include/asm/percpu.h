/* SPDX-License-Identifier: GPL-2.0-only */
/* Fake arch: data of a processor; the tests run on number 0. */
#ifndef ASM_PERCPU_H
#define ASM_PERCPU_H

#include <hv/sched.h>
#include <hv/types.h>

#define CPU_COUNT_MAX 4

struct vcpu;

struct percpu {
	uint32_t need_resched;
	struct vcpu *current;
	uint32_t id;
	bool idle;
	struct runqueue rq;
	struct list timers;
	spinlock_t timer_lock;
	uint32_t timer_due;
};

struct percpu *percpu_of(unsigned int cpu);
struct percpu *this_cpu(void);

static inline unsigned int cpu_id(void)
{
	return 0;
}

#endif
