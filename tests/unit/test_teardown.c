// SPDX-License-Identifier: GPL-2.0-only
/*
 * A domain that ends with everything that it can have: rings, ports at both ends,
 * pages that dom0 maps and pages of dom0 that it maps, timers, in any state.  Its
 * memory goes with the last map, and then nothing of it is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include <hv/console.h>
#include <hv/event.h>
#include <hv/frames.h>
#include <hv/grant.h>
#include <public/manage.h>
#include "fake.h"

#define RING_PAGE   100
#define RELAY_PAGE  101
#define INFO_PAGE   102
#define GRANTS_PAGE 103
#define LENT_PAGE   104
#define MS          100000

static struct domain *dom0;
static unsigned int heap_pages, shared_maps;
static uint32_t slots_freed;

/* dom0's end of the victim: ports to close, frames to unmap */
static uint32_t relay_port, other_port, handle;

static int setup(void **state)
{
	(void)state;
	fake_power_on();
	console_init();
	dom0 = fake_domain("dom0", 1, true);
	fake_run(dom0->vcpu[0]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_power_off();
	return 0;
}

static long call(unsigned int number, uint32_t cmd, void *op, uint32_t bytes)
{
	uint32_t at = guest_put(op, bytes);
	long result = fake_call(number, cmd, at, number == __HYPERVISOR_grant_table_op);

	guest_get(op, at, bytes);
	return result;
}
#define CALL(name, cmd, op) call(__HYPERVISOR_##name, cmd, &(op), sizeof(op))

static paddr_t page_address(uint32_t page)
{
	return paddr(FAKE_RAM_BASE + page * PAGE_SIZE);
}

static uint32_t bind_to(struct domain *d, uint32_t port)
{
	struct evtchn_bind_interdomain op = {.remote_dom = d->id, .remote_port = port};

	assert_int_equal(CALL(event_channel_op, EVTCHNOP_bind_interdomain, op), 0);
	return op.local_port;
}

static long close_port(uint32_t port)
{
	struct evtchn_close op = {.port = port};

	return CALL(event_channel_op, EVTCHNOP_close, op);
}

static uint32_t map_grant(const struct domain *d, grant_ref_t ref, uint32_t frame)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = (uint64_t)fake_window_gfn(current_domain(), frame)
			     << PAGE_SHIFT,
		.flags = GNTMAP_host_map,
		.ref = ref,
		.dom = d->id};

	assert_int_equal(CALL(grant_table_op, GNTTABOP_map_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_okay);
	return op.handle;
}

static void unmap_grant(uint32_t which, uint32_t frame)
{
	struct gnttab_unmap_grant_ref op = {
		.host_addr = (uint64_t)fake_window_gfn(current_domain(), frame)
			     << PAGE_SHIFT,
		.handle = which};

	assert_int_equal(CALL(grant_table_op, GNTTABOP_unmap_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_okay);
}

static void give_pages(struct domain *d)
{
	maddr_t info = maddr_add(d->machine_base, INFO_PAGE * PAGE_SIZE);

	assert_int_equal(event_adopt_shared_info(d, info), 0);
	assert_int_equal(grant_adopt_frame(d, 0, page_address(GRANTS_PAGE)), 0);
	grant_preset(d, 9, page_address(LENT_PAGE), d->id ? 0 : 1);
}

/* Everything that a domain can have, dom0 being at the other end of it. */
static struct domain *victim(void)
{
	struct domain *d = fake_domain("victim", 2, false);
	struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = 0};

	assert_non_null(d);
	assert_int_equal(console_setup_ring(d, page_address(RING_PAGE)), 0);
	assert_int_equal(console_setup_relay(d, page_address(RELAY_PAGE)), 0);
	give_pages(d);
	fake_run(d->vcpu[0]);
	assert_int_equal(CALL(event_channel_op, EVTCHNOP_alloc_unbound, op), 0);
	map_grant(dom0, 9, 0);
	timer_set(&d->vcpu[0]->poll_timer, fake_clock + MS);
	timer_set(&d->vcpu[1]->timer, fake_clock + 2 * MS);
	fake_run(dom0->vcpu[0]);
	relay_port = bind_to(d, (uint32_t)d->hvm_params[SIGMA_HVM_PARAM_RELAY_EVTCHN]);
	other_port = bind_to(d, op.port);
	handle = map_grant(d, 9, 3);
	assert_int_equal(
		foreign_map(dom0, fake_window_gfn(dom0, 4), d, fake_gfn(d, RELAY_PAGE)),
		0);
	return d;
}

static void remember(void)
{
	heap_pages = fake_heap_pages;
	shared_maps = fake_shared_maps;
	slots_freed = fake_slots_freed;
}

