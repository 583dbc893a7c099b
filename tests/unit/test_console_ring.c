// SPDX-License-Identifier: GPL-2.0-only
/* A domU's console ring and its relay to dom0's xenconsoled, on the fake machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include <hv/console.h>
#include <hv/console_relay.h>
#include <hv/event.h>
#include <public/manage.h>
#include "fake.h"

#define RING_PAGE  100
#define RELAY_PAGE 101
#define INFO_PAGE  102

static struct domain *dom0, *domu;
static struct xencons_interface *ring, *relay;
static uint32_t ring_port, relay_port;
static uint32_t daemon_port; /* dom0's, bound to the relay */
static size_t shown;         /* of fake_screen */

static paddr_t page_address(uint32_t page)
{
	return paddr(FAKE_RAM_BASE + page * PAGE_SIZE);
}

static void share_info(struct domain *d)
{
	maddr_t m = maddr_add(d->machine_base, INFO_PAGE * PAGE_SIZE);

	assert_int_equal(event_adopt_shared_info(d, m), 0);
}

static int setup(void **state)
{
	(void)state;
	fake_power_on();
	console_init();
	dom0 = fake_domain("dom0", 1, true);
	domu = fake_domain("domU", 1, false);
	share_info(dom0);
	share_info(domu);
	fake_run(domu->vcpu[0]);
	assert_int_equal(console_setup_ring(domu, page_address(RING_PAGE)), 0);
	assert_int_equal(console_setup_relay(domu, page_address(RELAY_PAGE)), 0);
	ring = guest_ram(domu, page_address(RING_PAGE).p);
	relay = guest_ram(domu, page_address(RELAY_PAGE).p);
	ring_port = (uint32_t)domu->hvm_params[HVM_PARAM_CONSOLE_EVTCHN];
	relay_port = (uint32_t)domu->hvm_params[SIGMA_HVM_PARAM_RELAY_EVTCHN];
	shown = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_power_off();
	return 0;
}

static void assert_screen(const char *text)
{
	assert_string_equal(fake_screen + shown, text);
	shown += strlen(text);
}

static void type(const char *text)
{
	for (; *text != '\0'; text++)
		console_rx(*text);
}

static uint32_t *pending_word(const struct domain *d, uint32_t port)
{
	return (uint32_t *)d->shared_info->evtchn_pending + port / 32;
}

static bool is_pending(const struct domain *d, uint32_t port)
{
	return *pending_word(d, port) >> port % 32 & 1;
}

/* Was the port pending?  It is not any more. */
static bool took_event(const struct domain *d, uint32_t port)
{
	bool pending = is_pending(d, port);

	*pending_word(d, port) &= ~(1u << port % 32);
	return pending;
}

static void send_as(struct domain *d, uint32_t port)
{
	struct evtchn_send op = {.port = port};

	fake_run(d->vcpu[0]);
	assert_int_equal(fake_call(__HYPERVISOR_event_channel_op, EVTCHNOP_send,
				   guest_put(&op, sizeof(op)), 0),
			 0);
	fake_run(domu->vcpu[0]);
}

/* ---- the domain's own ring ------------------------------------------------------ */

static void ring_put(const char *text)
{
	for (; *text != '\0'; text++)
		ring->out[ring->out_prod++ % sizeof(ring->out)] = *text;
}

static void print(const char *text)
{
	ring_put(text);
	send_as(domu, ring_port);
}

static void ring_is_announced_in_the_parameters(void **state)
{
	(void)state;
	assert_int_equal(domu->hvm_params[HVM_PARAM_CONSOLE_PFN],
			 fake_gfn(domu, RING_PAGE));
	assert_int_equal(domu->hvm_params[SIGMA_HVM_PARAM_RELAY_PFN],
			 fake_gfn(domu, RELAY_PAGE));
	assert_int_equal(ring->in_prod | ring->in_cons | ring->out_prod | ring->out_cons,
			 0);
	assert_int_equal(
		relay->in_prod | relay->in_cons | relay->out_prod | relay->out_cons, 0);
}

