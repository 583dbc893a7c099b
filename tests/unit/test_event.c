// SPDX-License-Identifier: GPL-2.0-only
/* Event channels: event.c, event_op.c and shared_info.c through their hypercall. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include <hv/event.h>
#include <hv/guest_access.h>
#include <hv/sched.h>
#include "fake.h"

static struct domain *dom0, *domu;

static int setup(void **state)
{
	(void)state;
	fake_power_on();
	dom0 = fake_domain("dom0", 2, true);
	domu = fake_domain("domU", 2, false);
	fake_run(dom0->vcpu[0]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_power_off();
	return 0;
}

/* The operation with its structure in the guest's memory, copied back afterwards. */
static long event_op(unsigned int cmd, void *op, uint32_t bytes)
{
	uint32_t at = guest_put(op, bytes);
	long result = fake_call(__HYPERVISOR_event_channel_op, cmd, at, 0);

	guest_get(op, at, bytes);
	return result;
}
#define OP(cmd, op) event_op(EVTCHNOP_##cmd, &(op), sizeof(op))

static long alloc_unbound(domid_t d, domid_t remote, uint32_t *port)
{
	struct evtchn_alloc_unbound op = {.dom = d, .remote_dom = remote};
	long result = OP(alloc_unbound, op);

	*port = op.port;
	return result;
}

static long bind_interdomain(domid_t remote, uint32_t remote_port, uint32_t *port)
{
	struct evtchn_bind_interdomain op = {.remote_dom = remote,
					     .remote_port = remote_port};
	long result = OP(bind_interdomain, op);

	*port = op.local_port;
	return result;
}

static long bind_virq(uint32_t virq, uint32_t vcpu, uint32_t *port)
{
	struct evtchn_bind_virq op = {.virq = virq, .vcpu = vcpu};
	long result = OP(bind_virq, op);

	*port = op.port;
	return result;
}

static long bind_ipi(uint32_t vcpu, uint32_t *port)
{
	struct evtchn_bind_ipi op = {.vcpu = vcpu};
	long result = OP(bind_ipi, op);

	*port = op.port;
	return result;
}

static long send_event(uint32_t port)
{
	struct evtchn_send op = {.port = port};

	return OP(send, op);
}

static long close_port(uint32_t port)
{
	struct evtchn_close op = {.port = port};

	return OP(close, op);
}

static long unmask(uint32_t port)
{
	struct evtchn_unmask op = {.port = port};

	return OP(unmask, op);
}

static long bind_vcpu(uint32_t port, uint32_t vcpu)
{
	struct evtchn_bind_vcpu op = {.port = port, .vcpu = vcpu};

	return OP(bind_vcpu, op);
}

static struct evtchn_status status_of(domid_t d, uint32_t port)
{
	struct evtchn_status op = {.dom = d, .port = port};

	assert_int_equal(OP(status, op), 0);
	return op;
}

/* The running domain gives its page 16 as shared_info; vCPU n's info in page 17 + n. */
static struct shared_info *give_shared_info(uint32_t page)
{
	struct domain *d = current_domain();
	struct xen_add_to_physmap op = {.domid = DOMID_SELF,
					.space = XENMAPSPACE_shared_info,
					.gpfn = fake_gfn(d, page)};

	assert_int_equal(fake_call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
				   guest_put(&op, sizeof(op)), 0),
			 0);
	return guest_ram(d, (uint32_t)op.gpfn << PAGE_SHIFT);
}

static struct vcpu_info *give_vcpu_info(unsigned int vcpu, uint32_t offset)
{
	struct domain *d = current_domain();
	struct vcpu_register_vcpu_info op = {.mfn = fake_gfn(d, 17 + vcpu),
					     .offset = offset};

	assert_int_equal(fake_call(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, vcpu,
				   guest_put(&op, sizeof(op))),
			 0);
	return guest_ram(d, ((uint32_t)op.mfn << PAGE_SHIFT) + offset);
}