static void check_gone(unsigned int id)
{
	assert_null(domains[id]);
	assert_int_equal(fake_heap_pages, heap_pages);
	assert_int_equal(fake_shared_maps, shared_maps);
	assert_int_equal(fake_slots_freed - slots_freed, FAKE_DOMAIN_RAM);
	assert_int_equal(close_port(relay_port), 0);
	assert_int_equal(close_port(other_port), 0);
	assert_int_equal(close_port(other_port), -XEN_EINVAL);
	assert_false(grants_in_use(dom0));
}

static void leave_running(struct domain *d)
{
	(void)d;
}

static void leave_paused(struct domain *d)
{
	assert_int_equal(domain_pause(d), 0);
}

static void leave_shut_down(struct domain *d)
{
	domain_shutdown(d, SHUTDOWN_crash);
}

static void leave_blocked(struct domain *d)
{
	fake_run(d->vcpu[0]);
	assert_int_equal(fake_call(__HYPERVISOR_sched_op, SCHEDOP_block, 0, 0), 0);
	fake_run(dom0->vcpu[0]);
}

static void leave_flooded(struct domain *d)
{
	fake_run(d->vcpu[0]);
	while (event_bind_hypervisor(d, 0, NULL) > 0)
		;
	fake_run(dom0->vcpu[0]);
}

static void (*const states[])(struct domain *) = {
	leave_running, leave_paused, leave_shut_down, leave_blocked, leave_flooded};

static void prepare(void)
{
	struct domain *first;

	give_pages(dom0);
	/* what dom0 keeps of its first mapping: pages of records */
	first = victim();
	assert_int_equal(domain_destroy(first), 0);
	unmap_grant(handle, 3);
	assert_int_equal(foreign_unmap(dom0, fake_window_gfn(dom0, 4)), 0);
	assert_int_equal(close_port(relay_port) | close_port(other_port), 0);
	remember();
}

static void every_state_leaves_nothing(void **state)
{
	(void)state;
	prepare();
	for (unsigned int i = 0; i < 5; i++) {
		struct domain *d = victim();
		unsigned int id = d->id;

		states[i](d);
		slots_freed = fake_slots_freed;
		assert_int_equal(domain_destroy(d), 0);
		assert_ptr_equal(domains[id], d); /* two pages of it are in use */
		assert_int_equal(fake_slots_freed, slots_freed);
		unmap_grant(handle, 3);
		assert_ptr_equal(domains[id], d);
		assert_int_equal(foreign_unmap(dom0, fake_window_gfn(dom0, 4)), 0);
		check_gone(id);
	}
}

/* A dying domain keeps its id; what dom0 does with it meanwhile is refused. */
static void the_dying_is_left_alone(void **state)
{
	struct gnttab_map_grant_ref op = {.flags = GNTMAP_host_map, .ref = 9};
	struct evtchn_bind_interdomain bind = {.remote_port = 1};
	struct domain *d;

	(void)state;
	prepare();
	d = victim();
	assert_int_equal(domain_destroy(d), 0);
	assert_int_equal(domain_destroy(d), 0); /* again: nothing more */
	op.dom = bind.remote_dom = d->id;
	op.host_addr = (uint64_t)fake_window_gfn(dom0, 5) << PAGE_SHIFT;
	assert_int_equal(CALL(grant_table_op, GNTTABOP_map_grant_ref, op), 0);
	assert_int_equal(op.status, GNTST_bad_domain);
	assert_int_equal(CALL(event_channel_op, EVTCHNOP_bind_interdomain, bind),
			 -XEN_ESRCH);
	assert_int_equal(foreign_map(dom0, fake_window_gfn(dom0, 5), d, fake_gfn(d, 50)),
			 -XEN_EINVAL);
	domain_unpause(d);
	domain_shutdown(d, SHUTDOWN_poweroff);
	event_raise_virq(d->vcpu[0], VIRQ_TIMER);
	console_rx('x');
	fake_clock += MS + 1; /* its time-out */
	fake_timer_fires();
	unmap_grant(handle, 3);
	slots_freed = fake_slots_freed;
	assert_int_equal(foreign_unmap(dom0, fake_window_gfn(dom0, 4)), 0);
	check_gone(op.dom);
}

/* The other way round: dom0's daemons let go before it dies. */
static void nothing_to_wait_for(void **state)
{
	struct domain *d;
	unsigned int id;

	(void)state;
	prepare();
	d = victim();
	id = d->id;
	unmap_grant(handle, 3);
	assert_int_equal(foreign_unmap(dom0, fake_window_gfn(dom0, 4)), 0);
	slots_freed = fake_slots_freed;
	assert_int_equal(domain_destroy(d), 0);
	check_gone(id);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_state_leaves_nothing),
		TEST(the_dying_is_left_alone),
		TEST(nothing_to_wait_for),
	};

	return cmocka_run_group_tests_name("teardown", tests, NULL, NULL);
}