static void set_up_can_fail(void **state)
{
	unsigned int maps = fake_shared_maps;
	struct domain *d = fake_domain("more", 1, false);
	int (*const setups[])(struct domain *, paddr_t) = {console_setup_ring,
							   console_setup_relay};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(setups[i](d, paddr(0x1000)), -XEN_EINVAL);
		fake_window_budget = 0;
		assert_int_equal(setups[i](d, page_address(RING_PAGE)), -XEN_ENOMEM);
		fake_window_budget = -1;
	}
	while (event_bind_hypervisor(d, 0, NULL) > 0)
		;
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(setups[i](d, page_address(RING_PAGE)), -XEN_ENOSPC);
	assert_int_equal(fake_shared_maps, maps);
}

static void ring_output_is_printed_when_notified(void **state)
{
	(void)state;
	ring_put("hello from the ring\npart");
	assert_screen("");
	send_as(domu, ring_port);
	assert_screen("[domU] hello from the ring\r\n");
	assert_int_equal(ring->out_cons, ring->out_prod);
	assert_true(took_event(domu, ring_port)); /* room again */
	send_as(domu, ring_port);
	assert_false(is_pending(domu, ring_port)); /* nothing done, nobody woken */
}

static void ring_wraps(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 300; i++) {
		print("0123456789\n");
		assert_screen("[domU] 0123456789\r\n");
	}
	assert_int_equal(ring->out_cons, 3300);
}

static void input_goes_to_the_ring_once_it_is_used(void **state)
{
	(void)state;
	type("\001\001\001early");
	assert_int_equal(ring->in_prod, 0);
	assert_false(is_pending(domu, ring_port));
	send_as(domu, ring_port);
	assert_int_equal(ring->in_prod, 5);
	assert_true(took_event(domu, ring_port));
	type("!");
	assert_int_equal(ring->in_prod, 6);
	assert_memory_equal(ring->in, "early!", 6);
	assert_true(took_event(domu, ring_port));
}

static void full_ring_keeps_input_for_later(void **state)
{
	(void)state;
	send_as(domu, ring_port);
	type("\001\001\001");
	for (unsigned int i = 0; i < 1100; i++)
		console_rx((char)('a' + i % 26));
	assert_int_equal(ring->in_prod, 1024);
	ring->in_cons = 1000;
	send_as(domu, ring_port);
	assert_int_equal(ring->in_prod, 1100);
	for (unsigned int i = 1000; i < 1100; i++)
		assert_int_equal(ring->in[i % 1024], 'a' + i % 26);
}

static void nonsense_indices_harm_nobody(void **state)
{
	(void)state;
	type("\001\001\001");
	shown = strlen(fake_screen);
	ring->out_prod = 0x80000000;
	ring->out_cons = 12345; /* ours: not read back */
	send_as(domu, ring_port);
	assert_screen("");
	assert_int_equal(ring->out_cons, 0x80000000);
	ring->out_prod += 2049;
	send_as(domu, ring_port);
	assert_screen("");
	ring->in_cons = 0x40000000;
	ring->in_prod = 99;
	type("x");
	send_as(domu, ring_port);
	assert_int_equal(ring->in_prod, 0); /* looks full: nothing goes in */
	print("fine again\n");
	assert_screen("[domU] fine again\r\n");
}

/* ---- the relay ------------------------------------------------------------------- */

/* xenconsoled binds: dom0's port in daemon_port. */
static void daemon_comes(void)
{
	struct evtchn_bind_interdomain op = {.remote_dom = domu->id,
					     .remote_port = relay_port};
	uint32_t at;

	fake_run(dom0->vcpu[0]);
	at = guest_put(&op, sizeof(op));
	assert_int_equal(fake_call(__HYPERVISOR_event_channel_op,
				   EVTCHNOP_bind_interdomain, at, 0),
			 0);
	guest_get(&op, at, sizeof(op));
	fake_run(domu->vcpu[0]);
	daemon_port = op.local_port;
	assert_true(took_event(dom0, daemon_port)); /* look what is there */
}

static void close_as(struct domain *d, uint32_t port)
{
	struct evtchn_close op = {.port = port};

	fake_run(d->vcpu[0]);
	assert_int_equal(fake_call(__HYPERVISOR_event_channel_op, EVTCHNOP_close,
				   guest_put(&op, sizeof(op)), 0),
			 0);
	fake_run(domu->vcpu[0]);
}