static bool is_pending(const struct shared_info *s, uint32_t port)
{
	return s->evtchn_pending[port / 64] >> port % 64 & 1;
}

static bool interrupted(struct vcpu *v)
{
	return v->words->pending[0] & 1u << SIGMA_VIRQ_EVENT;
}

/* Pair: port a of dom0 with port b of domU. */
static void make_pair(uint32_t *a, uint32_t *b)
{
	fake_run(domu->vcpu[0]);
	assert_int_equal(alloc_unbound(DOMID_SELF, 0, b), 0);
	fake_run(dom0->vcpu[0]);
	assert_int_equal(bind_interdomain(domu->id, *b, a), 0);
}

/* ---- binding ------------------------------------------------------------------- */

static void test_alloc_unbound(void **state)
{
	uint32_t port, other;

	(void)state;
	assert_int_equal(alloc_unbound(DOMID_SELF, domu->id, &port), 0);
	assert_int_equal(port, 1);
	assert_int_equal(status_of(DOMID_SELF, port).status, EVTCHNSTAT_unbound);
	assert_int_equal(status_of(0, port).u.unbound.dom, domu->id);
	/* dom0 on behalf of domU; remote "self" is the caller */
	assert_int_equal(alloc_unbound(domu->id, DOMID_SELF, &other), 0);
	assert_int_equal(status_of(domu->id, other).u.unbound.dom, 0);

	fake_run(domu->vcpu[0]);
	assert_int_equal(alloc_unbound(0, domu->id, &other), -XEN_EPERM);
	assert_int_equal(alloc_unbound(7, domu->id, &other), -XEN_ESRCH);
	assert_int_equal(alloc_unbound(0xffff, domu->id, &other), -XEN_ESRCH);
}

static void test_ports_run_out(void **state)
{
	struct evtchn_reset reset = {.dom = DOMID_SELF};
	uint32_t port, unbound;

	(void)state;
	assert_int_equal(alloc_unbound(DOMID_SELF, 0, &unbound), 0);
	for (unsigned int i = 2; i < EVENT_PORTS; i++)
		assert_int_equal(bind_ipi(0, &port), 0);
	assert_int_equal(port, EVENT_PORTS - 1);
	assert_int_equal(bind_ipi(0, &port), -XEN_ENOSPC);
	assert_int_equal(alloc_unbound(DOMID_SELF, 0, &port), -XEN_ENOSPC);
	assert_int_equal(bind_virq(VIRQ_CONSOLE, 0, &port), -XEN_ENOSPC);
	assert_int_equal(bind_interdomain(0, unbound, &port), -XEN_ENOSPC);
	assert_int_equal(event_bind_hypervisor(dom0, 0, NULL), -XEN_ENOSPC);
	assert_int_equal(OP(reset, reset), 0);
	assert_int_equal(status_of(0, 1).status, EVTCHNSTAT_closed);
	assert_int_equal(bind_ipi(0, &port), 0);
	assert_int_equal(port, 1);
}

static void test_bind_interdomain(void **state)
{
	uint32_t a, b, other;
	struct evtchn_status status;

	(void)state;
	fake_run(domu->vcpu[0]);
	assert_int_equal(alloc_unbound(DOMID_SELF, 0, &b), 0);
	/* meant for dom0 only */
	assert_int_equal(bind_interdomain(domu->id, b, &other), -XEN_EINVAL);
	fake_run(dom0->vcpu[0]);
	assert_int_equal(bind_interdomain(9, b, &a), -XEN_ESRCH);
	assert_int_equal(bind_interdomain(domu->id, 0, &a), -XEN_EINVAL);
	assert_int_equal(bind_interdomain(domu->id, EVENT_PORTS, &a), -XEN_EINVAL);
	assert_int_equal(bind_interdomain(domu->id, UINT32_MAX, &a), -XEN_EINVAL);
	assert_int_equal(bind_interdomain(domu->id, b + 1, &a), -XEN_EINVAL);
	assert_int_equal(bind_interdomain(domu->id, b, &a), 0);
	/* taken */
	assert_int_equal(bind_interdomain(domu->id, b, &other), -XEN_EINVAL);
	status = status_of(0, a);
	assert_int_equal(status.status, EVTCHNSTAT_interdomain);
	assert_int_equal(status.u.interdomain.dom, domu->id);
	assert_int_equal(status.u.interdomain.port, b);
	status = status_of(domu->id, b);
	assert_int_equal(status.status, EVTCHNSTAT_interdomain);
	assert_int_equal(status.u.interdomain.dom, 0);
	assert_int_equal(status.u.interdomain.port, a);
}

