/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's event channels, 2-level ABI: ports of a domain, each bound to a port of
 * another domain, a VIRQ, an IPI, or the hypervisor itself.
 * EVENT_PORTS ports a domain; port 0 is never used.
 */
#ifndef HV_EVENT_H
#define HV_EVENT_H

#include <hv/types.h>
#include <hv/xen.h>

struct domain;
struct vcpu;

#define EVENT_PORTS 1024

int events_create(struct domain *d); /* 0 or -XEN_ENOMEM */
/* Close every port of d, tell the peers. */
void events_destroy(struct domain *d);

/* Event channel number `port` of d became pending (no permission check). */
void event_raise(struct domain *d, unsigned int port);

/* VIRQ_* of Xen for vCPU v, if it is bound; global ones go to any vCPU's port. */
void event_raise_virq(struct vcpu *v, unsigned int virq);
/* Global VIRQ for dom0 (VIRQ_CONSOLE, VIRQ_DOM_EXC). */
void event_raise_global_virq(unsigned int virq);

/**
 * event_bind_hypervisor - a port of d whose peer is the hypervisor (or, later, the
 * daemon in domain `remote` that binds to it)
 * @notify: called when d sends on it, interrupts masked; NULL: unbound, for remote
 * Returns the port or -XEN_ENOSPC.
 */
int event_bind_hypervisor(struct domain *d, domid_t remote,
			  void (*notify)(struct domain *d, unsigned int port));

/* Any of these ports pending for d?  For SCHEDOP_poll. */
bool event_any_pending(struct domain *d, const uint32_t *ports, unsigned int count);

/* d has registered a new vcpu_info for v: carry over what is pending. */
void event_vcpu_info_changed(struct vcpu *v);

void events_dump(const struct domain *d); /* console key */

#endif
