// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delivery of events: the path from a send to the other domain's virtual interrupt
 * is what event_channel_op is fast for.
 */
#include "event_private.h"
#include <hv/hypercall.h>
#include <hv/virq.h>

notify_fn event_notifiers[4];

/* ---- delivery; the domain's lock is held ------------------------------------ */

static inline void mark_vcpu(struct vcpu *v, uint32_t selector)
{
	struct vcpu_info *info = v->info;

	atomic_or((uint32_t *)(void *)&info->evtchn_pending_sel, selector);
	WRITE_ONCE(info->evtchn_upcall_pending, 1);
	smp_mb(); /* the handler of the interrupt sees both */
	virq_set(v, SIGMA_VIRQ_EVENT);
}

static __attribute__((noinline, cold)) void wake_pollers(struct domain *d)
{
	struct vcpu *v;

	d->events->pollers = false;
	vcpu_for_each(d, v) {
		if (!v->polling)
			continue;
		v->polling = false;
		vcpu_wake(v);
	}
}

static inline void channel_raise(struct domain *d, unsigned int port)
{
	struct event_channels *e = d->events;
	uint32_t bit = 1u << port % 32;
	struct vcpu *v;

	if (!(atomic_or(&e->pending[port / 32], bit) & bit)) {
		smp_mb(); /* a guest unmasks first and looks for pending then */
		v = d->vcpu[e->channel[port].vcpu];
		if (likely(v->info) && !(READ_ONCE(e->mask[port / 32]) & bit))
			mark_vcpu(v, 1u << port / PORTS_PER_SELECTOR_BIT);
	}
	if (unlikely(e->pollers))
		wake_pollers(d);
}

void event_mark_vcpu(struct vcpu *v, uint32_t selector)
{
	mark_vcpu(v, selector);
}

/* The copy for everybody but an interdomain send, which has its own inline. */
__attribute__((noinline)) __attribute__((noinline)) void
event_raise_locked(struct domain *d, unsigned int port)
{
	channel_raise(d, port);
}

/* ---- locking -------------------------------------------------------------------- */

/*
 * A peer with a lower id can only be tried for, d's lock being held; what the port
 * leads to is looked up afresh after every attempt.
 */
static inline struct domain *lock_channel(struct domain *d, unsigned int port)
{
	const struct channel *c = &d->events->channel[port];
	struct domain *peer;

	for (;;) {
		spin_lock(&d->events->lock);
		if (c->state != CHANNEL_INTERDOMAIN)
			return NULL;
		peer = domains[c->remote];
		if (peer == d)
			return peer;
		if (peer->id > d->id) {
			spin_lock(&peer->events->lock);
			return peer;
		}
		if (likely(spin_trylock(&peer->events->lock)))
			return peer;
		spin_unlock(&d->events->lock);
	}
}

static inline void unlock_channel(struct domain *d, struct domain *peer)
{
	if (peer && peer != d)
		spin_unlock(&peer->events->lock);
	spin_unlock(&d->events->lock);
}

struct domain *event_lock_channel(struct domain *d, unsigned int port)
{
	return lock_channel(d, port);
}

void event_unlock_channel(struct domain *d, struct domain *peer)
{
	unlock_channel(d, peer);
}

/* ---- the call ------------------------------------------------------------------- */

static long event_send(struct domain *d, uint32_t port)
{
	struct domain *peer, *notified = d;
	uint32_t notified_port = port;
	const struct channel *c;
	notify_fn notify = NULL;
	uint8_t relay;
	long result = 0;

	if (unlikely(port >= EVENT_PORTS))
		return -XEN_EINVAL;
	c = &d->events->channel[port];
	peer = lock_channel(d, port);
	if (likely(peer)) {
		relay = peer->events->channel[c->port].relay;
		if (likely(!relay)) {
			channel_raise(peer, c->port);
		} else {
			notify = event_notifiers[relay - 1];
			notified = peer;
			notified_port = c->port;
		}
	} else if (c->state == CHANNEL_IPI)
		event_raise_locked(d, port);
	else if (c->state != CHANNEL_UNBOUND)
		result = -XEN_EINVAL;
	else if (c->notify)
		notify = event_notifiers[c->notify - 1];
	unlock_channel(d, peer);
	if (notify)
		notify(notified, notified_port);
	return result;
}

long do_event_channel_op(uint32_t cmd, uint32_t arg, uint32_t a2, uint32_t a3,
			 uint32_t a4)
{
	uint32_t port;

	(void)a2, (void)a3, (void)a4;
	if (unlikely(cmd != EVTCHNOP_send))
		return event_other_op(cmd, vaddr(arg));
	if (unlikely(read_guest_word(&port, vaddr(arg))))
		return -XEN_EFAULT;
	return event_send(current_domain(), port);
}

/* ---- for the rest of the hypervisor ------------------------------------------ */

void event_raise(struct domain *d, unsigned int port)
{
	struct event_channels *e = d->events;

	if (!e || port >= EVENT_PORTS)
		return;
	spin_lock(&e->lock);
	if (e->channel[port].state != CHANNEL_FREE)
		event_raise_locked(d, port);
	spin_unlock(&e->lock);
}

void event_send_from(struct domain *d, unsigned int port)
{
	if (d->events)
		event_send(d, port);
}

bool event_is_bound(const struct domain *d, unsigned int port)
{
	return d->events &&
	       READ_ONCE(d->events->channel[port].state) == CHANNEL_INTERDOMAIN;
}

void event_raise_virq(struct vcpu *v, unsigned int virq)
{
	struct domain *d = v->domain;
	struct event_channels *e = d->events;
	unsigned int port;

	if (!e)
		return;
	spin_lock(&e->lock);
	port = e->virq_port[virq_is_global(virq) ? 0 : v->id][virq];
	if (port)
		event_raise_locked(d, port);
	spin_unlock(&e->lock);
}

void event_raise_global_virq(unsigned int virq)
{
	if (domains[0] && domains[0]->vcpu[0])
		event_raise_virq(domains[0]->vcpu[0], virq);
}

bool event_poll_begin(struct vcpu *v, const uint32_t *ports, unsigned int count)
{
	struct event_channels *e = v->domain->events;
	bool pending = false;

	spin_lock(&e->lock);
	for (unsigned int i = 0; i < count; i++)
		if (READ_ONCE(e->pending[ports[i] / 32]) & 1u << ports[i] % 32)
			pending = true;
	v->polling = !pending;
	if (!pending)
		e->pollers = true;
	spin_unlock(&e->lock);
	return pending;
}
