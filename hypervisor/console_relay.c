// SPDX-License-Identifier: GPL-2.0-only
#include <hv/console_relay.h>
#include <arch/spinlock.h>
#include <hv/guest_access.h>

void console_relay_put(struct console_relay *relay, char c)
{
	struct xencons_interface *ring = relay->ring;
	uint32_t used;

	if (!ring)
		return;
	used = relay->out_prod - READ_ONCE(ring->out_cons);
	/* more than there is room for: nonsense, which a daemon does not get over */
	if (used > sizeof(ring->out) || (used == sizeof(ring->out) && !relay->attached)) {
		used = sizeof(ring->out) - 1;
		WRITE_ONCE(ring->out_cons, relay->out_prod - used);
	}
	if (used < sizeof(ring->out)) {
		ring->out[relay->out_prod++ % sizeof(ring->out)] = c;
		relay->changed = true;
	}
	smp_mb(); /* the character is there before it is announced */
	WRITE_ONCE(ring->out_prod, relay->out_prod);
}

bool console_relay_take(struct console_relay *relay, char *c)
{
	struct xencons_interface *ring = relay->ring;
	uint32_t count;

	if (!ring)
		return false;
	count = READ_ONCE(ring->in_prod) - relay->in_cons;
	smp_mb();
	if (count > sizeof(ring->in)) {
		relay->in_cons += count; /* nonsense: start afresh where it points */
		count = 0;
	}
	if (count)
		*c = ring->in[relay->in_cons++ % sizeof(ring->in)];
	if (READ_ONCE(ring->in_cons) != relay->in_cons) {
		smp_mb(); /* it has been read before its place is given back */
		WRITE_ONCE(ring->in_cons, relay->in_cons);
		relay->changed = true;
	}
	return count != 0;
}
