// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "fake.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <arch/console.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/time.h>
#include <arch/vcpu.h>
#include <hv/console.h>
#include <hv/event.h>
#include <hv/frames.h>
#include <hv/grant.h>
#include <hv/hypercall.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/slice.h>

uint32_t fake_absent[FAKE_PAGES], fake_readonly[FAKE_PAGES];
int fake_heap_budget, fake_window_budget;
uint64_t fake_clock, fake_timer_at;
unsigned int fake_shared_maps, fake_heap_pages, fake_flushes, fake_power_offs,
	fake_resets;
uint32_t fake_slots_freed, fake_flush_address, fake_flush_bytes;
char fake_screen[65536];
void (*fake_on_idle)(void);
void (*fake_on_end)(void);
void (*fake_on_start)(struct vcpu *first);
bool fake_fill_ram = true;

static struct percpu cpus[CPU_COUNT_MAX];
static struct vcpu nobody; /* current while no guest runs */
static struct domain nowhere = {.id = MAX_DOMAINS, .name = "nowhere"};
static int ram_file = -1;
static char *ram;
static uint32_t address_checked, range_checked; /* by arch_guest_range_ok() */
static uint32_t scratch[MAX_DOMAINS];
static uint32_t next_machine; /* free from here */
static size_t screen_length;

#define die(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), abort())

/* ---- processors, clock, switch ----------------------------------------------- */

const char arch_engine_name[] = "fake";
uint32_t arch_clock_hz = 100000000;

struct percpu *percpu_of(unsigned int cpu)
{
	return &cpus[cpu];
}

struct percpu *this_cpu(void)
{
	return &cpus[0];
}

uint64_t arch_clock_read(void)
{
	return fake_clock;
}

void arch_timer_set(uint32_t ticks)
{
	if (ticks == 0)
		die("the timer is set to nothing");
	fake_timer_at = fake_clock + ticks;
}

void arch_timer_stop(void)
{
}

void arch_idle_wait(void)
{
	if (!fake_on_idle)
		die("the idle loop was entered");
	fake_on_idle();
}

void arch_power_off(void)
{
	fake_power_offs++;
	if (fake_on_end)
		fake_on_end();
	die("the machine is off");
}

void arch_reset(void)
{
	fake_resets++;
	if (fake_on_end)
		fake_on_end();
	die("the machine restarts");
}

void arch_halt(void)
{
	fwrite(fake_screen, 1, screen_length, stderr);
	abort();
}

void arch_dump_registers(void)
{
}

/* ---- memory --------------------------------------------------------------------- */

static char *ram_at(maddr_t m, uint32_t bytes)
{
	if (!ram_contains(m, bytes))
		die("machine address %08x is not RAM", m.m);
	return ram + (m.m - FAKE_RAM_BASE);
}

void *arch_map_shared(maddr_t m, unsigned int count, bool guest_readonly)
{
	uint32_t bytes = count * PAGE_SIZE;
	void *at;

	(void)guest_readonly;
	if (fake_window_budget == 0)
		return NULL;
	fake_window_budget--;
	ram_at(m, bytes);
	at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ram_file,
		  m.m - FAKE_RAM_BASE);
	if (at == MAP_FAILED)
		die("mmap");
	fake_shared_maps += count;
	return at;
}

void arch_unmap_shared(void *ptr, unsigned int count)
{
	if ((uintptr_t)ptr & PAGE_MASK)
		die("unmapped %p, which is not a page", ptr);
	munmap(ptr, count * PAGE_SIZE);
	fake_shared_maps -= count;
}

/* A page of its own for each slot: a pointer into an earlier mapping faults. */
void *arch_map_frame(maddr_t m, unsigned int slot)
{
	static void *slots[4];
	maddr_t page = maddr(m.m & ~PAGE_MASK);

	ram_at(page, PAGE_SIZE);
	if (slots[slot])
		munmap(slots[slot], PAGE_SIZE);
	slots[slot] = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, ram_file,
			   page.m - FAKE_RAM_BASE);
	if (slots[slot] == MAP_FAILED)
		die("mmap");
	return (char *)slots[slot] + (m.m & PAGE_MASK);
}

