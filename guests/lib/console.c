/* SPDX-License-Identifier: MIT */
/*
 * Console: dom0 writes by hypercall; a domU has Xen's console ring, a page with
 * two queues and an event channel, whose other end is the hypervisor until a
 * daemon takes it over.  Both work with no daemon at all.
 */
#include "guest.h"

static struct xencons_interface *ring;
static unsigned int ring_port;
static bool ring_looked_for;
static void (*input_wake)(void);

uint64_t guest_hvm_param(unsigned int index)
{
	struct xen_hvm_param param = {.domid = DOMID_SELF, .index = index};

	if (hypercall_hvm_op(HVMOP_get_param, guest_address(&param)) < 0)
		return 0;
	return param.value;
}

static struct xencons_interface *ring_find(void)
{
	uint64_t frame;

	if (!ring_looked_for) {
		ring_looked_for = true;
		if (guest_descriptor->domain_id != 0) {
			frame = guest_hvm_param(HVM_PARAM_CONSOLE_PFN);
			ring_port =
				(unsigned int)guest_hvm_param(HVM_PARAM_CONSOLE_EVTCHN);
			if (frame && ring_port)
				ring = (struct xencons_interface *)(uintptr_t)(frame
									       << 12);
		}
	}
	return ring;
}

static void ring_write(const char *text, uint32_t bytes)
{
	volatile struct xencons_interface *r = ring;

	while (bytes) {
		XENCONS_RING_IDX produced = r->out_prod;

		while (bytes && produced - r->out_cons < sizeof(r->out)) {
			r->out[MASK_XENCONS_IDX(produced++, r->out)] = *text++;
			bytes--;
		}
		__sync_synchronize(); /* text before its index */
		r->out_prod = produced;
		event_send(ring_port);
		if (bytes)
			guest_yield(); /* full: the other end has to run */
	}
}

void console_write(const char *text, uint32_t bytes)
{
	if (ring_find())
		ring_write(text, bytes);
	else
		hypercall_console_io(CONSOLEIO_write, bytes, guest_address(text));
}

static void input_event(unsigned int port)
{
	(void)port;
	input_wake();
}

void console_input_setup(void (*wake)(void))
{
	int port;

	input_wake = wake;
	event_setup();
	if (ring_find()) {
		event_take(ring_port, input_event);
		return;
	}
	port = event_bind_virq(VIRQ_CONSOLE, input_event);
	guest_check(port > 0, "no interrupt for console input: %d", port);
}

int console_getc(void)
{
	volatile struct xencons_interface *r = ring_find();
	char c;

	if (!r)
		return hypercall_console_io(CONSOLEIO_read, 1, guest_address(&c)) == 1
			       ? c
			       : -1;
	if (r->in_cons == r->in_prod)
		return -1;
	__sync_synchronize(); /* index before its text */
	c = r->in[MASK_XENCONS_IDX(r->in_cons, r->in)];
	r->in_cons++;
	event_send(ring_port);
	return c;
}
