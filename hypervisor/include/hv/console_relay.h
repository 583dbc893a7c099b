/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A domU's second console ring.  The first is the domain's own, served by the
 * hypervisor; this one is served towards dom0's xenconsoled, in the domain's place.
 * What the domain prints goes to the serial port and into the relay; what is typed at
 * either reaches the domain, in the order in which it came.
 *
 * Whoever stands at the far end may write anything into the page, and so may the
 * domain whose memory it is: the indices that are ours are kept here and never read
 * back, the others are taken for what they say as long as that can be.
 *
 * The ring is full when the daemon does not read.  With a daemon at its port, what
 * comes then is lost to it (the serial port has it); with none, the oldest text makes
 * room, so that a daemon that comes, or comes back, finds the last 2 KiB.
 *
 * Locking: the caller's.
 */
#ifndef HV_CONSOLE_RELAY_H
#define HV_CONSOLE_RELAY_H

#include <hv/types.h>
#include <hv/xen.h>

struct console_relay {
	struct xencons_interface *ring; /* NULL: there is none */
	unsigned int port;              /* of the domain; a daemon binds to it */
	bool attached;                  /* a daemon has bound to it */
	bool changed;                   /* the daemon is to be told */
	XENCONS_RING_IDX out_prod, in_cons;
};

/* A character that the domain printed. */
void console_relay_put(struct console_relay *relay, char c);

/*
 * The next character typed at the daemon; false: there is none.  No more than a
 * ring full in a row, unless the far end adds to it meanwhile.
 */
bool console_relay_take(struct console_relay *relay, char *c);

#endif