static void test_binding_notifies_the_binder(void **state)
{
	struct shared_info *s = give_shared_info(16);
	uint32_t a, b;

	(void)state;
	make_pair(&a, &b);
	assert_true(is_pending(s, a));
	assert_true(interrupted(dom0->vcpu[0]));
}

static void test_loopback(void **state)
{
	struct shared_info *s = give_shared_info(16);
	uint32_t a, b;

	(void)state;
	assert_int_equal(alloc_unbound(DOMID_SELF, DOMID_SELF, &b), 0);
	assert_int_equal(bind_interdomain(DOMID_SELF, b, &a), 0);
	assert_int_equal(status_of(0, a).u.interdomain.dom, DOMID_SELF);
	assert_int_equal(send_event(a), 0);
	assert_true(is_pending(s, b));
	assert_int_equal(close_port(a), 0);
	assert_int_equal(status_of(0, b).status, EVTCHNSTAT_unbound);
	assert_int_equal(close_port(b), 0);
}

static void test_virq(void **state)
{
	struct shared_info *s = give_shared_info(16);
	uint32_t console, timer0, timer1, other;

	(void)state;
	assert_int_equal(bind_virq(VIRQ_CONSOLE, 0, &console), 0);
	assert_int_equal(bind_virq(VIRQ_CONSOLE, 0, &other), -XEN_EEXIST);
	assert_int_equal(bind_virq(VIRQ_DOM_EXC, 1, &other), -XEN_EINVAL);
	assert_int_equal(bind_virq(NR_VIRQS, 0, &other), -XEN_EINVAL);
	assert_int_equal(bind_virq(UINT32_MAX, 0, &other), -XEN_EINVAL);
	assert_int_equal(bind_virq(VIRQ_TIMER, 2, &other), -XEN_ENOENT);
	assert_int_equal(bind_virq(VIRQ_TIMER, UINT32_MAX, &other), -XEN_ENOENT);
	assert_int_equal(bind_virq(VIRQ_TIMER, 0, &timer0), 0);
	assert_int_equal(bind_virq(VIRQ_TIMER, 1, &timer1), 0);
	assert_int_equal(status_of(0, timer1).status, EVTCHNSTAT_virq);
	assert_int_equal(status_of(0, timer1).vcpu, 1);
	assert_int_equal(status_of(0, timer1).u.virq, VIRQ_TIMER);

	event_raise_global_virq(VIRQ_CONSOLE);
	assert_true(is_pending(s, console));
	event_raise_virq(dom0->vcpu[1], VIRQ_TIMER);
	assert_true(is_pending(s, timer1));
	assert_false(is_pending(s, timer0));
	event_raise_global_virq(VIRQ_DOM_EXC); /* nobody bound it */

	/* closing frees the VIRQ, each its own */
	assert_int_equal(close_port(timer1), 0);
	assert_int_equal(bind_virq(VIRQ_TIMER, 0, &other), -XEN_EEXIST);
	assert_int_equal(bind_virq(VIRQ_TIMER, 1, &timer1), 0);
	assert_int_equal(close_port(console), 0);
	assert_int_equal(bind_virq(VIRQ_CONSOLE, 0, &console), 0);
}

