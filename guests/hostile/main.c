/* SPDX-License-Identifier: MIT */
/*
 * An attacker: calls with numbers, operations and pointers that are all wrong.
 * Each has to come back with an error, and nothing may change: not this domain's
 * memory, not the other one's life (run it beside ticker).
 */
#include "guest.h"

#define RANDOM_CALLS 20000
#define OPERATIONS   40 /* more than any call has */
#define CANARY       0xa5a5a5a5u
#define NO_POINTER   -1

struct call {
	uint32_t number;
	const char *name;
	int pointer; /* which argument */
	uint64_t
		harmless; /* operations that succeed or do nothing whatever the pointer */
	uint64_t avoid;   /* operations that would end or stop this domain */
	uint64_t lenient; /* operations that may accept a readable pointer */
};

#define BIT(n) (1ull << (n))
#define ALL    (~0ull)

static const struct call calls[] = {
	{__HYPERVISOR_platform_op, "platform_op", 0, 0, 0, 0},
	{__HYPERVISOR_memory_op, "memory_op", 1, BIT(XENMEM_maximum_ram_page), 0, 0},
	{__HYPERVISOR_xen_version, "xen_version", 1,
	 BIT(XENVER_version) | BIT(XENVER_pagesize) | BIT(XENVER_commandline), 0, ALL},
	{__HYPERVISOR_console_io, "console_io", 2, BIT(CONSOLEIO_read), 0, ALL},
	{__HYPERVISOR_grant_table_op, "grant_table_op", 1, 0, 0, ALL},
	{__HYPERVISOR_vm_assist, "vm_assist", NO_POINTER, ALL, 0, ALL},
	{__HYPERVISOR_vcpu_op, "vcpu_op", 2,
	 BIT(VCPUOP_is_up) | BIT(VCPUOP_stop_periodic_timer) |
		 BIT(VCPUOP_stop_singleshot_timer) | BIT(VCPUOP_up),
	 BIT(VCPUOP_down),
	 BIT(VCPUOP_get_runstate_info) | BIT(VCPUOP_register_runstate_memory_area) |
		 BIT(VCPUOP_set_singleshot_timer) | BIT(VCPUOP_get_physid)},
	{__HYPERVISOR_xsm_op, "xsm_op", 0, 0, 0, 0},
	{__HYPERVISOR_sched_op, "sched_op", 1, BIT(SCHEDOP_yield), BIT(SCHEDOP_block), 0},
	{__HYPERVISOR_event_channel_op, "event_channel_op", 1, 0, 0, 0},
	{__HYPERVISOR_physdev_op, "physdev_op", 1, 0, 0, 0},
	{__HYPERVISOR_hvm_op, "hvm_op", 1, 0, 0, 0},
	{__HYPERVISOR_sysctl, "sysctl", 0, 0, 0, 0},
	{__HYPERVISOR_domctl, "domctl", 0, 0, 0, 0},
};

static struct {
	uint32_t before[16], garbage[128], after[16];
} buffer;
static uint32_t seed = 20171105;
static unsigned int made;

static uint32_t random_word(void)
{
	seed ^= seed << 13; /* Marsaglia, "Xorshift RNGs", 2003 */
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static uint32_t random_below(uint32_t limit)
{
	return (uint32_t)((uint64_t)random_word() * limit >> 32);
}

/* No half word of it is a domain, no word of it a port, a frame or an address. */
static void fill_garbage(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(buffer.garbage); i++)
		buffer.garbage[i] = random_word() | 0xa0008000u;
}

#define BAD_POINTERS 9

static uint32_t bad_pointer(unsigned int which)
{
	const struct sigma_descriptor *d = guest_descriptor;

	switch (which) {
	case 0:
		return SIGMA_WINDOW_BASE; /* the hypervisor's own */
	case 1:
		return SIGMA_WINDOW_BASE + random_below(SIGMA_WINDOW_SIZE);
	case 2:
		return guest_address(d) + random_below(4096); /* the descriptor */
	case 3:
		return SIGMA_WINDOW_BASE - 2; /* into the window */
	case 4:
		return d->foreign_base - 1; /* over the end of RAM */
	case 5:
		return d->foreign_base + random_below(d->foreign_size);
	case 6:
		return random_below(4096);
	case 7:
		return UINT32_MAX - random_below(16); /* wraps */
	default:
		return d->ram_base - 1 - random_below(4096);
	}
}

static void check_memory(const char *name, uint32_t op)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(buffer.before); i++)
		guest_check(buffer.before[i] == CANARY && buffer.after[i] == CANARY,
			    "%s(%x) wrote beyond its argument", name, op);
}

static long call_with(const struct call *call, uint32_t op, uint32_t pointer)
{
	made++;
	switch (call->pointer) {
	case 0:
		return hypercall(call->number, pointer, 0, 0, 0, 0);
	case 2: /* console_io: a count comes first; vcpu_op: the vCPU */
		return hypercall(call->number, op,
				 call->number == __HYPERVISOR_console_io ? 16 : 0,
				 pointer, 0, 0);
	default: /* grant_table_op: a count follows */
		return hypercall(call->number, op, pointer, 1, 0, 0);
	}
}

static bool has_bit(uint64_t set, uint32_t op)
{
	return set == ALL || (op < 64 && (set >> op & 1));
}

static void check_error(const struct call *call, uint32_t op, uint32_t pointer,
			long result)
{
	guest_check(result < 0 && result >= -4095,
		    "%s(%x) with pointer %08x answers %ld, no error", call->name, op,
		    pointer, result);
	check_memory(call->name, op);
}

