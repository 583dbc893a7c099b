// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: guests that issue whatever hypercalls and write whatever they can, on
 * the real core over the fake machine, with the real scheduler in between.
 *
 * An input is a program: steps of a kind and its operands.  Its first byte says
 * whether dom0 takes part.  If not, dom0 is the witness: nothing that the other two
 * do may change its memory beyond what it shares, nor end it.
 *
 * After each step no lock may be held; at the end each foreign frame must show a
 * page of a domain that exists, and a machine switched off must have given back
 * every page and mapping.  Everything else the sanitizers see.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/cpu.h>
#include <arch/memory.h>
#include <hv/console.h>
#include <hv/event.h>
#include <hv/grant.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/sched.h>
#include <hv/virq.h>
#include <public/manage.h>
#include "fake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Pages of each domain's RAM with a meaning. */
enum {
	PAGE_GRANTS = 8,
	PAGE_SHARED_INFO = 16,
	PAGE_VCPU_INFO = 17,
	PAGE_ARGUMENTS = 32, /* and the next: what pointers lead to */
	PAGE_RING = 36,      /* console ring of the domUs; the next is its relay */
	PAGE_LENT = 40,      /* dom0's: granted for writing; the next for reading */
};

#define STEPS_MAX 200
#define BUFFER    512 /* bytes of argument that are in reach of small offsets */
#define FILL      0xa5

static const uint8_t *input;
static size_t input_left;
static bool dom0_runs;
static jmp_buf ended;
static uint8_t untouched[PAGE_SIZE];

static uint8_t take(void)
{
	if (input_left == 0)
		return 0;
	input_left--;
	return *input++;
}

static uint32_t take_word(void)
{
	uint32_t low = take(), middle = take();

	return low | middle << 8 | (uint32_t)take() << 16 | (uint32_t)take() << 24;
}

static void broken(const char *what)
{
	fprintf(stderr, "%s\n", what);
	abort();
}

static uint32_t page_address(uint32_t page)
{
	return FAKE_RAM_BASE + page * PAGE_SIZE;
}

/* ---- values that lead somewhere ----------------------------------------------- */

static uint32_t some_value(void)
{
	struct domain *d = current_domain();
	uint8_t kind = take();

	switch (kind % 8) {
	case 0:
		return take_word();
	case 1: /* the argument buffer */
		return page_address(PAGE_ARGUMENTS) + take() * 2u;
	case 2: /* its end, over into the page after */
		return page_address(PAGE_ARGUMENTS + 2) - take();
	case 3: /* end of memory */
		return page_address(FAKE_DOMAIN_RAM >> PAGE_SHIFT) - take();
	case 4: /* frame numbers */
		return fake_gfn(d, take());
	case 5:
		return fake_window_gfn(d, take());
	case 6: /* addresses in the foreign window */
		return fake_window_gfn(d, take()) << PAGE_SHIFT;
	default:
		return kind >> 3;
	}
}

/* ---- steps --------------------------------------------------------------------- */

static void step_call(void)
{
	static const uint8_t numbers[] = {
#define SIGMA_CALL(number, name, args, brief) number,
#include <public/hypercalls.def>
	};
	uint8_t which = take();
	unsigned int number = which < 0xf0 ? numbers[which % sizeof(numbers)]
					   : take() % HYPERCALL_COUNT;
	uint32_t a0 = some_value(), a1 = some_value();

	fake_call(number, a0, a1, some_value());
}

/* A call by its operation and a pointer to the buffer: what guests mostly do. */
static void step_operation(void)
{
	static const uint8_t numbers[] = {12, 20, 20, 20, 24, 29, 32, 32, 32, 34, 17};
	unsigned int number = numbers[take() % sizeof(numbers)];
	uint32_t op = take() % 32, at = page_address(PAGE_ARGUMENTS) + take() % 16 * 16;

	if (number == 20)
		fake_call(number, op % 16, at, take() % 8);
	else if (number == 24)
		fake_call(number, op % 16, take() % 4, at);
	else
		fake_call(number, op, at, 0);
}

static void step_management(void)
{
	uint32_t at = page_address(PAGE_ARGUMENTS);
	uint32_t *words = guest_ram(current_domain(), at);

	words[0] = take() % 32;
	words[1] = take() & 1 ? 0x15 : 0x17;
	words[2] = take() % 4;
	fake_call(take() & 1 ? __HYPERVISOR_domctl : __HYPERVISOR_sysctl, at, 0, 0);
}

