// SPDX-License-Identifier: GPL-2.0-only
/* The console keys: what they print about a machine made up here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/console.h>
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/frames.h>
#include <hv/grant.h>
#include <hv/keys.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/virq.h>
#include <arch/cpu.h>
#include <arch/memory.h>
#include <arch/time.h>
#include <arch/vcpu.h>

struct domain *domains[MAX_DOMAINS];
const char arch_engine_name[] = "trampoline";

static struct vcpu vcpu0 = {.state = VCPU_BLOCKED};
static struct domain dom0 = {
	.id = 0,
	.name = "dom0",
	.state = DOMAIN_RUNNING,
	.vcpu_count = 1,
	.ram_base = {0x60000000},
	.ram_size = 0x08000000,
	.machine_base = {0x60000000},
	.foreign_base = {0x68000000},
	.foreign_size = 0x00200000,
	.weight = 256,
	.vcpu = {&vcpu0},
};
static struct domain dom1 = {
	.id = 1,
	.name = "domU",
	.state = DOMAIN_SHUTDOWN,
	.pause_count = 1,
	.ram_base = {0x60000000},
	.ram_size = 0x04000000,
	.machine_base = {0x70000000},
	.foreign_base = {0x64000000},
	.foreign_size = 0x00100000,
	.weight = 512,
};

static struct percpu cpus[CPU_COUNT_MAX];
static char printed[16384];
static bool left;
static unsigned int resets;
static jmp_buf after_reset;

struct percpu *percpu_of(unsigned int cpu)
{
	return &cpus[cpu];
}

void printk(const char *format, ...)
{
	size_t used = strlen(printed);
	va_list args;

	va_start(args, format);
	hv_vsnprintf(printed + used, sizeof(printed) - used, format, args);
	va_end(args);
}

void console_echo(const char *text, uint32_t bytes)
{
	strncat(printed, text, bytes);
}

void console_flush(void)
{
}

void console_leave_hypervisor(void)
{
	left = true;
}

void events_dump(const struct domain *d)
{
	printk("events %s\n", d->name);
}

void grants_dump(const struct domain *d)
{
	printk("grants %s\n", d->name);
}

void virq_dump(void)
{
	printk("interrupts\n");
}

void arch_vcpu_print(struct vcpu *v)
{
	printk("registers %u\n", v->id);
}

void arch_reset(void)
{
	resets++;
	longjmp(after_reset, 1);
}

uint64_t arch_clock_read(void)
{
	return 1000000;
}

uint64_t ticks_to_ns(uint64_t ticks)
{
	return ticks * 1000;
}

uint64_t sched_idle_time(const struct percpu *cpu)
{
	return cpu->rq.idle + (cpu->idle ? arch_clock_read() - cpu->rq.idle_since : 0);
}

uint64_t sched_run_time(const struct vcpu *v)
{
	return v == &vcpu0 ? 250000 : 0;
}

uint32_t slots_total(void)
{
	return 512u << 20;
}

uint32_t slots_available(void)
{
	return 100u << 20;
}

uint32_t slots_largest(void)
{
	return 64u << 20;
}

uint32_t heap_available(void)
{
	return 20480;
}

uint32_t arch_sigma_entry(const struct domain *d, paddr_t p)
{
	if (range_in(p.p, SLOT_SIZE, d->ram_base.p, d->ram_size))
		return (d->machine_base.m + (p.p - d->ram_base.p)) | 0x11c0e;
	if (range_in(p.p, SLOT_SIZE, d->foreign_base.p, d->foreign_size))
		return 0x7ff00001;
	if (range_in(p.p, SLOT_SIZE, SIGMA_WINDOW_BASE, SIGMA_WINDOW_SIZE))
		return 0x7fe00001;
	if (d->id == 0 && (p.p == 0x10000000 || p.p == 0x4e000000))
		return p.p | 0xc12;
	return 0;
}

maddr_t arch_foreign_get(const struct domain *d, uint32_t index)
{
	return maddr(d->id == 0 && index == 3 ? 0x70123000 : 0);
}

bool arch_guest_walk(struct domain *d, unsigned int vcpu_id, vaddr_t va,
		     struct walk_steps *steps)
{
	(void)d;
	assert_int_equal(vcpu_id, 0);
	steps->table = maddr(0x60004000);
	steps->level1 = 0x60c0040e;
	switch (va.v) {
	case 0xc0008000:
		steps->machine = maddr(0x60008000);
		return true;
	case 0xe0001004:
		steps->level2 = 0x7012345e;
		steps->machine = maddr(0x70123004);
		return true;
	case 0xf0000000:
		steps->machine = maddr(0x10000000);
		return true;
	case 0xff000000:
		steps->machine = maddr(0x7fe00000);
		return true;
	default:
		steps->level1 = 0;
		return false;
	}
}

static void type(const char *text)
{
	printed[0] = '\0';
	for (; *text != '\0'; text++)
		keys_input(*text);
}

#define assert_prints(text) assert_non_null(strstr(printed, text))

static int setup(void **state)
{
	(void)state;
	domains[0] = &dom0;
	domains[1] = &dom1;
	vcpu0.domain = &dom0;
	vcpu0.sched.switches = 77;
	left = false;
	return 0;
}

static void help_lists_every_key(void **state)
{
	(void)state;
	type("h");
#define SIGMA_KEY(key, function, text)         \
	assert_non_null(strchr(printed, key)); \
	assert_prints(text);
#include <hv/keys.def>
}

static void unknown_key_points_to_the_help(void **state)
{
	(void)state;
	type("z");
	assert_string_equal(printed, "no key z; h lists the keys\n");
	type("\r\n \033");
	assert_string_equal(printed, "");
}

static void domains_are_listed(void **state)
{
	(void)state;
	type("d");
	assert_string_equal(
		printed,
		"domain 0 dom0: running, 128 MiB at pseudo-physical 0x60000000 = machine "
		"0x60000000, weight 256\n"
		"  vCPU 0 on CPU 0: blocked, ran 250 ms, 77 switches\n"
		"domain 1 domU: shut down, paused, 64 MiB at pseudo-physical 0x60000000 = "
		"machine 0x70000000, weight 512\n");
	cpus[0].current = &vcpu0;
	type("d");
	assert_prints("on its CPU");
	cpus[0].idle = true;
	type("d");
	assert_prints("blocked");
	cpus[0].idle = false;
	cpus[0].current = NULL;
}

static void ranges_of_sigma_are_merged(void **state)
{
	(void)state;
	type("m");
	assert_string_equal(
		printed,
		"machine memory: 512 MiB of RAM, 100 MiB free (longest run 64 MiB)\n"
		"  0x60000000-0x67ffffff  domain 0 dom0\n"
		"  0x70000000-0x73ffffff  domain 1 domU\n"
		"sigma' of domain 0 dom0, pseudo-physical:\n"
		"  0x10000000-0x100fffff  device -> machine 0x10000000\n"
		"  0x4e000000-0x4e0fffff  device -> machine 0x4e000000\n"
		"  0x60000000-0x67ffffff  RAM -> machine 0x60000000\n"
		"  0x68000000-0x681fffff  foreign window\n"
		"  0xff000000-0xff7fffff  hypervisor\n"
		"sigma' of domain 1 domU, pseudo-physical:\n"
		"  0x60000000-0x63ffffff  RAM -> machine 0x70000000\n"
		"  0x64000000-0x640fffff  foreign window\n"
		"  0xff000000-0xff7fffff  hypervisor\n");
}

static void walk_shows_each_step(void **state)
{
	(void)state;
	type("w0xC0008000\r");
	assert_string_equal(printed,
			    "walk: [domain] hex-address: 0xC0008000\n"
			    "domain 0 dom0 vCPU 0, virtual 0xc0008000:\n"
			    "  sigma'' at machine 0x60004000, entry 0xc00 = 0x60c0040e\n"
			    "  pseudo-physical 0x60008000: RAM of the domain\n"
			    "  machine 0x60008000\n");
	type("w0 e0001004\r");
	assert_prints("  second level, entry 0x01 = 0x7012345e\n"
		      "  pseudo-physical 0x68003004: foreign window\n"
		      "  machine 0x70123004\n");
	type("wf0000000\n");
	assert_prints("pseudo-physical 0x10000000: device\n");
	type("wff000000\n");
	assert_prints("no pseudo-physical address: the hypervisor's own\n");
	type("w1 12345678\r");
	assert_prints("domain 1 domU vCPU 0, virtual 0x12345678:\n");
	assert_prints("  not mapped\n");
}

static void walk_can_be_edited(void **state)
{
	(void)state;
	type("w\b\177c0009\b8000\r");
	assert_prints("walk: [domain] hex-address: c0009\b \b8000\n");
	assert_prints("virtual 0xc0008000:\n");
}

static void walk_refuses_nonsense(void **state)
{
	static const char *const nonsense[] = {"w\r",          "wxyz\r", "w0 0 0\r",
					       "w123456789\r", "w0x\r",  "w1,2\r"};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(nonsense); i++) {
		type(nonsense[i]);
		assert_prints("expected: [domain] hex-address");
	}
	type("w5 c0008000\r");
	assert_prints("there is no domain 5\n");
	type("wffffffff c0008000\r");
	assert_prints("there is no domain");
	type("w0000000000000000000000000000000000000000000000000000000000\r");
	assert_prints("expected: [domain] hex-address");
}

static void other_dumps_cover_every_domain(void **state)
{
	(void)state;
	type("e");
	assert_string_equal(printed, "events dom0\nevents domU\n");
	type("g");
	assert_string_equal(printed, "grants dom0\ngrants domU\n");
	type("i");
	assert_string_equal(printed, "interrupts\n");
	type("r");
	assert_string_equal(printed, "domain 0 dom0 vCPU 0:\nregisters 0\n");
}

static void statistics_give_the_idle_share(void **state)
{
	(void)state;
	cpus[0].current = &vcpu0;
	cpus[0].rq.idle = 375000;
	type("s");
	cpus[0].current = NULL;
	assert_string_equal(
		printed,
		"up 1000 ms, engine trampoline\n"
		"CPU 0: idle 37.5 %, 77 domain switches\n"
		"RAM: 512 MiB, 100 MiB free for domains; hypervisor's heap: 20 KiB "
		"free\n");
}

static void reboot_asks_first(void **state)
{
	(void)state;
	type("Rq");
	assert_prints("not restarted");
	assert_false(left);
	assert_int_equal(resets, 0);
	if (setjmp(after_reset) == 0)
		type("RR");
	assert_int_equal(resets, 1);
}

static void leave_gives_the_focus_back(void **state)
{
	(void)state;
	type("q");
	assert_true(left);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(help_lists_every_key, setup),
		cmocka_unit_test_setup(unknown_key_points_to_the_help, setup),
		cmocka_unit_test_setup(domains_are_listed, setup),
		cmocka_unit_test_setup(ranges_of_sigma_are_merged, setup),
		cmocka_unit_test_setup(walk_shows_each_step, setup),
		cmocka_unit_test_setup(walk_can_be_edited, setup),
		cmocka_unit_test_setup(walk_refuses_nonsense, setup),
		cmocka_unit_test_setup(other_dumps_cover_every_domain, setup),
		cmocka_unit_test_setup(statistics_give_the_idle_share, setup),
		cmocka_unit_test_setup(reboot_asks_first, setup),
		cmocka_unit_test_setup(leave_gives_the_focus_back, setup),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