static void test_ipi_and_bind_vcpu(void **state)
{
	uint32_t ipi, timer, console, unbound;

	(void)state;
	assert_int_equal(bind_ipi(2, &ipi), -XEN_ENOENT);
	assert_int_equal(bind_ipi(1, &ipi), 0);
	assert_int_equal(status_of(0, ipi).status, EVTCHNSTAT_ipi);
	assert_int_equal(bind_virq(VIRQ_TIMER, 0, &timer), 0);
	assert_int_equal(bind_virq(VIRQ_CONSOLE, 0, &console), 0);
	assert_int_equal(alloc_unbound(DOMID_SELF, 1, &unbound), 0);

	assert_int_equal(bind_vcpu(ipi, 0), -XEN_EINVAL);
	assert_int_equal(bind_vcpu(timer, 1), -XEN_EINVAL);
	assert_int_equal(bind_vcpu(console, 1), 0);
	assert_int_equal(status_of(0, console).vcpu, 1);
	assert_int_equal(bind_vcpu(unbound, 1), 0);
	assert_int_equal(bind_vcpu(unbound, 2), -XEN_ENOENT);
	assert_int_equal(bind_vcpu(EVENT_PORTS, 0), -XEN_EINVAL);
	assert_int_equal(bind_vcpu(100, 0), -XEN_EINVAL);
	/* a global VIRQ that moved is still found and freed */
	assert_int_equal(close_port(console), 0);
	assert_int_equal(bind_virq(VIRQ_CONSOLE, 0, &console), 0);
}

static void test_close(void **state)
{
	uint32_t a, b, again;
	struct shared_info *s;

	(void)state;
	make_pair(&a, &b);
	fake_run(domu->vcpu[0]);
	s = give_shared_info(16);
	fake_run(dom0->vcpu[0]);
	assert_int_equal(send_event(a), 0);
	assert_true(is_pending(s, b));

	assert_int_equal(close_port(0), -XEN_EINVAL);
	assert_int_equal(close_port(EVENT_PORTS), -XEN_EINVAL);
	assert_int_equal(close_port(a), 0);
	assert_int_equal(close_port(a), -XEN_EINVAL);
	/* the peer waits for us again */
	assert_int_equal(status_of(domu->id, b).status, EVTCHNSTAT_unbound);
	assert_int_equal(status_of(domu->id, b).u.unbound.dom, 0);
	assert_int_equal(bind_interdomain(domu->id, b, &again), 0);
	/* a closed port is not pending when it is used anew */
	fake_run(domu->vcpu[0]);
	assert_int_equal(close_port(b), 0);
	assert_false(is_pending(s, b));
}

static void test_reset(void **state)
{
	struct evtchn_reset reset = {.dom = 0};
	uint32_t a, b;

	(void)state;
	make_pair(&a, &b);
	fake_run(domu->vcpu[0]);
	assert_int_equal(OP(reset, reset), -XEN_EPERM);
	reset.dom = 5;
	assert_int_equal(OP(reset, reset), -XEN_ESRCH);
	reset.dom = DOMID_SELF;
	assert_int_equal(OP(reset, reset), 0);
	fake_run(dom0->vcpu[0]);
	assert_int_equal(status_of(0, a).status, EVTCHNSTAT_unbound);
	assert_int_equal(status_of(domu->id, b).status, EVTCHNSTAT_closed);
}

static void test_status_errors(void **state)
{
	struct evtchn_status op = {.dom = DOMID_SELF, .port = EVENT_PORTS};

	(void)state;
	assert_int_equal(OP(status, op), -XEN_EINVAL);
	op.port = 0;
	assert_int_equal(OP(status, op), 0);
	assert_int_equal(op.status, EVTCHNSTAT_closed);
	fake_run(domu->vcpu[0]);
	op.dom = 0;
	assert_int_equal(OP(status, op), -XEN_EPERM);
	op.dom = 3;
	assert_int_equal(OP(status, op), -XEN_ESRCH);
}

/* ---- delivery ------------------------------------------------------------------ */