static void step_write_arguments(void)
{
	uint32_t at = page_address(PAGE_ARGUMENTS) + take() % (BUFFER / 4) * 4;
	uint32_t count = take() % 8 + 1;

	for (; count; count--, at += 4) {
		uint32_t value = some_value();

		memcpy(guest_ram(current_domain(), at), &value, 4);
	}
}

static void step_write_bytes(void)
{
	uint32_t at = page_address(PAGE_ARGUMENTS) + take() * 2u;
	uint8_t *to = guest_ram(current_domain(), at);

	for (uint32_t count = take() % 16 + 1; count; count--)
		*to++ = take();
}

/* Scribble over what is shared with the hypervisor. */
static void step_write_shared(void)
{
	static const uint8_t pages[] = {PAGE_GRANTS,    PAGE_GRANTS + 1, PAGE_SHARED_INFO,
					PAGE_VCPU_INFO, PAGE_RING,       PAGE_RING + 1};
	uint32_t at = page_address(pages[take() % sizeof(pages)]);
	uint32_t value = take_word();

	at += take() * 16u + take() % 4 * 4;
	memcpy(guest_ram(current_domain(), at), &value, 4);
}

/* A good grant entry, so that mapping goes beyond its first check. */
static void step_grant(void)
{
	struct domain *d = current_domain();
	grant_entry_v1_t *table = guest_ram(d, page_address(PAGE_GRANTS));
	uint8_t ref = take();

	table[ref].frame = fake_gfn(d, take());
	table[ref].domid = take() % 4;
	table[ref].flags =
		(uint16_t)(GTF_permit_access | (take() & 1 ? GTF_readonly : 0));
}

static void step_page(void)
{
	struct domain *d = current_domain();
	struct xen_add_to_physmap op = {.domid = DOMID_SELF, .space = take() % 2};
	uint32_t at = page_address(PAGE_ARGUMENTS);

	op.idx = op.space ? take() % 4 : 0;
	op.gpfn = fake_gfn(d, op.space ? PAGE_GRANTS + (take() & 1) : PAGE_SHARED_INFO);
	memcpy(guest_ram(d, at), &op, sizeof(op));
	fake_call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, at, 0);
}

static void step_tables(void)
{
	uint8_t kind = take();

	memset(fake_absent, 0, sizeof(fake_absent));
	memset(fake_readonly, 0, sizeof(fake_readonly));
	if (kind & 1)
		fake_absent[0] = page_address(PAGE_ARGUMENTS + (kind >> 2 & 1));
	if (kind & 2)
		fake_readonly[0] = page_address(PAGE_ARGUMENTS + (kind >> 3 & 1));
}

static void step_time(void)
{
	fake_clock += take_word() >> 8;
	fake_timer_fires();
}

/* Memory runs out, and comes back. */
static void step_memory(void)
{
	uint8_t kind = take();

	fake_heap_budget = kind & 1 ? kind >> 2 & 7 : -1;
	fake_window_budget = kind & 2 ? kind >> 2 & 7 : -1;
}

/* ---- steps that get further: structures that are right but for a value or two ---- */

static void call_with(unsigned int number, uint32_t cmd, const void *op, uint32_t bytes)
{
	uint32_t at = page_address(PAGE_ARGUMENTS);

	memcpy(guest_ram(current_domain(), at), op, bytes);
	fake_call(number, cmd, at, 1);
}

static void step_map(void)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = (uint64_t)fake_window_gfn(current_domain(), take() % 16)
			     << PAGE_SHIFT,
		.flags = GNTMAP_host_map | (take() & 1 ? GNTMAP_readonly : 0),
		.ref = take() % 16,
		.dom = take() % 4,
	};

	call_with(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &op, sizeof(op));
}

static void step_unmap(void)
{
	uint32_t handle = take() % 16;
	struct gnttab_unmap_grant_ref op = {
		.host_addr = (uint64_t)fake_window_gfn(current_domain(), handle)
			     << PAGE_SHIFT,
		.handle = handle,
	};

	call_with(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &op, sizeof(op));
}