/* What xenconsoled 4.17 does with its side of the ring. */
static const char *daemon_reads(void)
{
	static char text[sizeof(relay->out) + 1];
	XENCONS_RING_IDX cons = relay->out_cons, prod = relay->out_prod;
	size_t length = 0;

	if (prod - cons > sizeof(relay->out))
		return "nonsense";
	while (cons != prod)
		text[length++] = relay->out[cons++ % sizeof(relay->out)];
	text[length] = '\0';
	relay->out_cons = cons;
	send_as(dom0, daemon_port);
	return text;
}

/* It types what there is room for; how much that was. */
static size_t daemon_types(const char *text)
{
	size_t typed = 0;

	while (text[typed] != '\0' && relay->in_prod - relay->in_cons < sizeof(relay->in))
		relay->in[relay->in_prod++ % sizeof(relay->in)] = text[typed++];
	send_as(dom0, daemon_port);
	return typed;
}

static void output_reaches_both(void **state)
{
	(void)state;
	daemon_comes();
	print("hello\r\ndomU# ");
	assert_screen("[domU] hello\r\n");
	assert_true(took_event(dom0, daemon_port));
	assert_string_equal(daemon_reads(), "hello\r\ndomU# ");
	assert_false(is_pending(dom0, daemon_port));
	assert_false(is_pending(domu, relay_port)); /* nothing of the domain's */
}

static void output_by_hypercall_reaches_both(void **state)
{
	static const char text[] = "by console_io\n";

	(void)state;
	daemon_comes();
	assert_int_equal(fake_call(__HYPERVISOR_console_io, CONSOLEIO_write, 14,
				   guest_put(text, sizeof(text))),
			 0);
	assert_screen("[domU] by console_io\r\n");
	assert_true(took_event(dom0, daemon_port));
	assert_string_equal(daemon_reads(), text);
}

static void last_text_waits_for_the_daemon(void **state)
{
	const char *text;

	(void)state;
	for (unsigned int i = 0; i < 300; i++)
		print("0123456789\n");
	print("the end");
	daemon_comes();
	text = daemon_reads();
	assert_int_equal(strlen(text), sizeof(relay->out));
	assert_string_equal(text + strlen(text) - 18, "0123456789\nthe end");
}

static void slow_daemon_loses_the_newest(void **state)
{
	const char *text;

	(void)state;
	daemon_comes();
	for (unsigned int i = 0; i < 300; i++)
		print("0123456789\n");
	assert_int_equal(relay->out_prod, sizeof(relay->out));
	assert_int_equal(relay->out_cons, 0); /* the daemon's own */
	text = daemon_reads();
	assert_int_equal(strlen(text), sizeof(relay->out));
	assert_memory_equal(text, "0123456789\n0", 12);
	print("later\n");
	assert_string_equal(daemon_reads(), "later\n");
	assert_non_null(strstr(fake_screen, "later"));
}

static void daemon_may_die_and_come_back(void **state)
{
	(void)state;
	daemon_comes();
	print("one\n");
	assert_string_equal(daemon_reads(), "one\n");
	print("two\n");
	close_as(dom0, daemon_port);
	for (unsigned int i = 0; i < 300; i++)
		print("0123456789\n");
	print("three\n");
	daemon_comes();
	assert_string_equal(daemon_reads() + 2048 - 17, "0123456789\nthree\n");
	assert_int_equal(daemon_types("hi"), 2);
	assert_memory_equal(ring->in, "hi", 2);
}

static void input_of_both_arrives_in_order(void **state)
{
	(void)state;
	daemon_comes();
	send_as(domu, ring_port);
	type("\001\001\001ab");
	daemon_types("cd");
	assert_true(took_event(dom0, daemon_port)); /* there is room again */
	type("e");
	daemon_types("f");
	assert_int_equal(ring->in_prod, 6);
	assert_memory_equal(ring->in, "abcdef", 6);
	assert_true(took_event(domu, ring_port));
	assert_false(is_pending(domu, relay_port));
}

