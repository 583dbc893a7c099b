// SPDX-License-Identifier: GPL-2.0-only
/* Domains made, started, paused, ended: domain.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arch/cpu.h>
#include <hv/event.h>
#include <hv/grant.h>
#include <hv/guest_access.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/virq.h>
#include "fake.h"

#define MS      100000ull /* ticks */
#define SLICE   (10 * MS)
#define NETWORK 70 /* domU's interrupt */

static struct domain *dom0, *domu;
static struct percpu *cpu;
static struct shared_info *shared_info; /* dom0's */
static uint32_t told;                   /* dom0's port of VIRQ_DOM_EXC */
static jmp_buf machine_ended;

/* A broken invariant: cmocka's expect_assert_failure() can wait for it. */
void panic(const char *format, ...)
{
	mock_assert(0, format, __FILE__, __LINE__);
	abort();
}

static void on_end(void)
{
	longjmp(machine_ended, 1);
}

/* dom0's tools hear of the ends of domains. */
static void listen(void)
{
	struct xen_add_to_physmap page = {.domid = DOMID_SELF,
					  .space = XENMAPSPACE_shared_info,
					  .gpfn = fake_gfn(dom0, 16)};
	struct evtchn_bind_virq virq = {.virq = VIRQ_DOM_EXC};
	uint32_t at = guest_put(&virq, sizeof(virq));

	assert_int_equal(fake_call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
				   guest_put(&page, sizeof(page)), 0),
			 0);
	shared_info = guest_ram(dom0, (uint32_t)page.gpfn << PAGE_SHIFT);
	assert_int_equal(
		fake_call(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, at, 0), 0);
	guest_get(&virq, at, sizeof(virq));
	told = virq.port;
}

/* dom0's only vCPU runs, domU's vCPU 0 waits for its turn, vCPU 1 is off. */
static int setup(void **state)
{
	(void)state;
	fake_on_idle = NULL;
	fake_on_end = on_end;
	fake_fill_ram = false;
	fake_power_on();
	cpu = this_cpu();
	dom0 = fake_domain("dom0", 1, true);
	domu = fake_domain("domU", 2, false);
	schedule();
	assert_ptr_equal(cpu->current, dom0->vcpu[0]);
	listen();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_power_off();
	fake_on_end = NULL;
	return 0;
}

static void compute(uint64_t ticks)
{
	fake_compute_until(fake_clock + ticks);
}

/* Has dom0 been told since this was asked last? */
static bool was_told(void)
{
	struct sigma_vcpu_words *words = dom0->vcpu[0]->words;
	uint32_t bit = 1u << told % 32;
	bool pending = shared_info->evtchn_pending[told / 32] & bit;

	assert_int_equal(words->pending[0] >> SIGMA_VIRQ_EVENT & 1, pending);
	shared_info->evtchn_pending[told / 32] &=
		(typeof(shared_info->evtchn_pending[0]))~bit;
	words->pending[0] = 0;
	return pending;
}

/* ---- making ------------------------------------------------------------------- */

static void test_create(void **state)
{
	struct domain *d = domain_create("a name that is too long", 3, false);

	(void)state;
	assert_int_equal(d->id, 2);
	assert_ptr_equal(domains[2], d);
	assert_string_equal(d->name, "a name that is ");
	assert_int_equal(d->state, DOMAIN_BUILDING);
	assert_int_equal(d->vcpu_count, 3);
	assert_false(d->privileged);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(d->vcpu[i]->state, VCPU_OFFLINE);
		assert_int_equal(d->vcpu[i]->id, i);
		assert_ptr_equal(d->vcpu[i]->domain, d);
		assert_true(list_empty(&d->vcpu[i]->sched.node));
	}
	assert_null(d->vcpu[3]);
	/* what is not there, and has no memory yet, can end */
	d->machine_base = maddr(FAKE_RAM_BASE);
	domain_shutdown(d, SHUTDOWN_crash);
	assert_int_equal(d->state, DOMAIN_BUILDING);
}