/* sigma is loaded for the length of a piece of work in a hypercall. */
static bool sigma_loaded;

void arch_sigma_enter(void)
{
	if (sigma_loaded)
		die("sigma is loaded already");
	sigma_loaded = true;
}

void arch_sigma_leave(void)
{
	if (!sigma_loaded)
		die("sigma is not loaded");
	sigma_loaded = false;
}

void *arch_ram_pointer(maddr_t m)
{
	if (!sigma_loaded)
		die("machine address %08x is used, but sigma is not loaded", m.m);
	return ram_at(m, 1);
}

void arch_map_ram(maddr_t m, uint32_t bytes)
{
	(void)m, (void)bytes;
}

static bool page_listed(const uint32_t *list, uint32_t page)
{
	for (unsigned int i = 0; i < FAKE_PAGES; i++)
		if (list[i] && (list[i] & ~PAGE_MASK) == page)
			return true;
	return false;
}

bool arch_guest_range_ok(vaddr_t va, uint32_t bytes, bool write)
{
	const struct domain *d = current_domain();

	if (sigma_loaded)
		die("guest address %08x is used while sigma is loaded", va.v);
	address_checked = va.v;
	range_checked = bytes;
	if (bytes == 0)
		return true;
	if (!range_in(va.v, bytes, d->ram_base.p, d->ram_size))
		return false;
	for (uint32_t page = va.v & ~PAGE_MASK; page < va.v + bytes; page += PAGE_SIZE)
		if (page_listed(fake_absent, page) ||
		    (write && page_listed(fake_readonly, page)))
			return false;
	return true;
}

void *guest_ram(const struct domain *d, uint32_t pseudo)
{
	return ram_at(maddr_add(d->machine_base, pseudo - d->ram_base.p), 1);
}

/* Only a range that was found good just now; the empty one may lie anywhere. */
void *arch_guest_pointer(vaddr_t va)
{
	static char nothing;

	if (range_checked == 0)
		return &nothing;
	if (va.v != address_checked)
		die("guest address %08x is used unchecked", va.v);
	return guest_ram(current_domain(), va.v);
}

bool arch_guest_walk(struct domain *d, unsigned int vcpu_id, vaddr_t va,
		     struct walk_steps *steps)
{
	(void)vcpu_id;
	memset(steps, 0, sizeof(*steps));
	return domain_ram_to_machine(d, paddr(va.v), 1, &steps->machine);
}

void arch_cache_flush(maddr_t m, uint32_t bytes)
{
	ram_at(m, bytes);
	fake_flushes++;
	fake_flush_address = m.m;
	fake_flush_bytes = bytes;
}

/* ---- domains and vCPUs ------------------------------------------------------------ */

int arch_domain_build(struct domain *d)
{
	d->arch.foreign_frames = d->foreign_size >> PAGE_SHIFT;
	d->foreign = calloc(d->arch.foreign_frames, sizeof(uint32_t));
	d->descriptor = calloc(1, PAGE_SIZE);
	return d->foreign && d->descriptor ? 0 : -XEN_ENOMEM;
}

void arch_domain_free(struct domain *d)
{
	free(d->foreign);
	free(d->descriptor);
}

uint32_t arch_sigma_entry(const struct domain *d, paddr_t p)
{
	maddr_t m;

	return domain_ram_to_machine(d, p, 1, &m) ? m.m | 2 : 0;
}

void arch_domain_map_device(struct domain *d, maddr_t m, uint32_t bytes)
{
	(void)d, (void)m, (void)bytes;
}

void arch_foreign_set(struct domain *d, uint32_t index, maddr_t m)
{
	if (index >= d->arch.foreign_frames)
		die("foreign frame %u does not exist", index);
	if (m.m)
		ram_at(m, PAGE_SIZE);
	d->foreign[index] = m.m;
}

