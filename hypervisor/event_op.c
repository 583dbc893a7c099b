// SPDX-License-Identifier: GPL-2.0-only
/* The operations on event channels other than send: who is bound to whom. */
#include "event_private.h"
#include <hv/frames.h>
#include <hv/printk.h>

/* ---- ports -------------------------------------------------------------------- */

/* A free port, made ready for vCPU 0; -XEN_ENOSPC. */
static int channel_new(struct event_channels *e, enum channel_state state)
{
	for (unsigned int port = 1; port < EVENT_PORTS; port++) {
		struct channel *c = &e->channel[port];

		if (c->state != CHANNEL_FREE)
			continue;
		*c = (struct channel){.state = (uint8_t)state};
		return (int)port;
	}
	return -XEN_ENOSPC;
}

static bool vcpu_exists(const struct domain *d, uint32_t id)
{
	return id < d->vcpu_count && d->vcpu[id];
}

/* Locks of d and of its peer held. */
static void channel_free(struct domain *d, unsigned int port, struct domain *peer)
{
	struct event_channels *e = d->events;
	struct channel *c = &e->channel[port];

	if (c->state == CHANNEL_INTERDOMAIN) {
		struct channel *other = &peer->events->channel[c->port];

		other->state = CHANNEL_UNBOUND;
		other->remote = d->id;
	} else if (c->state == CHANNEL_VIRQ) {
		e->virq_port[virq_is_global(c->port) ? 0 : c->vcpu][c->port] = 0;
	}
	c->state = CHANNEL_FREE;
	c->notify = 0;
	c->relay = 0;
	atomic_andnot(&e->pending[port / 32], 1u << port % 32);
}

static long event_close(struct domain *d, uint32_t port)
{
	struct domain *peer;
	long result = -XEN_EINVAL;

	if (port == 0 || port >= EVENT_PORTS)
		return -XEN_EINVAL;
	peer = event_lock_channel(d, port);
	if (d->events->channel[port].state != CHANNEL_FREE) {
		channel_free(d, port, peer);
		result = 0;
	}
	event_unlock_channel(d, peer);
	return result;
}

static void event_close_all(struct domain *d)
{
	for (unsigned int port = 1; port < EVENT_PORTS; port++)
		event_close(d, port);
}

static void lock_both(struct domain *a, struct domain *b)
{
	struct domain *first = a->id < b->id ? a : b;
	struct domain *second = a->id < b->id ? b : a;

	spin_lock(&first->events->lock);
	if (first != second)
		spin_lock(&second->events->lock);
}

/* ---- sub-operations ------------------------------------------------------------ */

union event_op {
	struct evtchn_alloc_unbound alloc_unbound;
	struct evtchn_bind_interdomain bind_interdomain;
	struct evtchn_bind_virq bind_virq;
	struct evtchn_bind_ipi bind_ipi;
	struct evtchn_close close;
	struct evtchn_status status;
	struct evtchn_bind_vcpu bind_vcpu;
	struct evtchn_unmask unmask;
	struct evtchn_reset reset;
};

/* The domain an operation is about, if the caller may. */
static long find_target(domid_t id, struct domain **d)
{
	*d = domain_by_id(id);
	if (!*d || !(*d)->events)
		return -XEN_ESRCH;
	return domain_may_access(current_domain(), *d) ? 0 : -XEN_EPERM;
}

static long event_alloc_unbound(struct evtchn_alloc_unbound *op)
{
	struct domain *d;
	long result = find_target(op->dom, &d);
	int port;

	if (result)
		return result;
	spin_lock(&d->events->lock);
	port = channel_new(d->events, CHANNEL_UNBOUND);
	if (port > 0) {
		d->events->channel[port].remote = op->remote_dom == DOMID_SELF
							  ? current_domain()->id
							  : op->remote_dom;
		op->port = (evtchn_port_t)port;
	}
	spin_unlock(&d->events->lock);
	return port > 0 ? 0 : port;
}

/* Both locks held.  The new local port, or an errno. */
static int bind_pair(struct domain *d, struct domain *peer, uint32_t remote_port)
{
	struct channel *other = &peer->events->channel[remote_port];
	struct channel *c;
	int port;

	if (other->state != CHANNEL_UNBOUND || other->remote != d->id)
		return -XEN_EINVAL;
	port = channel_new(d->events, CHANNEL_INTERDOMAIN);
	if (port < 0)
		return port;
	c = &d->events->channel[port];
	c->remote = peer->id;
	c->port = (uint16_t)remote_port;
	other->state = CHANNEL_INTERDOMAIN;
	other->remote = d->id;
	other->port = (uint16_t)port;
	/* sends to the unbound port went nowhere: let the newcomer look */
	event_raise_locked(d, (unsigned int)port);
	return port;
}

static long event_bind_interdomain(struct evtchn_bind_interdomain *op)
{
	struct domain *d = current_domain(), *peer = domain_by_id(op->remote_dom);
	int port;

	if (!peer || !peer->events)
		return -XEN_ESRCH;
	if (op->remote_port == 0 || op->remote_port >= EVENT_PORTS)
		return -XEN_EINVAL;
	lock_both(d, peer);
	port = bind_pair(d, peer, op->remote_port);
	event_unlock_channel(d, peer);
	if (port < 0)
		return port;
	op->local_port = (evtchn_port_t)port;
	return 0;
}