static void test_send(void **state)
{
	struct shared_info *s;
	struct vcpu_info *info;
	uint32_t a, b, ipi, virq;

	(void)state;
	make_pair(&a, &b);
	fake_run(domu->vcpu[0]);
	s = give_shared_info(16);
	info = give_vcpu_info(0, 192);
	fake_run(dom0->vcpu[0]);

	assert_int_equal(send_event(a), 0);
	assert_true(is_pending(s, b));
	assert_int_equal(info->evtchn_pending_sel, 1);
	assert_int_equal(info->evtchn_upcall_pending, 1);
	assert_true(interrupted(domu->vcpu[0]));

	/* once pending, it is not delivered again */
	info->evtchn_pending_sel = 0;
	domu->vcpu[0]->arch.lines = 0;
	assert_int_equal(send_event(a), 0);
	assert_int_equal(info->evtchn_pending_sel, 0);
	assert_int_equal(domu->vcpu[0]->arch.lines, 0);

	assert_int_equal(send_event(0), -XEN_EINVAL);
	assert_int_equal(send_event(99), -XEN_EINVAL);
	assert_int_equal(send_event(EVENT_PORTS), -XEN_EINVAL);
	assert_int_equal(send_event(UINT32_MAX), -XEN_EINVAL);
	assert_int_equal(bind_virq(VIRQ_CONSOLE, 0, &virq), 0);
	assert_int_equal(send_event(virq), -XEN_EINVAL);

	assert_int_equal(bind_ipi(1, &ipi), 0);
	s = give_shared_info(16);
	give_vcpu_info(1, 0);
	dom0->vcpu[0]->words->pending[0] = 0; /* of the binding */
	assert_int_equal(send_event(ipi), 0);
	assert_true(is_pending(s, ipi));
	assert_true(interrupted(dom0->vcpu[1]));
	assert_false(interrupted(dom0->vcpu[0]));
}

static void test_send_wakes(void **state)
{
	uint32_t a, b;

	(void)state;
	make_pair(&a, &b);
	fake_run(domu->vcpu[0]);
	give_shared_info(16);
	list_remove(&domu->vcpu[0]->sched.node); /* it runs: on no queue */
	sched_block();
	assert_int_equal(domu->vcpu[0]->state, VCPU_BLOCKED);
	fake_run(dom0->vcpu[0]);
	assert_int_equal(send_event(a), 0);
	assert_int_equal(domu->vcpu[0]->state, VCPU_RUNNABLE);
}

static void test_masked(void **state)
{
	struct shared_info *s = give_shared_info(16);
	uint32_t ipi;

	(void)state;
	assert_int_equal(bind_ipi(0, &ipi), 0);
	s->evtchn_mask[0] = 1u << ipi;
	assert_int_equal(send_event(ipi), 0);
	assert_true(is_pending(s, ipi));
	assert_int_equal(s->vcpu_info[0].evtchn_upcall_pending, 0);
	assert_false(interrupted(dom0->vcpu[0]));

	assert_int_equal(unmask(EVENT_PORTS), -XEN_EINVAL);
	assert_int_equal(unmask(UINT32_MAX), -XEN_EINVAL);
	assert_int_equal(unmask(ipi), 0);
	assert_int_equal(s->evtchn_mask[0], 0);
	assert_int_equal(s->vcpu_info[0].evtchn_pending_sel, 1);
	assert_true(interrupted(dom0->vcpu[0]));

	/* not masked: nothing happens a second time; not pending: neither */
	dom0->vcpu[0]->arch.lines = 0;
	assert_int_equal(unmask(ipi), 0);
	s->evtchn_mask[1] = 1;
	assert_int_equal(unmask(64), 0);
	assert_int_equal(s->evtchn_mask[1], 0);
	assert_int_equal(dom0->vcpu[0]->arch.lines, 0);
}

static void test_high_ports(void **state)
{
	struct shared_info *s = give_shared_info(16);
	uint32_t port;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++)
		assert_int_equal(bind_ipi(0, &port), 0);
	assert_int_equal(send_event(1000), 0);
	assert_true(is_pending(s, 1000));
	assert_int_equal(s->vcpu_info[0].evtchn_pending_sel, 1u << 1000 / 64);
}

