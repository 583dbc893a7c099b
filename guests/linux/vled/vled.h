/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vled protocol: a light-emitting diode of the board, lent to another domain.
 * docs/split-drivers.md walks through the two drivers that speak it.
 *
 * A device is two directories in xenstore, F = /local/domain/<domU>/device/vled/<n>
 * and B = /local/domain/0/backend/vled/<domU>/<n>, made by vled-attach:
 *
 *	F/backend, F/backend-id	  vled-attach	where the other end is, its domain
 *	B/frontend, B/frontend-id vled-attach
 *	F/state, B/state	  its own end	enum xenbus_state, see below
 *	B/online		  vled-attach	1: wait for a frontend; 0: go when it goes
 *	B/led			  vled-attach	an LED's name in dom0's /sys/class/leds
 *	B/max-brightness	  backend	the largest brightness of a request
 *	F/ring-ref		  frontend	grant reference of the ring's page
 *	F/event-channel		  frontend	port that the backend may bind
 *
 *	frontend		backend
 *	Initialising (1)
 *				InitWait (2)	 has its LED, wrote max-brightness
 *	Initialised (3)				 has a ring, a grant and a port
 *				Connected (4)	 has mapped the page and bound the port
 *	Connected (4)				 /sys/class/leds/vled-<n> exists
 *	Closing (5), Closed (6)	from either end: the other gives back what it has
 *
 * The ring is Xen's, one page of 512 slots; a response lies where its request lay.
 * Responses come in the order of the requests.
 */
#ifndef VLED_H
#define VLED_H

#include <linux/types.h>
#include <xen/interface/io/ring.h>

struct vled_request {
	u32 brightness; /* 0 (dark) to max-brightness */
};

struct vled_response {
	s32 status; /* 0; or -ERANGE: there is no such brightness, nothing was done */
};

DEFINE_RING_TYPES(vled, struct vled_request, struct vled_response);

#endif /* VLED_H */