static void test_no_ids(void **state)
{
	char name[DOMAIN_NAME_SIZE];
	struct domain *d;

	(void)state;
	for (unsigned int id = 2; id < MAX_DOMAINS; id++) {
		snprintf(name, sizeof(name), "d%u", id);
		d = domain_create(name, 1, false);
		d->machine_base = maddr(FAKE_RAM_BASE);
		assert_int_equal(d->id, id);
	}
	assert_null(domain_create("one too many", 1, false));
	assert_non_null(strstr(fake_screen, "domain one too many: no free domain ids"));
	assert_int_equal(domain_destroy(domains[7]), 0);
	d = domain_create("again", 1, false);
	d->machine_base = maddr(FAKE_RAM_BASE);
	assert_int_equal(d->id, 7);
}

/* Whatever cannot be had, everything else is given back. */
static void test_no_memory(void **state)
{
	unsigned int pages = fake_heap_pages, failures = 0;
	struct domain *d = NULL;

	(void)state;
	for (int budget = 0; !d; budget++) {
		assert_true(budget < 20);
		fake_heap_budget = budget;
		d = domain_create("big", 2, false);
		if (d)
			break;
		failures++;
		assert_int_equal(fake_heap_pages, pages);
		assert_null(domains[2]);
		assert_non_null(strstr(fake_screen, "domain big: no memory"));
	}
	assert_true(failures >= 4); /* itself, vCPU stacks, events, grants */
	fake_heap_budget = -1;
	d->machine_base = maddr(FAKE_RAM_BASE);
}

static void test_find(void **state)
{
	(void)state;
	assert_ptr_equal(domain_by_id(0), dom0);
	assert_ptr_equal(domain_by_id(1), domu);
	assert_ptr_equal(domain_by_id(DOMID_SELF), dom0);
	fake_run(domu->vcpu[0]);
	assert_ptr_equal(domain_by_id(DOMID_SELF), domu);
	assert_null(domain_by_id(2));
	assert_null(domain_by_id(MAX_DOMAINS));
	assert_null(domain_by_id(DOMID_SELF - 1));
	assert_true(domain_may_access(dom0, domu));
	assert_true(domain_may_access(domu, domu));
	assert_false(domain_may_access(domu, dom0));
}

static void test_start(void **state)
{
	struct domain *d = fake_domain("third", 3, false);
	struct vcpu *v = d->vcpu[0];

	(void)state;
	sched_remove(v, VCPU_OFFLINE); /* once more, with what the builder knows */
	d->entry = paddr(0x60008000);
	d->dtb = paddr(0x60100000);
	d->weight = 512;
	domain_start(d);
	assert_int_equal(d->state, DOMAIN_RUNNING);
	assert_int_equal(v->arch.entry, 0x60008000);
	assert_int_equal(v->arch.r0, 0);
	assert_int_equal(v->arch.r1, UINT32_MAX);
	assert_int_equal(v->arch.r2, 0x60100000);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_true(v->sched.inverse_weight < domu->vcpu[0]->sched.inverse_weight);
	for (unsigned int i = 0; i < 3; i++) {
		assert_ptr_equal(d->vcpu[i]->words, &d->descriptor->vcpu[i]);
		assert_ptr_equal(d->vcpu[i]->arch.pending,
				 d->descriptor->vcpu[i].pending);
	}
	assert_int_equal(d->vcpu[1]->state, VCPU_OFFLINE);
	assert_int_equal(d->vcpu[2]->state, VCPU_OFFLINE);
}

static void test_ram_to_machine(void **state)
{
	const uint32_t base = FAKE_RAM_BASE, size = FAKE_DOMAIN_RAM;
	maddr_t m = maddr(7);

	(void)state;
	assert_true(domain_ram_to_machine(domu, paddr(base), size, &m));
	assert_int_equal(m.m, domu->machine_base.m);
	assert_true(domain_ram_to_machine(domu, paddr(base + size - 1), 1, &m));
	assert_int_equal(m.m, domu->machine_base.m + size - 1);
	m = maddr(7);
	assert_false(domain_ram_to_machine(domu, paddr(base), size + 1, &m));
	assert_false(domain_ram_to_machine(domu, paddr(base - 1), 2, &m));
	assert_false(domain_ram_to_machine(domu, paddr(base + size), 1, &m));
	assert_false(domain_ram_to_machine(domu, paddr(base + size - 1), 2, &m));
	assert_false(domain_ram_to_machine(domu, paddr(base + 16), UINT32_MAX, &m));
	assert_int_equal(m.m, 7);
}