maddr_t arch_foreign_get(const struct domain *d, uint32_t index)
{
	if (index >= d->arch.foreign_frames)
		die("foreign frame %u does not exist", index);
	return maddr(d->foreign[index]);
}

struct vcpu *arch_vcpu_alloc(void)
{
	struct vcpu *v;

	if (fake_heap_budget == 0)
		return NULL;
	v = calloc(1, sizeof(*v));
	timer_init(&v->timer, NULL);
	return v;
}

void arch_vcpu_free(struct vcpu *v)
{
	free(v);
}

void arch_vcpu_reset(struct vcpu *v, paddr_t entry, uint32_t r0, uint32_t r1, uint32_t r2)
{
	v->arch.entry = entry.p;
	v->arch.r0 = r0;
	v->arch.r1 = r1;
	v->arch.r2 = r2;
}

void arch_vcpu_switch(struct vcpu *prev, struct vcpu *next)
{
	if (prev == next || fake_locks_held)
		die("arch_vcpu_switch with %u locks held", fake_locks_held);
}

void arch_vcpu_start(struct vcpu *first)
{
	if (fake_on_start)
		fake_on_start(first);
	die("arch_vcpu_start");
}

void arch_line_raise(void)
{
	current_vcpu()->arch.lines++;
}

void arch_line_remember(struct vcpu *v)
{
	if (v == current_vcpu())
		die("the line of the running vCPU is raised, not remembered");
	v->arch.lines++;
}

void arch_vcpu_timer_arm(struct vcpu *v, uint64_t deadline)
{
	v->arch.timer_armed = true;
	v->arch.timer_deadline = deadline;
}

void arch_vcpu_timer_stop(struct vcpu *v)
{
	v->arch.timer_armed = false;
}

void arch_vcpu_print(struct vcpu *v)
{
	printk("vCPU %u\n", v->id);
}

/* ---- interrupts and the serial port ------------------------------------------ */

static uint32_t irqs_enabled[SIGMA_VIRQ_WORDS];

unsigned int arch_irq_count(void)
{
	return 96;
}

void arch_irq_enable(unsigned int irq)
{
	irqs_enabled[irq / 32] |= 1u << irq % 32;
}

void arch_irq_disable(unsigned int irq)
{
	irqs_enabled[irq / 32] &= ~(1u << irq % 32);
}

bool arch_irq_is_enabled(unsigned int irq)
{
	return irqs_enabled[irq / 32] >> irq % 32 & 1;
}

void arch_irq_route(unsigned int irq, unsigned int cpu)
{
	(void)irq, (void)cpu;
}

bool arch_console_put(char c)
{
	if (screen_length < sizeof(fake_screen) - 1)
		fake_screen[screen_length++] = c;
	return true;
}

int arch_console_get(void)
{
	return -1;
}

void arch_console_tx_interrupt(bool on)
{
	(void)on;
}

/* ---- the machine ---------------------------------------------------------------- */

void fake_power_on(void)
{
	if (!ram) {
		ram_file = memfd_create("ram", 0);
		if (ram_file < 0 || ftruncate(ram_file, FAKE_RAM_SIZE))
			die("no memory for RAM");
		ram = mmap(NULL, FAKE_RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			   ram_file, 0);
	}
	memset(cpus, 0, sizeof(cpus));
	for (unsigned int i = 0; i < CPU_COUNT_MAX; i++) {
		cpus[i].id = i;
		cpus[i].timer_due = cpus[i].rq.slice_end = INT32_MAX;
		list_init(&cpus[i].timers);
		list_init(&cpus[i].rq.runnable);
	}
	nobody = (struct vcpu){.domain = &nowhere, .state = VCPU_OFFLINE};
	list_init(&nobody.sched.node);
	cpus[0].current = &nobody;
	memset(fake_absent, 0, sizeof(fake_absent));
	memset(fake_readonly, 0, sizeof(fake_readonly));
	memset(scratch, 0, sizeof(scratch));
	memset(fake_screen, 0, screen_length);
	screen_length = 0;
	fake_heap_budget = fake_window_budget = -1;
	fake_clock = 0;
	fake_timer_at = UINT64_MAX;
	fake_flushes = 0;
	fake_slots_freed = 0;
	fake_before_cas = NULL;
	fake_before_trylock = NULL;
	next_machine = FAKE_RAM_BASE;
	timer_setup_conversion(arch_clock_hz);
	sched_setup("fair", 10000);
}

