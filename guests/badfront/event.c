/* SPDX-License-Identifier: MIT */
/* Event channels and console rings, used up and filled with nonsense. */
#include "badfront.h"
#include <public/manage.h>

static long close(uint32_t port)
{
	struct evtchn_close op = {.port = port};

	return hypercall_event_channel_op(EVTCHNOP_close, guest_address(&op));
}

static void exhaust(void)
{
	struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = 0};
	uint32_t ports[1024], count = 0;
	long result;

	for (;;) {
		result = hypercall_event_channel_op(EVTCHNOP_alloc_unbound,
						    guest_address(&op));
		if (result)
			break;
		guest_check(count < ARRAY_SIZE(ports), "more ports than there can be");
		ports[count++] = op.port;
	}
	guest_check(result == -XEN_ENOSPC, "out of ports: %ld", result);
	for (uint32_t i = 0; i < count; i++)
		guest_check(close(ports[i]) == 0, "port %u does not close", ports[i]);
	guest_printf("events: %u ports taken until there was none, all given back\n",
		     count);
}

static void strangers(void)
{
	unsigned int bound = 0;

	for (uint32_t port = 0; port < 1100; port++) {
		struct evtchn_bind_interdomain op = {.remote_dom = 0,
						     .remote_port = port};

		if (hypercall_event_channel_op(EVTCHNOP_bind_interdomain,
					       guest_address(&op)) == 0)
			bound++;
	}
	guest_check(bound == 0, "%u ports of dom0 can be bound", bound);
	guest_printf("events: dom0's ports refused\n");
}

void event_attacks(void)
{
	exhaust();
	strangers();
}

/* ---- console ------------------------------------------------------------------- */

/* Wild indices in a ring; what the other side says of its own counts. */
static void disturb(volatile struct xencons_interface *ring, unsigned int port)
{
	for (unsigned int i = 0; i < 300; i++) {
		ring->out_prod = i < 8 ? 0x80000000u >> i : random_word();
		ring->out_cons = random_word();
		ring->in_prod = random_word();
		ring->in_cons = random_word();
		event_send(port);
	}
	for (unsigned int i = 0; i < sizeof(ring->out); i++)
		ring->out[i] = 0;
}

void console_attacks(void)
{
	volatile struct xencons_interface *ring =
		(void *)(uintptr_t)(guest_hvm_param(HVM_PARAM_CONSOLE_PFN) << 12);
	volatile struct xencons_interface *relay =
		(void *)(uintptr_t)(guest_hvm_param(SIGMA_HVM_PARAM_RELAY_PFN) << 12);
	unsigned int port = (unsigned int)guest_hvm_param(HVM_PARAM_CONSOLE_EVTCHN);

	guest_printf("console: nonsense in the ring and the relay\n");
	disturb(ring, port);
	disturb(relay, (unsigned int)guest_hvm_param(SIGMA_HVM_PARAM_RELAY_EVTCHN));
	event_send(port);
	ring->out_prod = ring->out_cons; /* as the other side has it */
	ring->in_cons = ring->in_prod;
	guest_printf("\nconsole: still heard\n");
}