/* ---- pausing --------------------------------------------------------------------- */

static void test_pause_waiting(void **state)
{
	struct vcpu *v = domu->vcpu[0];

	(void)state;
	assert_int_equal(domain_pause(domu), 0);
	assert_int_equal(v->state, VCPU_PAUSED);
	assert_int_equal(domu->vcpu[1]->state, VCPU_OFFLINE);
	compute(5 * SLICE);
	assert_int_equal(sched_run_time(v), 0);
	assert_int_equal(domain_unpause(domu), 0);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(domu->vcpu[1]->state, VCPU_OFFLINE);
	compute(SLICE);
	assert_int_equal(sched_run_time(v), SLICE);
	/* and once more */
	assert_int_equal(domain_pause(domu), 0);
	assert_int_equal(v->state, VCPU_PAUSED);
	assert_int_equal(domain_unpause(domu), 0);
	assert_int_equal(v->state, VCPU_RUNNABLE);
}

static void test_pause_running(void **state)
{
	struct vcpu *v = domu->vcpu[0];

	(void)state;
	compute(SLICE + MS);
	assert_ptr_equal(cpu->current, v);
	assert_int_equal(domain_pause(domu), 0);
	assert_int_equal(cpu->need_resched, 1);
	compute(5 * SLICE);
	assert_ptr_equal(cpu->current, dom0->vcpu[0]);
	assert_int_equal(sched_run_time(v), MS);
	assert_int_equal(domain_unpause(domu), 0);
	assert_int_equal(cpu->need_resched, 1); /* it is behind */
	compute(1);
	assert_ptr_equal(cpu->current, v);
}

/* Paused and released before it has even left the processor. */
static void test_pause_and_unpause_running(void **state)
{
	struct vcpu *v = domu->vcpu[0];

	(void)state;
	compute(SLICE + MS);
	assert_ptr_equal(cpu->current, v);
	assert_int_equal(domain_pause(domu), 0);
	assert_int_equal(domain_unpause(domu), 0);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	schedule();
	assert_ptr_equal(cpu->current, v);
	compute(10 * SLICE);
	assert_in_range(sched_run_time(v), 5 * SLICE, 6 * SLICE + MS);
}

/* What happens to a blocked one meanwhile is not lost. */
static void test_pause_blocked(void **state)
{
	struct vcpu *v = domu->vcpu[0];

	(void)state;
	compute(SLICE);
	sched_block();
	schedule();
	assert_int_equal(v->state, VCPU_BLOCKED);
	assert_int_equal(domain_pause(domu), 0);
	assert_int_equal(v->state, VCPU_PAUSED);
	virq_set(v, SIGMA_VIRQ_EVENT);
	vcpu_wake(v);
	assert_int_equal(v->state, VCPU_PAUSED);
	assert_true(list_empty(&cpu->rq.runnable));
	assert_int_equal(domain_unpause(domu), 0);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_true(virq_pending(v));
}

static void test_pauses_count(void **state)
{
	struct vcpu *v = domu->vcpu[0];

	(void)state;
	assert_int_equal(domain_unpause(domu), -XEN_EINVAL);
	for (unsigned int i = 0; i < UINT8_MAX; i++) {
		assert_int_equal(domain_pause(domu), 0);
		assert_int_equal(v->state, VCPU_PAUSED);
	}
	assert_int_equal(domain_pause(domu), -XEN_EBUSY);
	for (unsigned int i = 0; i < UINT8_MAX; i++) {
		assert_int_equal(v->state, VCPU_PAUSED);
		assert_int_equal(domain_unpause(domu), 0);
	}
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_int_equal(domain_unpause(domu), -XEN_EINVAL);
	assert_int_equal(domu->pause_count, 0);
}