void fake_power_off(void)
{
	struct domain *d;

	cpus[0].current = &nobody;
	fake_heap_budget = fake_window_budget = -1;
	for (unsigned int id = MAX_DOMAINS; id-- > 0;) {
		if (!domains[id])
			continue;
		domains[id]->privileged = false; /* so that dom0 goes as well */
		domain_destroy(domains[id]);
	}
	domain_for_each(d)
		die("domain %u is still there", d->id);
	if (fake_shared_maps)
		die("%u pages are still mapped", fake_shared_maps);
	if (fake_heap_pages)
		die("%u pages of heap were not freed", fake_heap_pages);
	if (fake_locks_held)
		die("%u locks are held", fake_locks_held);
	if (slots_available() != FAKE_RAM_SIZE / 2)
		die("slots of RAM were not freed");
}

struct domain *fake_domain(const char *name, unsigned int vcpus, bool privileged)
{
	struct domain *d = domain_create(name, vcpus, privileged);

	if (!d)
		return NULL;
	d->ram_base = paddr(FAKE_RAM_BASE);
	d->ram_size = FAKE_DOMAIN_RAM;
	d->machine_base = maddr(next_machine);
	d->foreign_base = paddr_add(d->ram_base, d->ram_size);
	d->foreign_size = FAKE_WINDOW;
	d->weight = 256;
	next_machine += FAKE_DOMAIN_RAM;
	if (fake_fill_ram)
		memset(ram_at(d->machine_base, d->ram_size), 0xa5, d->ram_size);
	arch_domain_build(d);
	domain_start(d);
	scratch[d->id] = 0;
	return d;
}

void fake_timer_fires(void)
{
	timer_interrupt(this_cpu());
}

void fake_compute_until(uint64_t clock)
{
	if (this_cpu()->need_resched)
		schedule();
	while (fake_clock < clock) {
		if (fake_timer_at <= fake_clock)
			die("the timer was not set again");
		fake_clock = fake_timer_at < clock ? fake_timer_at : clock;
		if (fake_clock == fake_timer_at)
			fake_timer_fires();
		if (this_cpu()->need_resched)
			schedule();
	}
}

void fake_run(struct vcpu *v)
{
	cpus[0].current = v;
}

long fake_call(unsigned int number, uint32_t a0, uint32_t a1, uint32_t a2)
{
	long result;

	if (number >= HYPERCALL_COUNT)
		die("no hypercall %u", number);
	result = hypercall_table[number](a0, a1, a2, 0xdeadbeef, 0xdeadbeef);
	if (fake_locks_held)
		die("hypercall %u left %u locks held", number, fake_locks_held);
	return result;
}

uint32_t guest_put(const void *data, uint32_t bytes)
{
	struct domain *d = current_domain();
	uint32_t at = scratch[d->id];

	if (at + bytes > FAKE_DOMAIN_RAM - FAKE_SCRATCH)
		die("no room for another %u bytes", bytes);
	scratch[d->id] = (at + bytes + 15) & ~15u;
	at += d->ram_base.p + FAKE_SCRATCH;
	memcpy(guest_ram(d, at), data, bytes);
	return at;
}

void guest_get(void *data, uint32_t address, uint32_t bytes)
{
	memcpy(data, guest_ram(current_domain(), address), bytes);
}

uint32_t fake_gfn(const struct domain *d, uint32_t page)
{
	return (d->ram_base.p >> PAGE_SHIFT) + page;
}

uint32_t fake_window_gfn(const struct domain *d, uint32_t frame)
{
	return (d->foreign_base.p >> PAGE_SHIFT) + frame;
}
