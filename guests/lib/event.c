/* SPDX-License-Identifier: MIT */
/* Xen's event channels, 2-level ABI: pending bits in a page shared with Xen. */
#include "guest.h"

#define PORTS     1024 /* as many as Sigma has: 16 words of 64 */
#define PAGE_SIZE 4096u

static struct shared_info *shared;
static struct vcpu_info *info;
static uint8_t pages[2][PAGE_SIZE] __attribute__((aligned(4096)));
static event_handler handlers[PORTS];

/* The event words have 64 bits; ports are set and cleared in their 32-bit halves. */
static volatile uint32_t *port_word(volatile xen_ulong_t *words, unsigned int port)
{
	return (volatile uint32_t *)words + port / 32;
}

static void word_set(volatile uint32_t *word, uint32_t bits)
{
	__atomic_fetch_or(word, bits, __ATOMIC_SEQ_CST);
}

static void word_clear(volatile uint32_t *word, uint32_t bits)
{
	__atomic_fetch_and(word, ~bits, __ATOMIC_SEQ_CST);
}

static void scan(unsigned int word)
{
	for (unsigned int half = word * 2; half < word * 2 + 2; half++) {
		unsigned int first = half * 32;
		uint32_t bits = *port_word(shared->evtchn_pending, first) &
				~*port_word(shared->evtchn_mask, first);

		for (; bits; bits &= bits - 1) {
			unsigned int port = first + (unsigned int)__builtin_ctz(bits);

			word_clear(port_word(shared->evtchn_pending, port),
				   1u << port % 32);
			if (handlers[port])
				handlers[port](port);
		}
	}
}

/* Handler of SIGMA_VIRQ_EVENT. */
static void upcall(unsigned int virq)
{
	uint32_t words; /* 16 of its 64 bits are used */

	(void)virq;
	while (__atomic_exchange_n(&info->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST)) {
		words = (uint32_t)__atomic_exchange_n(&info->evtchn_pending_sel, 0,
						      __ATOMIC_SEQ_CST);
		for (; words; words &= words - 1)
			scan((unsigned int)__builtin_ctz(words));
	}
}

void event_setup(void)
{
	struct xen_add_to_physmap map = {.domid = DOMID_SELF,
					 .space = XENMAPSPACE_shared_info};
	struct vcpu_register_vcpu_info place = {0};
	long result;

	if (shared)
		return;
	shared = (struct shared_info *)(void *)pages[0];
	info = (struct vcpu_info *)(void *)pages[1];
	map.gpfn = guest_address(pages[0]) / PAGE_SIZE;
	result = hypercall_memory_op(XENMEM_add_to_physmap, guest_address(&map));
	guest_check(result == 0, "shared_info is refused: %ld", result);
	memset(shared->evtchn_mask, 0xff, sizeof(shared->evtchn_mask));

	place.mfn = guest_address(pages[1]) / PAGE_SIZE;
	result = hypercall_vcpu_op(VCPUOP_register_vcpu_info, 0, guest_address(&place));
	guest_check(result == 0, "vcpu_info is refused: %ld", result);
	virq_register(SIGMA_VIRQ_EVENT, upcall);
}

void event_take(unsigned int port, event_handler handler)
{
	struct evtchn_unmask unmask = {.port = port};

	handlers[port] = handler;
	/* Not by clearing the bit: what is pending already has to be delivered. */
	hypercall_event_channel_op(EVTCHNOP_unmask, guest_address(&unmask));
}

/* `port` or an error of the call that made it. */
static int take_result(long result, unsigned int port, event_handler handler)
{
	if (result < 0)
		return (int)result;
	guest_check(port > 0 && port < PORTS, "event channel number %u is out of range",
		    port);
	event_take(port, handler);
	return (int)port;
}

int event_alloc_unbound(unsigned int remote, event_handler handler)
{
	struct evtchn_alloc_unbound op = {.dom = DOMID_SELF,
					  .remote_dom = (domid_t)remote};
	long result =
		hypercall_event_channel_op(EVTCHNOP_alloc_unbound, guest_address(&op));

	return take_result(result, op.port, handler);
}

int event_bind(unsigned int remote, unsigned int remote_port, event_handler handler)
{
	struct evtchn_bind_interdomain op = {.remote_dom = (domid_t)remote,
					     .remote_port = remote_port};
	long result =
		hypercall_event_channel_op(EVTCHNOP_bind_interdomain, guest_address(&op));

	if (result ==
	    0) /* as in Xen, a new port starts with an event of its own: drop it */
		word_clear(port_word(shared->evtchn_pending, op.local_port),
			   1u << op.local_port % 32);
	return take_result(result, op.local_port, handler);
}

int event_bind_virq(unsigned int virq, event_handler handler)
{
	struct evtchn_bind_virq op = {.virq = virq};
	long result = hypercall_event_channel_op(EVTCHNOP_bind_virq, guest_address(&op));

	return take_result(result, op.port, handler);
}

int event_send(unsigned int port)
{
	struct evtchn_send op = {.port = port};

	return (int)hypercall_event_channel_op(EVTCHNOP_send, guest_address(&op));
}

int event_close(unsigned int port)
{
	struct evtchn_close op = {.port = port};

	word_set(port_word(shared->evtchn_mask, port), 1u << port % 32);
	handlers[port] = NULL;
	return (int)hypercall_event_channel_op(EVTCHNOP_close, guest_address(&op));
}