/* A poll's time ends in a pause: it is over afterwards. */
static void test_pause_polling(void **state)
{
	struct vcpu *v = domu->vcpu[0];

	(void)state;
	sched_remove(v, VCPU_BLOCKED);
	v->polling = true;
	timer_set(&v->poll_timer, fake_clock + MS);
	assert_int_equal(domain_pause(domu), 0);
	compute(2 * MS);
	assert_false(v->polling);
	assert_int_equal(v->state, VCPU_PAUSED);
	assert_int_equal(domain_unpause(domu), 0);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	/* without a pause it wakes at once */
	sched_remove(v, VCPU_BLOCKED);
	v->polling = true;
	timer_set(&v->poll_timer, fake_clock + MS);
	compute(MS);
	assert_false(v->polling);
	assert_int_equal(v->state, VCPU_RUNNABLE);
}

/* ---- shutdown --------------------------------------------------------------------- */

static void check_shutdown(unsigned int reason, const char *text)
{
	(void)was_told();
	domain_shutdown(domu, reason);
	assert_int_equal(domu->state, DOMAIN_SHUTDOWN);
	assert_int_equal(domu->shutdown_reason, reason);
	assert_int_equal(domu->vcpu[0]->state, VCPU_PAUSED);
	assert_non_null(strstr(fake_screen, text));
	assert_true(was_told());
}

static void test_shutdown_reasons(void **state)
{
	static const struct {
		unsigned int reason;
		const char *text;
	} reasons[] = {{SHUTDOWN_poweroff, "domU powers off"},
		       {SHUTDOWN_reboot, "domU reboots"},
		       {SHUTDOWN_suspend, "domU suspends"},
		       {SHUTDOWN_crash, "domU crashed"},
		       {SHUTDOWN_watchdog, "domU watchdog"},
		       {SHUTDOWN_soft_reset, "domU soft reset"},
		       {SHUTDOWN_MAX + 1, "domU ended"},
		       {0xff, "domU ended"}};

	for (unsigned int i = 0; i < ARRAY_SIZE(reasons); i++) {
		check_shutdown(reasons[i].reason, reasons[i].text);
		teardown(state);
		setup(state);
	}
}

/* It ends itself: it does not run again, and its memory stays for dom0 to look at. */
static void test_shutdown_of_the_running(void **state)
{
	struct vcpu *v = domu->vcpu[0];

	(void)state;
	compute(SLICE + MS);
	assert_ptr_equal(cpu->current, v);
	domain_shutdown(domu, SHUTDOWN_poweroff);
	schedule();
	compute(5 * SLICE);
	assert_int_equal(sched_run_time(v), MS);
	assert_ptr_equal(domain_by_id(1), domu);
	virq_set(v, SIGMA_VIRQ_TIMER);
	assert_int_equal(v->state, VCPU_PAUSED);
	/* the first reason counts, dom0 is told once */
	assert_true(was_told());
	domain_shutdown(domu, SHUTDOWN_crash);
	assert_int_equal(domu->shutdown_reason, SHUTDOWN_poweroff);
	assert_false(was_told());
	assert_null(strstr(fake_screen, "crashed"));
}

static void test_shutdown_and_pauses(void **state)
{
	(void)state;
	assert_int_equal(domain_pause(domu), 0);
	domain_shutdown(domu, SHUTDOWN_crash);
	assert_int_equal(domu->state, DOMAIN_SHUTDOWN);
	assert_int_equal(domain_unpause(domu), 0);
	assert_int_equal(domu->vcpu[0]->state, VCPU_PAUSED);
	assert_int_equal(domain_pause(domu), 0);
	assert_int_equal(domain_unpause(domu), 0);
	assert_int_equal(domu->vcpu[0]->state, VCPU_PAUSED);
	assert_int_equal(domain_unpause(domu), -XEN_EINVAL);
}

