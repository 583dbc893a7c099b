/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which vCPU runs on which CPU.  The mechanism (sched.c) asks a policy, chosen by
 * name in the manifest; a policy is one file with a struct sched_policy.
 */
#ifndef HV_SCHED_H
#define HV_SCHED_H

#include <hv/types.h>
#include <hv/list.h>
#include <arch/spinlock.h>

struct percpu;
struct vcpu;
struct domain;

struct runqueue {
	spinlock_t lock;
	struct list runnable; /* in the policy's order, without the running vCPU */
	uint32_t slice_end;   /* clock (low word) */
	uint64_t vruntime_min;
	uint64_t idle;       /* ticks, without the idle time that goes on now */
	uint64_t idle_since; /* clock, while the CPU is idle */
};

/* All called with the run queue's lock held. */
struct sched_policy {
	const char *name;
	void (*weight_changed)(struct vcpu *v);
	/*
	 * Whose turn is it?  prev stops after `ran` ticks, to go on later if it is
	 * runnable; NULL: nobody stops.  The answer is taken off the queue; NULL:
	 * nobody is runnable.
	 */
	struct vcpu *(*next)(struct runqueue *rq, struct vcpu *prev, uint32_t ran);
	/*
	 * v becomes runnable beside `running` (or NULL), which may be about to stop;
	 * true: v is to run at once
	 */
	bool (*wake)(struct runqueue *rq, struct vcpu *v, const struct vcpu *running,
		     uint32_t now);
	/* v gives up the rest of its turn */
	void (*yield)(struct runqueue *rq, struct vcpu *v);
};

extern const struct sched_policy *const sched_policies[]; /* NULL terminated */

/**
 * sched_setup - choose policy and time slice
 * Returns -XEN_ENOENT for an unknown policy, -XEN_ERANGE for a slice outside
 * 1000..30000 us.
 */
int sched_setup(const char *policy, uint32_t slice_us);

/* Leave boot for the first vCPU. */
void sched_start(void) __attribute__((noreturn));

/* Interrupts masked; run by the engine when need_resched is set. */
void schedule(void);

/* Ask this CPU to run the scheduler before it returns to a guest. */
void sched_request(void);

/* Block the current vCPU unless a virtual interrupt is pending and unmasked. */
void sched_block(void);
void sched_yield(void);

/* Put an offline, held or blocked vCPU on the run queue of its CPU. */
void sched_make_runnable(struct vcpu *v);
/* Take it off, whatever it does; v->state becomes `state`. */
void sched_remove(struct vcpu *v, uint8_t state);

/* weight: 1..65535, 0: the default; holds from the next time that a vCPU of d stops. */
void sched_set_weight(struct domain *d, uint32_t weight);

/* The time slice; the one that goes on ends as it was begun. */
uint32_t sched_slice_us(void);
int sched_set_slice(uint32_t slice_us); /* -XEN_ERANGE outside 1000..30000 */

/* Ticks v has run so far. */
uint64_t sched_run_time(const struct vcpu *v);

/* Ticks in which a CPU had nothing to run. */
uint64_t sched_idle_time(const struct percpu *cpu);

#endif