static long event_bind_virq(struct evtchn_bind_virq *op)
{
	struct domain *d = current_domain();
	struct event_channels *e = d->events;
	int port;

	if (op->virq >= NR_VIRQS || (virq_is_global(op->virq) && op->vcpu != 0))
		return -XEN_EINVAL;
	if (!vcpu_exists(d, op->vcpu))
		return -XEN_ENOENT;
	spin_lock(&e->lock);
	port = e->virq_port[op->vcpu][op->virq] ? -XEN_EEXIST
						: channel_new(e, CHANNEL_VIRQ);
	if (port > 0) {
		e->channel[port].vcpu = (uint8_t)op->vcpu;
		e->channel[port].port = (uint16_t)op->virq;
		e->virq_port[op->vcpu][op->virq] = (uint16_t)port;
		op->port = (evtchn_port_t)port;
	}
	spin_unlock(&e->lock);
	return port > 0 ? 0 : port;
}

static long event_bind_ipi(struct evtchn_bind_ipi *op)
{
	struct domain *d = current_domain();
	struct event_channels *e = d->events;
	int port;

	if (!vcpu_exists(d, op->vcpu))
		return -XEN_ENOENT;
	spin_lock(&e->lock);
	port = channel_new(e, CHANNEL_IPI);
	if (port > 0) {
		e->channel[port].vcpu = (uint8_t)op->vcpu;
		op->port = (evtchn_port_t)port;
	}
	spin_unlock(&e->lock);
	return port > 0 ? 0 : port;
}

static void status_of_channel(const struct domain *d, const struct channel *c,
			      struct evtchn_status *op)
{
	op->vcpu = c->vcpu;
	switch (c->state) {
	case CHANNEL_UNBOUND:
		op->status = EVTCHNSTAT_unbound;
		op->u.unbound.dom = c->remote;
		break;
	case CHANNEL_INTERDOMAIN:
		op->status = EVTCHNSTAT_interdomain;
		op->u.interdomain.dom = c->remote == d->id ? DOMID_SELF : c->remote;
		op->u.interdomain.port = c->port;
		break;
	case CHANNEL_VIRQ:
		op->status = EVTCHNSTAT_virq;
		op->u.virq = c->port;
		break;
	case CHANNEL_IPI:
		op->status = EVTCHNSTAT_ipi;
		break;
	default:
		op->status = EVTCHNSTAT_closed;
		op->vcpu = 0;
	}
}

static long event_status(struct evtchn_status *op)
{
	struct domain *d;
	long result = find_target(op->dom, &d);

	if (result)
		return result;
	if (op->port >= EVENT_PORTS)
		return -XEN_EINVAL;
	spin_lock(&d->events->lock);
	status_of_channel(d, &d->events->channel[op->port], op);
	spin_unlock(&d->events->lock);
	return 0;
}

static long event_bind_vcpu(const struct evtchn_bind_vcpu *op)
{
	struct domain *d = current_domain();
	struct event_channels *e = d->events;
	struct channel *c;
	long result = 0;

	if (!vcpu_exists(d, op->vcpu))
		return -XEN_ENOENT;
	if (op->port >= EVENT_PORTS)
		return -XEN_EINVAL;
	c = &e->channel[op->port];
	spin_lock(&e->lock);
	if (c->state == CHANNEL_UNBOUND || c->state == CHANNEL_INTERDOMAIN ||
	    (c->state == CHANNEL_VIRQ && virq_is_global(c->port)))
		c->vcpu = (uint8_t)op->vcpu;
	else
		result = -XEN_EINVAL;
	spin_unlock(&e->lock);
	return result;
}

static long event_unmask(struct domain *d, uint32_t port)
{
	struct event_channels *e = d->events;
	uint32_t bit = 1u << port % 32;
	struct vcpu *v;

	if (port >= EVENT_PORTS)
		return -XEN_EINVAL;
	spin_lock(&e->lock);
	v = d->vcpu[e->channel[port].vcpu];
	if ((atomic_andnot(&e->mask[port / 32], bit) & bit) &&
	    (READ_ONCE(e->pending[port / 32]) & bit) && v->info)
		event_mark_vcpu(v, 1u << port / PORTS_PER_SELECTOR_BIT);
	spin_unlock(&e->lock);
	return 0;
}

static long event_reset(const struct evtchn_reset *op)
{
	struct domain *d;
	long result = find_target(op->dom, &d);

	if (!result)
		event_close_all(d);
	return result;
}