/* The machine ends with dom0. */
static void check_machine_end(unsigned int reason, unsigned int power_offs,
			      unsigned int resets)
{
	fake_power_offs = fake_resets = 0;
	if (setjmp(machine_ended) == 0) {
		domain_shutdown(dom0, reason);
		fail_msg("the machine goes on");
	}
	assert_int_equal(fake_locks_held, 0);
	assert_int_equal(fake_power_offs, power_offs);
	assert_int_equal(fake_resets, resets);
	dom0->state = DOMAIN_RUNNING;
}

static void test_shutdown_of_dom0(void **state)
{
	(void)state;
	check_machine_end(SHUTDOWN_poweroff, 1, 0);
	assert_non_null(strstr(fake_screen, "dom0 powers off"));
	assert_non_null(strstr(fake_screen, "domU ends with it"));
	assert_null(strstr(fake_screen, "dom0 ends with it"));
	assert_non_null(strstr(fake_screen, "the machine is switched off"));
	check_machine_end(SHUTDOWN_reboot, 0, 1);
	assert_non_null(strstr(fake_screen, "dom0 reboots"));
	assert_non_null(strstr(fake_screen, "the machine is restarted"));
	check_machine_end(SHUTDOWN_crash, 1, 0);
	assert_non_null(strstr(fake_screen, "dom0 crashed"));
}

/* ---- destruction ------------------------------------------------------------------- */

static void test_destroy(void **state)
{
	uint32_t freed = fake_slots_freed;
	unsigned int pages = fake_heap_pages;
	struct domain *d = fake_domain("third", 2, false);
	struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = 0};

	(void)state;
	virq_assign(d, NETWORK);
	fake_run(d->vcpu[0]);
	assert_int_equal(fake_call(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound,
				   guest_put(&op, sizeof(op)), 0),
			 0);
	fake_run(dom0->vcpu[0]);
	timer_set(&d->vcpu[0]->poll_timer, fake_clock + MS);
	timer_set(&d->vcpu[1]->timer, fake_clock + 2 * MS);
	(void)was_told();
	assert_int_equal(domain_destroy(d), 0);
	assert_true(was_told());
	assert_null(domain_by_id(2));
	assert_null(virq_owner(NETWORK));
	assert_int_equal(fake_slots_freed, freed + FAKE_DOMAIN_RAM);
	assert_int_equal(fake_heap_pages, pages);
	assert_true(list_empty(&cpu->timers));
	compute(5 * SLICE); /* nothing of it is left anywhere */
	assert_ptr_equal(domain_by_id(1), domu);
	assert_true(sched_run_time(domu->vcpu[0]) > 0);
}

static void test_destroy_of_dom0(void **state)
{
	(void)state;
	assert_int_equal(domain_destroy(dom0), -XEN_EINVAL);
	assert_int_equal(dom0->state, DOMAIN_RUNNING);
	assert_int_equal(dom0->vcpu[0]->state, VCPU_RUNNABLE);
}

static void test_destroy_paused_and_shut_down(void **state)
{
	(void)state;
	assert_int_equal(domain_pause(domu), 0);
	assert_int_equal(domain_destroy(domu), 0);
	assert_null(domain_by_id(1));
	domu = fake_domain("domU", 1, false);
	domain_shutdown(domu, SHUTDOWN_crash);
	assert_int_equal(domain_destroy(domu), 0);
	assert_null(domain_by_id(1));
}