/* While the lower domain's lock is taken, the higher one lets its own go and retries. */
static spinlock_t *busy;
static int busy_rounds;

static void trylock_fails_twice(spinlock_t *lock)
{
	if (!busy) {
		busy = lock;
		lock->held = 1;
	} else if (lock == busy && ++busy_rounds == 2) {
		lock->held = 0;
	}
}

static void test_lock_order(void **state)
{
	struct shared_info *s = give_shared_info(16);
	uint32_t a, b;

	(void)state;
	make_pair(&a, &b);
	s->evtchn_pending[0] = 0;
	fake_run(domu->vcpu[0]);
	busy = NULL;
	busy_rounds = 0;
	fake_before_trylock = trylock_fails_twice;
	assert_int_equal(send_event(b), 0);
	fake_before_trylock = NULL;
	assert_int_equal(busy_rounds, 2);
	assert_true(is_pending(s, a));
}

/* ---- the hypervisor's own ports ------------------------------------------------ */

static unsigned int notified;
static struct domain *notified_domain;

static void notify(struct domain *d, unsigned int port)
{
	assert_int_equal(fake_locks_held, 0);
	notified_domain = d;
	notified = port;
}

static void notify_2(struct domain *d, unsigned int port)
{
	(void)d;
	notified = port + 1000;
}

static void test_hypervisor_port(void **state)
{
	int port = event_bind_hypervisor(domu, 0, notify);
	int other = event_bind_hypervisor(domu, 0, notify_2);
	uint32_t daemon;

	(void)state;
	assert_true(port > 0 && other > 0);
	fake_run(domu->vcpu[0]);
	assert_int_equal(send_event((uint32_t)port), 0);
	assert_int_equal(notified, port);
	assert_ptr_equal(notified_domain, domu);
	assert_int_equal(send_event((uint32_t)other), 0);
	assert_int_equal(notified, other + 1000);

	/* a daemon takes it over, and goes */
	fake_run(dom0->vcpu[0]);
	assert_int_equal(bind_interdomain(domu->id, (uint32_t)port, &daemon), 0);
	notified = 0;
	fake_run(domu->vcpu[0]);
	assert_int_equal(send_event((uint32_t)port), 0);
	assert_int_equal(notified, 0);
	fake_run(dom0->vcpu[0]);
	assert_int_equal(close_port(daemon), 0);
	fake_run(domu->vcpu[0]);
	assert_int_equal(send_event((uint32_t)port), 0);
	assert_int_equal(notified, port);

	/* closed by the guest: the next user of the port is not the hypervisor's */
	assert_int_equal(close_port((uint32_t)port), 0);
	notified = 0;
	assert_int_equal(alloc_unbound(DOMID_SELF, 0, &daemon), 0);
	assert_int_equal(daemon, port);
	assert_int_equal(send_event(daemon), 0);
	assert_int_equal(notified, 0);
}

static void test_raise(void **state)
{
	int port = event_bind_hypervisor(domu, 0, NULL);
	struct shared_info *s;

	(void)state;
	fake_run(domu->vcpu[0]);
	s = give_shared_info(16);
	event_raise(domu, (unsigned int)port);
	assert_true(is_pending(s, (uint32_t)port));
	event_raise(domu, 500); /* closed */
	assert_false(is_pending(s, 500));
	event_raise(domu, EVENT_PORTS);
	event_raise(domu, UINT32_MAX);
}

/* ---- pages -------------------------------------------------------------------- */