static void step_copy(void)
{
	struct domain *d = current_domain();
	struct gnttab_copy op = {.flags = take() % 4, .len = take() * 16u};

	op.source.offset = take() * 8;
	op.dest.offset = take() * 8;
	op.source.domid = op.flags & GNTCOPY_source_gref ? take() % 4 : DOMID_SELF;
	op.dest.domid = op.flags & GNTCOPY_dest_gref ? take() % 4 : DOMID_SELF;
	op.source.u.gmfn =
		op.flags & GNTCOPY_source_gref ? take() % 16 : fake_gfn(d, take());
	op.dest.u.gmfn = op.flags & GNTCOPY_dest_gref ? take() % 16 : fake_gfn(d, take());
	call_with(__HYPERVISOR_grant_table_op, GNTTABOP_copy, &op, sizeof(op));
}

/* Ports and domains are small numbers; each structure has them in its first words. */
static void step_event(void)
{
	uint32_t cmd = take() % 11, words[6] = {0};

	words[0] = take() % 32;
	words[1] = take() % 32;
	if (cmd == EVTCHNOP_alloc_unbound) {
		words[0] = words[0] % 4 ? DOMID_SELF : 0;
		words[0] |= words[1] % 4 << 16;
	} else if (cmd == EVTCHNOP_bind_interdomain || cmd == EVTCHNOP_status) {
		words[0] %= 4;
	} else if (cmd == EVTCHNOP_reset) {
		words[0] = DOMID_SELF;
	}
	call_with(__HYPERVISOR_event_channel_op, cmd, words, sizeof(words));
}

static void step_foreign(void)
{
	struct domain *d = current_domain();
	uint32_t at = page_address(PAGE_ARGUMENTS) + 256;
	struct xen_add_to_physmap_batch op = {.domid = DOMID_SELF,
					      .space = XENMAPSPACE_gmfn_foreign,
					      .size = 1,
					      .u.foreign_domid = take() % 4};
	uint64_t index = fake_gfn(d, take()), gpfn = fake_window_gfn(d, take() % 16);
	struct xen_remove_from_physmap undo = {.domid = DOMID_SELF, .gpfn = gpfn};

	if (take() & 1) {
		call_with(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &undo,
			  sizeof(undo));
		return;
	}
	memcpy(guest_ram(d, at), &index, sizeof(index));
	memcpy(guest_ram(d, at + 8), &gpfn, sizeof(gpfn));
	op.idxs.q = at;
	op.gpfns.q = at + 8;
	op.errs.q = at + 16;
	call_with(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, &op, sizeof(op));
}

static void step_vcpu_info(void)
{
	struct vcpu_register_vcpu_info op = {
		.mfn = fake_gfn(current_domain(), PAGE_VCPU_INFO),
		.offset = take() * 16u};
	uint32_t at = page_address(PAGE_ARGUMENTS);

	memcpy(guest_ram(current_domain(), at), &op, sizeof(op));
	fake_call(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, take() % 4, at);
}

static void step_poll(void)
{
	struct domain *d = current_domain();
	uint32_t at = page_address(PAGE_ARGUMENTS) + 256, port = take() % 32;
	struct sched_poll op = {.nr_ports = take() & 1, .timeout = take()};

	memcpy(guest_ram(d, at), &port, sizeof(port));
	op.ports.q = at;
	op.timeout <<= 16;
	call_with(__HYPERVISOR_sched_op, SCHEDOP_poll, &op, sizeof(op));
}

static void step_end(void)
{
	struct xen_domctl op = {.cmd = take() % 6,
				.interface_version = XEN_DOMCTL_INTERFACE_VERSION,
				.domain = take() % 4};

	memcpy(guest_ram(current_domain(), page_address(PAGE_ARGUMENTS)), &op,
	       sizeof(op));
	fake_call(__HYPERVISOR_domctl, page_address(PAGE_ARGUMENTS), 0, 0);
}

static void (*const steps[])(void) = {
	step_call,     step_operation,   step_operation,    step_management,
	step_grant,    step_write_bytes, step_write_shared, step_write_arguments,
	step_page,     step_tables,      step_time,         step_memory,
	sched_request, step_map,         step_map,          step_unmap,
	step_copy,     step_event,       step_event,        step_event,
	step_foreign,  step_vcpu_info,   step_poll,         step_end,
};

/* ---- the machine ----------------------------------------------------------------- */

/* Nothing to run: something comes for everybody who sleeps. */
static void idle(void)
{
	struct domain *d;
	struct vcpu *v;
	bool woken = false;

	domain_for_each(d) {
		if (d->state != DOMAIN_RUNNING || (d->privileged && !dom0_runs))
			continue;
		vcpu_for_each(d, v) {
			if (v->state != VCPU_BLOCKED)
				continue;
			vcpu_wake(v);
			woken = true;
		}
	}
	if (!woken)
		longjmp(ended, 1);
}