/* domU grants page 40 to dom0, which maps it at frame 0 of its window. */
static uint64_t map_a_page(void)
{
	uint64_t at = (uint64_t)fake_window_gfn(dom0, 0) << PAGE_SHIFT;
	struct gnttab_map_grant_ref op = {
		.host_addr = at, .flags = GNTMAP_host_map, .ref = 9, .dom = domu->id};
	struct xen_add_to_physmap frame = {.domid = DOMID_SELF,
					   .space = XENMAPSPACE_grant_table,
					   .gpfn = fake_gfn(domu, 8)};
	grant_entry_v1_t *table;
	uint32_t address;

	fake_run(domu->vcpu[0]);
	assert_int_equal(fake_call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
				   guest_put(&frame, sizeof(frame)), 0),
			 0);
	table = guest_ram(domu, (uint32_t)frame.gpfn << PAGE_SHIFT);
	table[9].frame = fake_gfn(domu, 40);
	table[9].domid = 0;
	table[9].flags = GTF_permit_access;
	fake_run(dom0->vcpu[0]);
	address = guest_put(&op, sizeof(op));
	assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref,
				   address, 1),
			 0);
	guest_get(&op, address, sizeof(op));
	assert_int_equal(op.status, GNTST_okay);
	return at;
}

static void unmap_the_page(uint64_t at)
{
	struct gnttab_unmap_grant_ref op = {.host_addr = at, .handle = 0};

	assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref,
				   guest_put(&op, sizeof(op)), 1),
			 0);
}

/* Its memory goes back when nobody has a page of it any more. */
static void test_destroy_with_frames_in_use(void **state)
{
	uint32_t freed = fake_slots_freed;
	struct vcpu *v = domu->vcpu[0];
	uint64_t at = map_a_page();

	(void)state;
	timer_set(&v->poll_timer, fake_clock + MS);
	assert_int_equal(domain_destroy(domu), 0);
	assert_ptr_equal(domain_by_id(1), domu);
	assert_int_equal(domu->state, DOMAIN_DYING);
	assert_int_equal(v->state, VCPU_PAUSED);
	assert_true(was_told());
	/* it stays dead */
	assert_int_equal(domain_destroy(domu), 0);
	assert_false(was_told());
	domain_shutdown(domu, SHUTDOWN_crash);
	assert_int_equal(domu->state, DOMAIN_DYING);
	assert_int_equal(domain_pause(domu), 0);
	assert_int_equal(domain_unpause(domu), 0);
	virq_set(v, SIGMA_VIRQ_EVENT);
	compute(5 * SLICE);
	assert_int_equal(v->state, VCPU_PAUSED);
	assert_int_equal(sched_run_time(v), 0);
	domain_reap(domu); /* not yet */
	assert_ptr_equal(domain_by_id(1), domu);
	assert_int_equal(fake_slots_freed, freed);

	unmap_the_page(at);
	assert_null(domain_by_id(1));
	assert_int_equal(fake_slots_freed, freed + FAKE_DOMAIN_RAM);
}

static void test_reap_of_the_living(void **state)
{
	(void)state;
	domain_reap(domu);
	assert_ptr_equal(domain_by_id(1), domu);
	assert_int_equal(domu->state, DOMAIN_RUNNING);
	domain_shutdown(domu, SHUTDOWN_poweroff);
	domain_reap(domu);
	assert_ptr_equal(domain_by_id(1), domu);
}

/* Nobody takes away the stack on which he runs. */
static void test_reap_of_the_running(void **state)
{
	(void)state;
	fake_run(domu->vcpu[0]);
	expect_assert_failure(domain_destroy(domu));
	fake_run(dom0->vcpu[0]);
	domain_reap(domu);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_create),
		TEST(test_no_ids),
		TEST(test_no_memory),
		TEST(test_find),
		TEST(test_start),
		TEST(test_ram_to_machine),
		TEST(test_pause_waiting),
		TEST(test_pause_running),
		TEST(test_pause_and_unpause_running),
		TEST(test_pause_blocked),
		TEST(test_pauses_count),
		TEST(test_pause_polling),
		TEST(test_shutdown_reasons),
		TEST(test_shutdown_of_the_running),
		TEST(test_shutdown_and_pauses),
		TEST(test_shutdown_of_dom0),
		TEST(test_destroy),
		TEST(test_destroy_of_dom0),
		TEST(test_destroy_paused_and_shut_down),
		TEST(test_destroy_with_frames_in_use),
		TEST(test_reap_of_the_living),
		TEST(test_reap_of_the_running),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
