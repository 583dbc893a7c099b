/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mechanism of scheduling: run queues, time slices, blocking, the idle loop.
 *
 * A vCPU that runs is not on its run queue.  With nothing to run, the CPU waits in
 * schedule() on the stack of the vCPU that it ran last, whose registers stay
 * loaded: if that one wakes first, nothing needs to be switched.
 */
#include <arch/cpu.h>
#include <arch/time.h>
#include <arch/vcpu.h>
#include <hv/domain.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/slice.h>
#include <hv/virq.h>
#include <string.h>

#define SLICE_MIN_US 1000
#define SLICE_MAX_US 30000

extern const struct sched_policy sched_fair;

const struct sched_policy *const sched_policies[] = {&sched_fair, NULL};
static const struct sched_policy *policy;
static uint32_t slice_ticks;

int sched_setup(const char *name, uint32_t slice_us)
{
	const struct sched_policy *const *p = sched_policies;

	while (*p && strcmp((*p)->name, name) != 0)
		p++;
	if (!*p)
		return -XEN_ENOENT;
	policy = *p;
	return sched_set_slice(slice_us);
}

int sched_set_slice(uint32_t slice_us)
{
	if (slice_us < SLICE_MIN_US || slice_us > SLICE_MAX_US)
		return -XEN_ERANGE;
	slice_ticks = slice_us * (arch_clock_hz / 1000000);
	return 0;
}

uint32_t sched_slice_us(void)
{
	return slice_ticks / (arch_clock_hz / 1000000);
}

void sched_request(void)
{
	this_cpu()->need_resched = 1;
}

static struct runqueue *runqueue_of(const struct vcpu *v)
{
	return &percpu_of(v->cpu)->rq;
}

/*
 * Lock held.  With nobody waiting a slice is as long as the 32-bit arithmetic of
 * time allows.
 */
static inline void start_slice(struct runqueue *rq, uint32_t now)
{
	rq->slice_end = now + (list_empty(&rq->runnable) ? TICKS_MAX : slice_ticks);
}

/* Lock held; returns with it held and something to run. */
static __attribute__((noinline)) struct vcpu *wait_for_work(struct percpu *cpu)
{
	struct runqueue *rq = &cpu->rq;
	struct vcpu *next;

	rq->idle_since = arch_clock_read();
	cpu->idle = true;
	while ((next = policy->next(rq, NULL, 0)) == NULL) {
		spin_unlock(&rq->lock);
		rq->slice_end = arch_clock_low() + TICKS_MAX;
		timer_program(cpu, arch_clock_low());
		arch_idle_wait();
		spin_lock(&rq->lock);
	}
	cpu->idle = false;
	cpu->need_resched = 0;
	rq->idle += arch_clock_read() - rq->idle_since;
	return next;
}

void schedule(void)
{
	struct percpu *cpu = this_cpu();
	struct runqueue *rq = &cpu->rq;
	struct vcpu *prev = cpu->current, *next;
	uint32_t now = arch_clock_low();

	cpu->need_resched = 0;
	spin_lock(&rq->lock);
	next = policy->next(rq, prev, now - prev->sched.run_since);
	if (unlikely(!next)) {
		next = wait_for_work(cpu);
		now = arch_clock_low();
	}
	next->sched.run_since = now;
	start_slice(rq, now);
	spin_unlock(&rq->lock);
	timer_program(cpu, now);
	if (next == prev)
		return;
	next->sched.switches++;
	cpu->current = next;
	arch_vcpu_switch(prev, next);
}

void sched_start(void)
{
	struct percpu *cpu = this_cpu();
	struct vcpu *first = policy->next(&cpu->rq, NULL, 0);
	uint32_t now;

	CHECK(first);
	cpu->need_resched = 0;
	cpu->current = first;
	now = arch_clock_low();
	first->sched.run_since = now;
	first->sched.switches++;
	start_slice(&cpu->rq, now);
	timer_program(cpu, now);
	arch_vcpu_start(first);
}

/*
 * Lock held.  v becomes runnable; the running vCPU is preempted if the policy says
 * so, and otherwise has from now on a slice of the usual length at the most.
 */
static void enqueue(struct percpu *cpu, struct vcpu *v)
{
	struct runqueue *rq = &cpu->rq;
	struct vcpu *running = cpu->current;
	uint32_t now = arch_clock_low();

	v->state = VCPU_RUNNABLE;
	if (v == running && !cpu->idle)
		return; /* on its way into schedule(), which puts it back */
	if (cpu->idle)
		running = NULL;
	if (policy->wake(rq, v, running, now)) {
		cpu->need_resched = 1;
	} else if (running && (int32_t)(rq->slice_end - now) > (int32_t)slice_ticks) {
		rq->slice_end = now + slice_ticks;
		timer_program(cpu, now);
	}
}

void sched_make_runnable(struct vcpu *v)
{
	struct percpu *cpu = percpu_of(v->cpu);

	spin_lock(&cpu->rq.lock);
	if (v->state != VCPU_RUNNABLE)
		enqueue(cpu, v);
	spin_unlock(&cpu->rq.lock);
}

void vcpu_wake(struct vcpu *v)
{
	struct percpu *cpu = percpu_of(v->cpu);

	spin_lock(&cpu->rq.lock);
	if (v->state == VCPU_BLOCKED)
		enqueue(cpu, v);
	spin_unlock(&cpu->rq.lock);
}

void sched_remove(struct vcpu *v, uint8_t state)
{
	struct percpu *cpu = percpu_of(v->cpu);

	spin_lock(&cpu->rq.lock);
	list_remove(&v->sched.node);
	v->state = state;
	if (v == cpu->current)
		cpu->need_resched = 1;
	spin_unlock(&cpu->rq.lock);
}

void sched_block(void)
{
	struct percpu *cpu = this_cpu();
	struct vcpu *v = cpu->current;

	spin_lock(&cpu->rq.lock);
	v->state = VCPU_BLOCKED;
	cpu->need_resched = 1;
	spin_unlock(&cpu->rq.lock);
	/* after the state is visible: whoever sets a bit from now on wakes us */
	smp_mb();
	if (virq_pending(v))
		vcpu_wake(v);
}

void sched_yield(void)
{
	struct percpu *cpu = this_cpu();

	spin_lock(&cpu->rq.lock);
	policy->yield(&cpu->rq, cpu->current);
	cpu->need_resched = 1;
	spin_unlock(&cpu->rq.lock);
}

void sched_set_weight(struct domain *d, uint32_t weight)
{
	struct vcpu *v;

	d->weight = weight;
	vcpu_for_each(d, v) {
		struct runqueue *rq = runqueue_of(v);

		spin_lock(&rq->lock);
		policy->weight_changed(v);
		spin_unlock(&rq->lock);
	}
}

uint64_t sched_run_time(const struct vcpu *v)
{
	const struct percpu *cpu = percpu_of(v->cpu);
	uint64_t running = 0;

	if (v == cpu->current && !cpu->idle)
		running = arch_clock_low() - v->sched.run_since;
	return v->sched.run_total + running;
}

uint64_t sched_idle_time(const struct percpu *cpu)
{
	return cpu->rq.idle + (cpu->idle ? arch_clock_read() - cpu->rq.idle_since : 0);
}