static void machine_ended(void)
{
	if (!dom0_runs)
		broken("the machine ended without dom0");
	longjmp(ended, 1);
}

static void give_page(struct domain *d, unsigned int space, uint32_t page)
{
	maddr_t m;

	if (!domain_frame_to_machine(d, fake_gfn(d, page), &m))
		broken("a page is not there");
	if (space == XENMAPSPACE_shared_info)
		event_adopt_shared_info(d, m);
	else
		grant_adopt_frame(d, 0, paddr(page_address(page)));
}

static struct domain *new_domain(const char *name, unsigned int vcpus)
{
	struct domain *d = fake_domain(name, vcpus, strcmp(name, "dom0") == 0);

	if (!d)
		broken("no domain");
	memset(guest_ram(d, page_address(PAGE_ARGUMENTS)), 0, 2 * PAGE_SIZE);
	give_page(d, XENMAPSPACE_shared_info, PAGE_SHARED_INFO);
	give_page(d, XENMAPSPACE_grant_table, PAGE_GRANTS);
	if (!d->privileged &&
	    (console_setup_ring(d, paddr(page_address(PAGE_RING))) ||
	     console_setup_relay(d, paddr(page_address(PAGE_RING + 1)))))
		broken("no console");
	return d;
}

static void dom0_prepare(struct domain *dom0)
{
	char *ram = guest_ram(dom0, FAKE_RAM_BASE);

	grant_preset(dom0, 1, paddr(page_address(PAGE_LENT)), 1);
	grant_preset(dom0, 2, paddr(page_address(PAGE_LENT + 1)), 1);
	((grant_entry_v1_t *)guest_ram(dom0, page_address(PAGE_GRANTS)))[2].flags |=
		GTF_readonly;
	event_bind_hypervisor(dom0, 1, NULL);
	if (dom0_runs)
		return;
	memset(untouched, FILL, PAGE_SIZE);
	memset(ram + PAGE_ARGUMENTS * PAGE_SIZE, FILL, 64 * PAGE_SIZE);
	domain_pause(dom0); /* events may come, but it does not run */
}

static void witness_check(const struct domain *dom0)
{
	const uint8_t *ram = guest_ram(dom0, FAKE_RAM_BASE);

	if (!dom0 || dom0->state != DOMAIN_RUNNING)
		broken("dom0 was ended");
	for (uint32_t page = PAGE_ARGUMENTS; page < PAGE_ARGUMENTS + 64; page++)
		if (page != PAGE_LENT &&
		    memcmp(ram + page * PAGE_SIZE, untouched, PAGE_SIZE) != 0)
			broken("dom0's memory was changed");
}

static void foreign_check(const struct domain *d)
{
	for (uint32_t i = 0; i < FAKE_WINDOW >> PAGE_SHIFT; i++) {
		maddr_t m = arch_foreign_get(d, i);
		const struct domain *owner;
		bool found = m.m == 0;

		domain_for_each(owner)
			if (m.m - owner->machine_base.m < owner->ram_size)
				found = true;
		if (!found)
			broken("a foreign frame shows memory of no domain");
	}
}

static void run(void)
{
	struct percpu *cpu = this_cpu();

	for (unsigned int i = 0; i < STEPS_MAX && input_left; i++) {
		if (cpu->need_resched)
			schedule();
		if (!dom0_runs && current_domain()->privileged)
			broken("dom0 runs");
		if (current_domain()->state != DOMAIN_RUNNING)
			broken("a domain runs that should not");
		steps[take() % ARRAY_SIZE(steps)]();
		if (fake_locks_held)
			broken("a lock is held");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct domain *d, *dom0;

	input = data;
	input_left = size;
	dom0_runs = take() & 1;
	fake_fill_ram = false;
	fake_on_idle = idle;
	fake_on_end = machine_ended;
	fake_power_on();
	dom0 = new_domain("dom0", 1);
	dom0_prepare(dom0);
	new_domain("domU", 2);
	new_domain("third", 1);
	if (setjmp(ended) == 0) {
		sched_request();
		run();
	}
	if (!dom0_runs)
		witness_check(domains[0]);
	domain_for_each(d)
		foreign_check(d);
	fake_run(domains[0]->vcpu[0]);
	fake_call(SIGMA_BUILD_CALL, SIGMA_BUILD_ABORT, 0, 0); /* if one is under way */
	fake_power_off();
	return 0;
}
