/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Policy `fair`: each vCPU has a virtual time that advances with the ticks it runs,
 * slower the larger its domain's weight; the one that is furthest behind runs next.
 *
 * Over any span in which two vCPUs want to run, they get ticks in proportion to
 * their weights.  One that slept is brought up to the queue's virtual time, so that
 * it cannot hoard, less one bonus, so that it starts at once.
 */
#include <hv/domain.h>
#include <hv/sched.h>

#define WEIGHT_DEFAULT 256
/* Virtual time: ticks << 8 for the default weight. */
#define VRUNTIME_SHIFT 8
/* A sleeper may start this much behind the others: 1 ms of ticks at 100 MHz. */
#define WAKE_BONUS (100000u << VRUNTIME_SHIFT)

static uint32_t weight_of(const struct vcpu *v)
{
	return v->domain->weight ? v->domain->weight : WEIGHT_DEFAULT;
}

static void fair_weight_changed(struct vcpu *v)
{
	v->sched.inverse_weight = (WEIGHT_DEFAULT << VRUNTIME_SHIFT) / weight_of(v);
	if (v->sched.inverse_weight == 0)
		v->sched.inverse_weight = 1;
}

static inline struct vcpu *first_of(struct runqueue *rq)
{
	return list_entry(rq->runnable.next, struct vcpu, sched.node);
}

static inline void insert(struct runqueue *rq, struct vcpu *v)
{
	struct list *where = rq->runnable.next;

	while (where != &rq->runnable &&
	       list_entry(where, struct vcpu, sched.node)->sched.vruntime <= v->sched.vruntime)
		where = where->next;
	list_insert_before(where, &v->sched.node);
}

/* Sleepers are brought up to the virtual time of the last that was chosen. */
static struct vcpu *fair_next(struct runqueue *rq, struct vcpu *prev)
{
	struct vcpu *next = NULL;

	if (!list_empty(&rq->runnable))
		next = first_of(rq);
	if (prev) {
		uint32_t ran = prev->sched.ran;
		uint64_t vruntime = prev->sched.vruntime +
				    (uint64_t)ran * prev->sched.inverse_weight;

		prev->sched.run_total += ran;
		prev->sched.vruntime = vruntime;
		if (prev->state == VCPU_RUNNABLE) {
			if (!next || vruntime < next->sched.vruntime)
				return prev;
			list_remove(&next->sched.node);
			insert(rq, prev);
			rq->vruntime_min = next->sched.vruntime;
			return next;
		}
	}
	if (next) {
		list_remove(&next->sched.node);
		rq->vruntime_min = next->sched.vruntime;
	}
	return next;
}

static bool fair_wake(struct runqueue *rq, struct vcpu *v, const struct vcpu *running)
{
	if (v->sched.vruntime + WAKE_BONUS < rq->vruntime_min)
		v->sched.vruntime = rq->vruntime_min - WAKE_BONUS;
	insert(rq, v);
	/* the running vCPU is charged when it stops: it is at least this far */
	return running && v->sched.vruntime < running->sched.vruntime;
}

static void fair_yield(struct runqueue *rq, struct vcpu *v)
{
	const struct vcpu *next;

	if (list_empty(&rq->runnable))
		return;
	next = list_entry(rq->runnable.next, struct vcpu, sched.node);
	if (v->sched.vruntime <= next->sched.vruntime)
		v->sched.vruntime = next->sched.vruntime + 1;
}

const struct sched_policy sched_fair = {
	.name = "fair",
	.weight_changed = fair_weight_changed,
	.next = fair_next,
	.wake = fair_wake,
	.yield = fair_yield,
};