static void test_events_before_the_pages(void **state)
{
	struct vcpu_info *info;
	struct shared_info *s;
	uint32_t a, b;

	(void)state;
	make_pair(&a, &b);
	assert_int_equal(send_event(a), 0);
	assert_false(interrupted(domu->vcpu[0]));
	assert_int_equal(event_shared_info_frame(domu), UINT64_MAX);

	fake_run(domu->vcpu[0]);
	assert_int_equal(bind_vcpu(b, 1), 0);
	s = give_shared_info(16);
	assert_int_equal(event_shared_info_frame(domu), fake_gfn(domu, 16));
	assert_true(is_pending(s, b));
	assert_int_equal(s->evtchn_mask[0], 0); /* the page was full of something else */
	assert_int_equal(s->vcpu_info[0].evtchn_upcall_pending, 0);

	/* vCPU 1 has none in shared_info: it waits for its registration */
	assert_false(interrupted(domu->vcpu[1]));
	info = give_vcpu_info(1, 8);
	assert_int_equal(info->evtchn_upcall_pending, 1);
	assert_int_equal(info->evtchn_pending_sel, 1);
	assert_true(interrupted(domu->vcpu[1]));
}

static void test_shared_info_moves(void **state)
{
	struct shared_info *s, *to;
	uint32_t ipi;

	(void)state;
	assert_int_equal(bind_ipi(0, &ipi), 0);
	s = give_shared_info(16);
	assert_int_equal(fake_shared_maps, 1);
	assert_int_equal(send_event(ipi), 0);
	s->evtchn_mask[2] = 5;
	/* the same page: nothing is lost, nothing mapped twice */
	assert_ptr_equal(give_shared_info(16), s);
	assert_true(is_pending(s, ipi));
	assert_int_equal(fake_shared_maps, 1);

	to = give_shared_info(18);
	assert_int_equal(fake_shared_maps, 1);
	assert_true(is_pending(to, ipi));
	assert_int_equal(to->evtchn_mask[2], 5);
	assert_int_equal(to->vcpu_info[0].evtchn_pending_sel, 1);
	assert_int_equal(event_shared_info_frame(dom0), fake_gfn(dom0, 18));
	/* the old page is the guest's alone */
	memset(s, 0xff, PAGE_SIZE);
	to->evtchn_pending[0] = 0;
	assert_int_equal(send_event(ipi), 0);
	assert_true(is_pending(to, ipi));

	fake_window_budget = 0;
	assert_int_equal(event_adopt_shared_info(dom0, dom0->machine_base), -XEN_ENOMEM);
	assert_int_equal(event_adopt_vcpu_info(dom0->vcpu[1], dom0->machine_base),
			 -XEN_ENOMEM);
}

static void test_vcpu_info_keeps_its_content(void **state)
{
	struct shared_info *s = give_shared_info(16);
	struct vcpu_info *info;
	uint32_t ipi;

	(void)state;
	assert_int_equal(bind_ipi(0, &ipi), 0);
	assert_int_equal(send_event(ipi), 0);
	assert_int_equal(s->vcpu_info[0].evtchn_pending_sel, 1);
	info = give_vcpu_info(0, PAGE_SIZE - sizeof(*info));
	assert_int_equal(info->evtchn_pending_sel, 1);
	assert_int_equal(info->evtchn_upcall_pending, 1);
	/* moving shared_info leaves a registered one where it is */
	give_shared_info(18);
	assert_ptr_not_equal(dom0->vcpu[0]->info, &dom0->shared_info->vcpu_info[0]);
	/* once only */
	assert_int_equal(event_adopt_vcpu_info(dom0->vcpu[0], dom0->machine_base),
			 -XEN_EINVAL);
	assert_int_equal(fake_shared_maps, 2);
}

/* A hostile guest scribbles over everything it shares. */
static void test_scribbled_pages(void **state)
{
	struct shared_info *s = give_shared_info(16);
	struct vcpu_info *info = give_vcpu_info(1, 0);
	uint32_t ipi;

	(void)state;
	assert_int_equal(bind_ipi(1, &ipi), 0);
	memset(s, 0xff, PAGE_SIZE);
	memset(info, 0xff, PAGE_SIZE);
	assert_int_equal(send_event(ipi), 0);
	assert_int_equal(unmask(ipi), 0);
	assert_int_equal(unmask(1023), 0);
	give_shared_info(20);
	event_publish_wallclock(dom0);
	events_dump(dom0);
}

/* ---- the call's own checks --------------------------------------------------- */