static long event_op(uint32_t cmd, union event_op *op)
{
	switch (cmd) {
	case EVTCHNOP_bind_interdomain:
		return event_bind_interdomain(&op->bind_interdomain);
	case EVTCHNOP_bind_virq:
		return event_bind_virq(&op->bind_virq);
	case EVTCHNOP_close:
		return event_close(current_domain(), op->close.port);
	case EVTCHNOP_status:
		return event_status(&op->status);
	case EVTCHNOP_alloc_unbound:
		return event_alloc_unbound(&op->alloc_unbound);
	case EVTCHNOP_bind_ipi:
		return event_bind_ipi(&op->bind_ipi);
	case EVTCHNOP_bind_vcpu:
		return event_bind_vcpu(&op->bind_vcpu);
	case EVTCHNOP_unmask:
		return event_unmask(current_domain(), op->unmask.port);
	default: /* EVTCHNOP_reset: see op_size */
		return event_reset(&op->reset);
	}
}

/* Bytes of each operation's structure; 0: not one of ours (pirqs, the FIFO ABI). */
static const uint8_t op_size[] = {
	[EVTCHNOP_bind_interdomain] = sizeof(struct evtchn_bind_interdomain),
	[EVTCHNOP_bind_virq] = sizeof(struct evtchn_bind_virq),
	[EVTCHNOP_close] = sizeof(struct evtchn_close),
	[EVTCHNOP_status] = sizeof(struct evtchn_status),
	[EVTCHNOP_alloc_unbound] = sizeof(struct evtchn_alloc_unbound),
	[EVTCHNOP_bind_ipi] = sizeof(struct evtchn_bind_ipi),
	[EVTCHNOP_bind_vcpu] = sizeof(struct evtchn_bind_vcpu),
	[EVTCHNOP_unmask] = sizeof(struct evtchn_unmask),
	[EVTCHNOP_reset] = sizeof(struct evtchn_reset),
};

static const uint32_t ops_with_answer =
	1u << EVTCHNOP_bind_interdomain | 1u << EVTCHNOP_bind_virq |
	1u << EVTCHNOP_status | 1u << EVTCHNOP_alloc_unbound | 1u << EVTCHNOP_bind_ipi;

long event_other_op(uint32_t cmd, vaddr_t arg)
{
	union event_op op;
	bool answer;
	long result;
	int error;

	if (cmd >= ARRAY_SIZE(op_size) || op_size[cmd] == 0)
		return -XEN_ENOSYS;
	answer = ops_with_answer >> cmd & 1;
	error = answer ? copy_from_guest_for_update(&op, arg, op_size[cmd])
		       : copy_from_guest(&op, arg, op_size[cmd]);
	if (error)
		return error;
	result = event_op(cmd, &op);
	if (result == 0 && answer)
		return copy_to_guest(arg, &op, op_size[cmd]);
	return result;
}

/* ---- for the rest of the hypervisor ------------------------------------------ */

int events_create(struct domain *d)
{
	struct event_channels *e = heap_alloc(EVENT_PAGES);

	if (!e)
		return -XEN_ENOMEM;
	e->pending = e->early_pending;
	e->mask = e->early_mask;
	d->events = e;
	return 0;
}

void events_destroy(struct domain *d)
{
	struct event_channels *e = d->events;

	if (!e)
		return;
	event_close_all(d);
	event_pages_destroy(d);
	d->events = NULL;
	heap_free(e, EVENT_PAGES);
}

static uint8_t notifier_index(notify_fn notify)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(event_notifiers); i++) {
		if (event_notifiers[i] && event_notifiers[i] != notify)
			continue;
		event_notifiers[i] = notify;
		return (uint8_t)(i + 1);
	}
	panic("more than %u kinds of event port with the hypervisor",
	      (unsigned int)ARRAY_SIZE(event_notifiers));
}

/* An unbound port; of `notify` and `relay`, 0 is none. */
static int bind_unbound(struct domain *d, domid_t remote, uint8_t notify, uint8_t relay)
{
	struct event_channels *e = d->events;
	int port;

	spin_lock(&e->lock);
	port = channel_new(e, CHANNEL_UNBOUND);
	if (port > 0) {
		e->channel[port].remote = remote;
		e->channel[port].notify = notify;
		e->channel[port].relay = relay;
	}
	spin_unlock(&e->lock);
	return port;
}

int event_bind_hypervisor(struct domain *d, domid_t remote, notify_fn notify)
{
	return bind_unbound(d, remote, notify ? notifier_index(notify) : 0, 0);
}

int event_bind_relay(struct domain *d, domid_t remote, notify_fn notify)
{
	return bind_unbound(d, remote, 0, notifier_index(notify));
}

void events_dump(const struct domain *d)
{
	static const char *const state_names[] = {"free", "unbound", "interdomain",
						  "virq", "ipi"};
	const struct event_channels *e = d->events;

	if (!e)
		return;
	printk("events of %s: port state vcpu remote:port pending masked\n", d->name);
	for (unsigned int port = 1; port < EVENT_PORTS; port++) {
		const struct channel *c = &e->channel[port];

		if (c->state == CHANNEL_FREE)
			continue;
		printk("  %4u %-11s %u %5u:%-4u %u %u%s\n", port, state_names[c->state],
		       c->vcpu, c->remote, c->port,
		       e->pending[port / 32] >> port % 32 & 1,
		       e->mask[port / 32] >> port % 32 & 1,
		       c->notify || c->relay ? " hypervisor" : "");
	}
}
