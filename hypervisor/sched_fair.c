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
/*
 * Virtual time is ticks / weight * 2^12: exact enough for 65535, and with 1, for which
 * it runs fastest, its 64 bits last for 500 days.
 */
#define VRUNTIME_BITS  12
#define VRUNTIME_SHIFT (32 - VRUNTIME_BITS) /* inverse_weight is 2^32 / weight */
/* A sleeper may start this much behind the others: 1 ms of ticks at 100 MHz. */
#define WAKE_BONUS ((100000u << VRUNTIME_BITS) / WEIGHT_DEFAULT)

static uint32_t weight_of(const struct vcpu *v)
{
	return v->domain->weight ? v->domain->weight : WEIGHT_DEFAULT;
}

static void fair_weight_changed(struct vcpu *v)
{
	v->sched.inverse_weight = UINT32_MAX / weight_of(v);
}

static inline uint64_t virtual_time(const struct vcpu *v, uint32_t ticks)
{
	return (uint64_t)ticks * v->sched.inverse_weight >> VRUNTIME_SHIFT;
}

static inline struct vcpu *first_of(struct runqueue *rq)
{
	return list_entry(rq->runnable.next, struct vcpu, sched.node);
}

static inline void insert(struct runqueue *rq, struct vcpu *v)
{
	struct list *where = rq->runnable.next;

	while (where != &rq->runnable &&
	       list_entry(where, struct vcpu, sched.node)->sched.vruntime <=
		       v->sched.vruntime)
		where = where->next;
	list_insert_before(where, &v->sched.node);
}

/* A vCPU stops for longer: who wakes on an idle CPU is brought up to its time. */
static void note_time(struct runqueue *rq, const struct vcpu *v)
{
	if (v->sched.vruntime > rq->vruntime_min)
		rq->vruntime_min = v->sched.vruntime;
}

static struct vcpu *take_first(struct runqueue *rq)
{
	struct list *first = rq->runnable.next;

	if (first == &rq->runnable)
		return NULL;
	list_remove(first);
	return list_entry(first, struct vcpu, sched.node);
}

/* prev's place is behind next's: the usual case is that they are the only two. */
static inline void swap_first(struct runqueue *rq, struct vcpu *next, struct vcpu *prev)
{
	struct list *head = &rq->runnable;

	if (likely(next->sched.node.next == head)) {
		prev->sched.node.next = prev->sched.node.prev = head;
		head->next = head->prev = &prev->sched.node;
		list_init(&next->sched.node);
	} else {
		list_remove(&next->sched.node);
		insert(rq, prev);
	}
}

static struct vcpu *fair_next(struct runqueue *rq, struct vcpu *prev, uint32_t ran)
{
	struct vcpu *next = first_of(rq);
	uint64_t vruntime;

	if (unlikely(!prev))
		return take_first(rq);
	vruntime = prev->sched.vruntime + virtual_time(prev, ran);
	prev->sched.vruntime = vruntime;
	prev->sched.run_total += ran;
	if (prev->state != VCPU_RUNNABLE) {
		note_time(rq, prev);
		return take_first(rq);
	}
	if (list_empty(&rq->runnable) || vruntime < next->sched.vruntime)
		return prev;
	swap_first(rq, next, prev);
	return next;
}

/* Where v stands at `now`, charged only when it stops. */
static inline uint64_t vruntime_now(const struct vcpu *v, uint32_t now)
{
	return v->sched.vruntime + virtual_time(v, now - v->sched.run_since);
}

static bool fair_wake(struct runqueue *rq, struct vcpu *v, const struct vcpu *running,
		      uint32_t now)
{
	uint64_t least = rq->vruntime_min, theirs = 0;

	if (running)
		theirs = least = vruntime_now(running, now);
	if (!list_empty(&rq->runnable) && first_of(rq)->sched.vruntime < least)
		least = first_of(rq)->sched.vruntime;
	if (v->sched.vruntime + WAKE_BONUS < least)
		v->sched.vruntime = least - WAKE_BONUS;
	insert(rq, v);
	return v->sched.vruntime < theirs;
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