static void input_waits_until_the_domain_reads(void **state)
{
	char text[3001];
	size_t typed = 0, got = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = (char)('a' + i % 26);
	text[3000] = '\0';
	daemon_comes();
	send_as(domu, ring_port);
	for (unsigned int round = 0; round < 20 && got < 3000; round++) {
		typed += daemon_types(text + typed);
		while (ring->in_cons != ring->in_prod)
			assert_int_equal(ring->in[ring->in_cons++ % sizeof(ring->in)],
					 text[got++]);
		send_as(domu, ring_port);
	}
	assert_int_equal(got, 3000);
}

static void input_is_read_by_hypercall_too(void **state)
{
	char text[8] = "";
	uint32_t at;

	(void)state;
	daemon_comes();
	daemon_types("xy");
	at = guest_put(text, sizeof(text));
	assert_int_equal(
		fake_call(__HYPERVISOR_console_io, CONSOLEIO_read, sizeof(text), at), 2);
	guest_get(text, at, sizeof(text));
	assert_memory_equal(text, "xy", 2);
}

static void nonsense_of_the_daemon_harms_nobody(void **state)
{
	static const uint32_t wild[] = {0x80000000, 0xffffffff, 1025, 5000};

	(void)state;
	daemon_comes();
	send_as(domu, ring_port);
	for (unsigned int i = 0; i < 4; i++) {
		relay->in_prod += wild[i] > 1024 ? wild[i] : 1025;
		relay->in_cons = wild[i]; /* ours */
		relay->out_cons = relay->out_prod - wild[i];
		relay->out_prod = wild[i]; /* ours */
		send_as(dom0, daemon_port);
		assert_int_equal(relay->in_cons, relay->in_prod);
		print("text\n");
		assert_screen("[domU] text\r\n");
		assert_int_equal(ring->in_prod, 0);
	}
	daemon_reads();
	print("fine\n");
	assert_string_equal(daemon_reads(), "fine\n");
	daemon_types("z");
	assert_memory_equal(ring->in, "z", 1);
}

static void nonsense_is_gone_when_a_new_daemon_comes(void **state)
{
	(void)state;
	relay->out_cons = 0x12345678;
	print("text\n");
	assert_in_range(relay->out_prod - relay->out_cons, 1, sizeof(relay->out));
}

/* Its own port: what it does there it does to itself. */
static void domain_may_close_its_relay_port(void **state)
{
	(void)state;
	daemon_comes();
	send_as(domu, relay_port);
	assert_true(took_event(dom0, daemon_port));
	close_as(domu, relay_port);
	print("still here\n");
	assert_screen("[domU] still here\r\n");
	assert_false(is_pending(dom0, daemon_port));
	send_as(dom0, daemon_port); /* leads nowhere now */
	assert_false(event_is_bound(domu, relay_port));
}

static void domain_may_go_while_the_daemon_is_there(void **state)
{
	(void)state;
	daemon_comes();
	print("last words\n");
	fake_run(dom0->vcpu[0]);
	assert_int_equal(domain_destroy(domu), 0);
	domu = dom0;
	send_as(dom0, daemon_port);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(ring_is_announced_in_the_parameters),
		TEST(set_up_can_fail),
		TEST(ring_output_is_printed_when_notified),
		TEST(ring_wraps),
		TEST(input_goes_to_the_ring_once_it_is_used),
		TEST(full_ring_keeps_input_for_later),
		TEST(nonsense_indices_harm_nobody),
		TEST(output_reaches_both),
		TEST(output_by_hypercall_reaches_both),
		TEST(last_text_waits_for_the_daemon),
		TEST(slow_daemon_loses_the_newest),
		TEST(daemon_may_die_and_come_back),
		TEST(input_of_both_arrives_in_order),
		TEST(input_waits_until_the_domain_reads),
		TEST(input_is_read_by_hypercall_too),
		TEST(nonsense_of_the_daemon_harms_nobody),
		TEST(nonsense_is_gone_when_a_new_daemon_comes),
		TEST(domain_may_close_its_relay_port),
		TEST(domain_may_go_while_the_daemon_is_there),
	};

	return cmocka_run_group_tests_name("console_ring", tests, NULL, NULL);
}