/* Every call, every operation, every kind of bad pointer. */
static void try_pointers(void)
{
	for (unsigned int c = 0; c < ARRAY_SIZE(calls); c++) {
		for (uint32_t op = 0; op < OPERATIONS; op++) {
			if (has_bit(calls[c].harmless | calls[c].avoid, op))
				continue;
			for (unsigned int p = 0; p < BAD_POINTERS; p++) {
				uint32_t pointer = bad_pointer(p);

				check_error(&calls[c], op, pointer,
					    call_with(&calls[c], op, pointer));
			}
		}
	}
}

/* Readable memory, odd addresses, senseless contents. */
static void try_garbage(void)
{
	for (unsigned int c = 0; c < ARRAY_SIZE(calls); c++) {
		for (uint32_t op = 0; op < OPERATIONS; op++) {
			uint32_t pointer =
				guest_address(buffer.garbage) + random_below(8);

			if (has_bit(calls[c].harmless | calls[c].avoid | calls[c].lenient,
				    op) ||
			    (calls[c].number == __HYPERVISOR_sched_op &&
			     op == SCHEDOP_shutdown))
				continue;
			fill_garbage();
			check_error(&calls[c], op, pointer,
				    call_with(&calls[c], op, pointer));
		}
	}
}

static void try_numbers(void)
{
	for (unsigned int i = 0; i < 5000; i++) {
		uint32_t number = 64 + (i & 1 ? random_below(UINT32_MAX - 64) : i);
		long result = hypercall(number, random_word(), random_word(),
					random_word(), random_word(), random_word());

		made++;
		guest_check(result == -XEN_ENOSYS, "hypercall %x answers %ld", number,
			    result);
	}
}

/* Grant operations answer in their structures: none may have worked. */
static void try_grants(void)
{
	for (unsigned int i = 0; i < 500; i++) {
		struct gnttab_map_grant_ref map = {
			.dom = (domid_t)(2 + random_below(0x7fee)),
			.ref = random_word(),
			.host_addr = random_word(),
			.flags = GNTMAP_host_map};
		struct gnttab_unmap_grant_ref unmap = {.handle = random_word() |
								 0x80000000u,
						       .host_addr = random_word()};
		long result;

		result = hypercall_grant_table_op(GNTTABOP_map_grant_ref,
						  guest_address(&map), 1);
		guest_check(result < 0 || map.status < 0,
			    "a grant of domain %u was mapped", map.dom);
		result = hypercall_grant_table_op(GNTTABOP_unmap_grant_ref,
						  guest_address(&unmap), 1);
		guest_check(result < 0 || unmap.status < 0, "handle %x was unmapped",
			    unmap.handle);
		result = hypercall_grant_table_op(GNTTABOP_map_grant_ref,
						  guest_address(&map), 0x08000001);
		guest_check(result < 0, "a count that wraps is accepted: %ld", result);
		made += 3;
	}
}

/* memory_op keeps its operation in the low six bits: none of its own either. */
static uint32_t strange_operation(void)
{
	return random_word() << 6 | (OPERATIONS + random_below(64 - OPERATIONS));
}

/* Any call with any words, except those that would legally stop this domain. */
static void try_at_random(void)
{
	for (unsigned int i = 0; i < RANDOM_CALLS; i++) {
		const struct call *call = &calls[random_below(ARRAY_SIZE(calls))];
		uint32_t op =
			random_below(8) ? random_below(OPERATIONS) : strange_operation();
		uint32_t pointer = bad_pointer(random_below(BAD_POINTERS));
		long result;

		if (has_bit(call->harmless | call->avoid, op))
			continue;
		result = hypercall(call->number, call->pointer == 0 ? pointer : op,
				   call->pointer == 1 ? pointer : random_word() | 64,
				   call->pointer == 2 ? pointer : random_word() | 1,
				   random_word(), random_word());
		made++;
		check_error(call, op, pointer, result);
	}
}

/* Sigma's own calls: interrupts that are not this domain's, operations that are none. */
static void try_virqs(void)
{
	for (unsigned int i = 0; i < 5000; i++) {
		uint32_t op = i & 1 ? SIGMA_VIRQ_ENABLE + (i >> 1 & 1)
				    : 5 + random_below(1u << 31);
		long result;

		result = hypercall_sigma_virq_ctl(
			op, SIGMA_VIRQ_COUNT + random_word() / 2, random_word());
		guest_check(result < 0, "sigma_virq_ctl(%x) answers %ld", op, result);
		hypercall_sigma_virq_eoi(random_word());
		hypercall_sigma_virq_eoi(random_below(160));
		hypercall_sigma_virq_ack();
		made += 4;
	}
}

static volatile bool ticked;

static void tick(unsigned int virq)
{
	(void)virq;
	ticked = true;
}

void guest_main(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} attacks[] = {
		{"numbers", try_numbers}, {"pointers", try_pointers},
		{"garbage", try_garbage}, {"grants", try_grants},
		{"virqs", try_virqs},     {"random", try_at_random},
	};

	memset(buffer.before, 0xa5, sizeof(buffer.before));
	memset(buffer.after, 0xa5, sizeof(buffer.after));
	for (unsigned int i = 0; i < ARRAY_SIZE(attacks); i++) {
		attacks[i].run();
		guest_printf("%s: %u calls so far, errors only\n", attacks[i].name, made);
	}
	virq_register(SIGMA_VIRQ_TIMER, tick);
	timer_arm(clock_us_to_ticks(1000));
	guest_wait_until(ticked);
	guest_pass();
}
