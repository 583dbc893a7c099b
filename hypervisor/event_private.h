/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of event channels share: event.c (delivery, fast), event_op.c (the
 * operations on ports), shared_info.c (the pages adopted from guests).
 *
 * Each port is one small record.  Both ends of an interdomain pair change only
 * under both domains' locks, so whoever holds one end's lock may trust the other.
 */
#ifndef EVENT_PRIVATE_H
#define EVENT_PRIVATE_H

#include <hv/domain.h>
#include <hv/event.h>
#include <hv/guest_access.h>

enum channel_state {
	CHANNEL_FREE,
	CHANNEL_UNBOUND,     /* waits for `remote` to bind */
	CHANNEL_INTERDOMAIN, /* bound to `port` of `remote` */
	CHANNEL_VIRQ,        /* `port` is the VIRQ's number */
	CHANNEL_IPI,
};

struct channel {
	uint8_t state;  /* enum channel_state */
	uint8_t vcpu;   /* whom its events interrupt */
	uint8_t notify; /* the hypervisor's end: 1 + index in notifiers, 0: none */
	uint8_t relay;  /* as notify, of what the peer sends to this port */
	domid_t remote;
	uint16_t port;
};

#define EVENT_WORDS (EVENT_PORTS / 32)

struct event_channels {
	spinlock_t lock;
	uint32_t *pending, *mask; /* in shared_info, or the two below */
	bool pollers;             /* a vCPU may be in SCHEDOP_poll */
	uint16_t virq_port[MAX_VCPUS][NR_VIRQS];
	maddr_t shared_info; /* page adopted, or {0} */
	uint32_t early_pending[EVENT_WORDS], early_mask[EVENT_WORDS];
	struct channel channel[EVENT_PORTS];
};

#define EVENT_PAGES ((sizeof(struct event_channels) + PAGE_SIZE - 1) / PAGE_SIZE)

extern notify_fn event_notifiers[4]; /* the hypervisor's ends, by kind */

/* Xen's bit arrays are of 64-bit words on ARM; little endian, so 32-bit ones do. */
_Static_assert(sizeof(((struct shared_info *)0)->evtchn_pending) * 8 >= EVENT_PORTS,
	       "ports fit in shared_info");
#define PORTS_PER_SELECTOR_BIT 64
_Static_assert(EVENT_PORTS / PORTS_PER_SELECTOR_BIT <= 32, "selector is one word");

static inline bool virq_is_global(unsigned int virq)
{
	return virq != VIRQ_TIMER && virq != VIRQ_DEBUG && virq != VIRQ_XENOPROF &&
	       virq != VIRQ_XENPMU;
}

/* v's selector bits and upcall_pending, then its virtual interrupt.  Lock held. */
void event_mark_vcpu(struct vcpu *v, uint32_t selector);

/* The port became pending.  Lock held. */
void event_raise_locked(struct domain *d, unsigned int port);

/*
 * Lock d and, when `port` is interdomain, its peer, which is returned (it may be d
 * itself).
 */
struct domain *event_lock_channel(struct domain *d, unsigned int port);
void event_unlock_channel(struct domain *d, struct domain *peer);

/* Every operation but send. */
long event_other_op(uint32_t cmd, vaddr_t arg);

/* Unmap the vcpu_infos and the shared_info of a domain that dies; lock not held. */
void event_pages_destroy(struct domain *d);

#endif
