/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's event channels, 2-level ABI: ports of a domain, each bound to a port of
 * another domain, a VIRQ, an IPI, or the hypervisor itself.
 * EVENT_PORTS ports a domain; port 0 is never used.
 *
 * A domain's event lock protects its ports and the pages of its that the
 * hypervisor adopted for events: shared_info and vcpu_info.  Two of them are taken
 * in the order of the domain ids.
 */
#ifndef HV_EVENT_H
#define HV_EVENT_H

#include <hv/types.h>
#include <hv/xen.h>

struct domain;
struct vcpu;

#define EVENT_PORTS 1024

int events_create(struct domain *d); /* 0 or -XEN_ENOMEM */
/* Close every port of d (the peers' become unbound), let go of its pages. */
void events_destroy(struct domain *d);

/* Event channel number `port` of d became pending (no permission check). */
void event_raise(struct domain *d, unsigned int port);

/* VIRQ_* of Xen for vCPU v, if it is bound; global ones go to any vCPU's port. */
void event_raise_virq(struct vcpu *v, unsigned int virq);
/* Global VIRQ for dom0 (VIRQ_CONSOLE, VIRQ_DOM_EXC). */
void event_raise_global_virq(unsigned int virq);

/* What serves an end that the hypervisor holds: told the domain and its port. */
typedef void (*notify_fn)(struct domain *d, unsigned int port);

/**
 * event_bind_hypervisor - a port of d whose peer is the hypervisor (or, later, the
 * daemon in domain `remote` that binds to it)
 * @notify: called when d sends on it, interrupts masked, no lock held; NULL:
 *	unbound, for remote
 *
 * While a daemon has the port, it gets the events; when it closes its end they go
 * to notify again.
 * Returns the port or -XEN_ENOSPC.
 */
int event_bind_hypervisor(struct domain *d, domid_t remote, notify_fn notify);

/**
 * event_bind_relay - a port of d for a daemon, where the hypervisor stands in for d
 * @remote: the daemon's domain, which may bind to it
 * @notify: called when the daemon sends, with d, interrupts masked, no lock held;
 *	d itself does not notice
 *
 * Returns the port or -XEN_ENOSPC.
 */
int event_bind_relay(struct domain *d, domid_t remote, notify_fn notify);

/* Send on a port of d as d itself could; nothing when nobody is bound to it. */
void event_send_from(struct domain *d, unsigned int port);

/* Has another domain bound to this port?  No lock: it may change at once. */
bool event_is_bound(const struct domain *d, unsigned int port);

/**
 * event_poll_begin - is any of these ports pending for v's domain?
 *
 * If not, v->polling is set: the next event of its domain, masked or not, clears
 * it and wakes v.  For SCHEDOP_poll.
 */
bool event_poll_begin(struct vcpu *v, const uint32_t *ports, unsigned int count);

/**
 * event_adopt_shared_info - the guest gives the page at m as its shared_info
 *
 * What is pending is carried over; the rest of the page is cleared.
 * 0 or -XEN_ENOMEM.
 */
int event_adopt_shared_info(struct domain *d, maddr_t m);

/**
 * event_adopt_vcpu_info - the guest gives memory for v's vcpu_info, once
 * @m: 8-byte aligned, the structure does not cross the page
 *
 * What is pending for v is raised again.  0, -XEN_EINVAL (it has one), -XEN_ENOMEM.
 */
int event_adopt_vcpu_info(struct vcpu *v, maddr_t m);

/* Write the wall clock into d's shared_info, if there is one. */
void event_publish_wallclock(struct domain *d);

/* Pseudo-physical page number of shared_info; all ones: none. */
uint64_t event_shared_info_frame(const struct domain *d);

void events_dump(const struct domain *d); /* console key */

#endif