static void test_bad_calls(void **state)
{
	struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = 0};
	uint32_t at = guest_put(&op, sizeof(op)), port = 0;

	(void)state;
	for (unsigned int cmd = 0; cmd < 40; cmd++) {
		bool known = cmd <= EVTCHNOP_reset && cmd != EVTCHNOP_bind_pirq;

		assert_int_equal(fake_call(__HYPERVISOR_event_channel_op, cmd, 0, 0),
				 known ? -XEN_EFAULT : -XEN_ENOSYS);
	}
	assert_int_equal(fake_call(__HYPERVISOR_event_channel_op, UINT32_MAX, at, 0),
			 -XEN_ENOSYS);
	/* answers need a place: nothing is allocated without */
	fake_readonly[0] = at;
	assert_int_equal(
		fake_call(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, at, 0),
		-XEN_EFAULT);
	memset(fake_readonly, 0, sizeof(fake_readonly));
	assert_int_equal(alloc_unbound(DOMID_SELF, 0, &port), 0);
	assert_int_equal(port, 1);
	/* unaligned, and over the end of memory */
	at = guest_put((uint32_t[]){0x01000000, 0}, 8);
	assert_int_equal(
		fake_call(__HYPERVISOR_event_channel_op, EVTCHNOP_send, at + 3, 0), 0);
	assert_int_equal(fake_call(__HYPERVISOR_event_channel_op, EVTCHNOP_send,
				   FAKE_RAM_BASE + FAKE_DOMAIN_RAM - 2, 0),
			 -XEN_EFAULT);
	assert_int_equal(
		fake_call(__HYPERVISOR_event_channel_op, EVTCHNOP_send, UINT32_MAX, 0),
		-XEN_EFAULT);
}

static void test_destroyed_domain(void **state)
{
	struct evtchn_status status;
	uint32_t a, b;

	(void)state;
	make_pair(&a, &b);
	fake_run(domu->vcpu[0]);
	give_shared_info(16);
	give_vcpu_info(0, 0);
	give_vcpu_info(1, 64);
	fake_run(dom0->vcpu[0]);
	assert_int_equal(domain_destroy(domu), 0);
	status = status_of(0, a);
	assert_int_equal(status.status, EVTCHNSTAT_unbound);
	assert_int_equal(send_event(a), 0); /* to nobody */
	assert_int_equal(bind_interdomain(1, b, &b), -XEN_ESRCH);
	assert_int_equal(fake_shared_maps, 0);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (int budget = 0; budget < 8; budget++) {
		struct domain *d;

		fake_heap_budget = budget;
		d = fake_domain("small", 1, false);
		fake_heap_budget = -1;
		if (d)
			assert_int_equal(domain_destroy(d), 0);
	}
}

static void test_dump(void **state)
{
	uint32_t a, b;

	(void)state;
	make_pair(&a, &b);
	event_bind_hypervisor(domu, 0, notify);
	events_dump(domu);
	assert_non_null(strstr(fake_screen, "events of domU"));
	assert_non_null(strstr(fake_screen, "interdomain"));
	assert_non_null(strstr(fake_screen, "hypervisor"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_alloc_unbound),
		TEST(test_ports_run_out),
		TEST(test_bind_interdomain),
		TEST(test_binding_notifies_the_binder),
		TEST(test_loopback),
		TEST(test_virq),
		TEST(test_ipi_and_bind_vcpu),
		TEST(test_close),
		TEST(test_reset),
		TEST(test_status_errors),
		TEST(test_send),
		TEST(test_send_wakes),
		TEST(test_masked),
		TEST(test_high_ports),
		TEST(test_lock_order),
		TEST(test_hypervisor_port),
		TEST(test_raise),
		TEST(test_events_before_the_pages),
		TEST(test_shared_info_moves),
		TEST(test_vcpu_info_keeps_its_content),
		TEST(test_scribbled_pages),
		TEST(test_bad_calls),
		TEST(test_destroyed_domain),
		TEST(test_no_memory),
		TEST(test_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
