/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console keys.  They run in interrupt context with interrupts masked and take
 * no lock: what they print is a snapshot, a line at a time.
 */
#include <hv/keys.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/frames.h>
#include <hv/grant.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/timer.h>
#include <hv/virq.h>
#include <arch/cpu.h>
#include <arch/memory.h>
#include <arch/time.h>
#include <arch/vcpu.h>

#define WALK_SIZE 32 /* "[domain] hex-address" */
#define MIB_SHIFT 20

static enum { NORMAL, WALK, REBOOT } mode;
static char typed[WALK_SIZE];
static unsigned int typed_length;

#define SIGMA_KEY(key, function, text) static void key_##function(void);
#include <hv/keys.def>

static const struct {
	char key;
	void (*function)(void);
	const char *text;
} keys[] = {
#define SIGMA_KEY(key, function, text) {key, key_##function, text},
#include <hv/keys.def>
};

static void echo(const char *text)
{
	console_echo(text, (uint32_t)strlen(text));
}

static void key_help(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++)
		printk("%c  %s\n", keys[i].key, keys[i].text);
	printk("Ctrl-A three times moves the input on\n");
}

static void key_leave(void)
{
	console_leave_hypervisor();
}

static void key_reboot(void)
{
	mode = REBOOT;
	printk("R again restarts the machine, any other key does not\n");
}

/* ---- domains ------------------------------------------------------------- */

static uint32_t run_time_ms(const struct vcpu *v)
{
	return (uint32_t)(ticks_to_ns(sched_run_time(v)) / 1000000);
}

static const char *vcpu_state_text(const struct vcpu *v)
{
	static const char *const texts[] = {"offline", "runnable", "blocked", "held"};
	const struct percpu *cpu = percpu_of(v->cpu);

	return v == cpu->current && !cpu->idle ? "on its CPU" : texts[v->state % 4];
}

static void key_domains(void)
{
	static const char *const states[] = {"building", "running", "shut down", "dying"};
	struct domain *d;
	struct vcpu *v;

	domain_for_each(d) {
		printk("domain %u %s: %s%s, %u MiB at pseudo-physical 0x%08x = machine "
		       "0x%08x, weight %u\n",
		       d->id, d->name, states[d->state % 4],
		       d->pause_count != 0 ? ", paused" : "", d->ram_size >> MIB_SHIFT,
		       d->ram_base.p, d->machine_base.m, d->weight);
		vcpu_for_each(d, v)
			printk("  vCPU %u on CPU %u: %s, ran %u ms, %u switches\n", v->id,
			       v->cpu, vcpu_state_text(v), run_time_ms(v),
			       v->sched.switches);
	}
}

static void key_registers(void)
{
	struct domain *d;
	struct vcpu *v;

	domain_for_each(d)
		vcpu_for_each(d, v) {
			printk("domain %u %s vCPU %u:\n", d->id, d->name, v->id);
			arch_vcpu_print(v);
		}
}

static void key_events(void)
{
	struct domain *d;

	domain_for_each(d)
		events_dump(d);
}

static void key_grants(void)
{
	struct domain *d;

	domain_for_each(d)
		grants_dump(d);
}

static void key_interrupts(void)
{
	virq_dump();
}

/* ---- statistics ---------------------------------------------------------- */

static uint32_t switches_on(unsigned int cpu)
{
	uint32_t switches = 0;
	struct domain *d;
	struct vcpu *v;

	domain_for_each(d)
		vcpu_for_each(d, v)
			switches += v->cpu == cpu ? v->sched.switches : 0;
	return switches;
}

static void print_cpu(unsigned int id, const struct percpu *cpu)
{
	uint64_t now = arch_clock_read();
	/* in tenths of a percent; a clock of 64 bits leaves room for the factor */
	uint32_t idle = now == 0 ? 0 : (uint32_t)(sched_idle_time(cpu) * 1000 / now);

	printk("CPU %u: idle %u.%u %%, %u domain switches\n", id, idle / 10, idle % 10,
	       switches_on(id));
}

static void key_statistics(void)
{
	printk("up %u ms, engine %s\n",
	       (uint32_t)(ticks_to_ns(arch_clock_read()) / 1000000), arch_engine_name);
	for (unsigned int i = 0; i < CPU_COUNT_MAX; i++)
		if (percpu_of(i)->current != NULL)
			print_cpu(i, percpu_of(i));
	printk("RAM: %u MiB, %u MiB free for domains; hypervisor's heap: %u KiB free\n",
	       slots_total() >> MIB_SHIFT, slots_available() >> MIB_SHIFT,
	       heap_available() >> 10);
}

/* ---- sigma and sigma' ---------------------------------------------------- */

struct mapped_range {
	const char *kind;
	uint32_t start, machine;
};

/* Word of sigma' as sigma.h describes it; NULL: a hole. */
static const char *entry_kind(const struct domain *d, paddr_t p, uint32_t word)
{
	if (range_in(p.p, SLOT_SIZE, SIGMA_WINDOW_BASE, SIGMA_WINDOW_SIZE))
		return word != 0 ? "hypervisor" : NULL;
	switch (word & 3) {
	case 1:
		return "foreign window";
	case 2:
		return range_in(p.p, SLOT_SIZE, d->ram_base.p, d->ram_size) ? "RAM"
									    : "device";
	default:
		return NULL;
	}
}

static void print_range(const struct mapped_range *range, uint32_t end)
{
	bool section = range->kind[0] == 'R' || range->kind[0] == 'd';

	if (section)
		printk("  0x%08x-0x%08x  %s -> machine 0x%08x\n", range->start, end - 1,
		       range->kind, range->machine);
	else
		printk("  0x%08x-0x%08x  %s\n", range->start, end - 1, range->kind);
}

static void print_sigma(const struct domain *d)
{
	struct mapped_range range = {NULL, 0, 0};
	uint32_t p = 0;

	printk("sigma' of domain %u %s, pseudo-physical:\n", d->id, d->name);
	do {
		uint32_t word = arch_sigma_entry(d, paddr(p));
		const char *kind = entry_kind(d, paddr(p), word);
		bool follows = kind == range.kind &&
			       ((word & 3) != 2 ||
				(word & ~SLOT_MASK) - range.machine == p - range.start);

		if (!follows && range.kind != NULL)
			print_range(&range, p);
		if (!follows)
			range = (struct mapped_range){kind, p, word & ~SLOT_MASK};
		p += SLOT_SIZE;
	} while (p != 0);
	if (range.kind != NULL)
		print_range(&range, 0);
}

static void key_memory(void)
{
	struct domain *d;

	printk("machine memory: %u MiB of RAM, %u MiB free (longest run %u MiB)\n",
	       slots_total() >> MIB_SHIFT, slots_available() >> MIB_SHIFT,
	       slots_largest() >> MIB_SHIFT);
	domain_for_each(d)
		printk("  0x%08x-0x%08x  domain %u %s\n", d->machine_base.m,
		       d->machine_base.m + d->ram_size - 1, d->id, d->name);
	domain_for_each(d)
		print_sigma(d);
}

/* ---- walk ---------------------------------------------------------------- */

static bool find_foreign(const struct domain *d, maddr_t m, paddr_t *p)
{
	for (uint32_t i = 0; i < d->foreign_size >> PAGE_SHIFT; i++) {
		maddr_t frame = arch_foreign_get(d, i);

		if (frame.m != 0 && frame.m == (m.m & ~PAGE_MASK)) {
			*p = paddr_add(d->foreign_base,
				       (i << PAGE_SHIFT) | (m.m & PAGE_MASK));
			return true;
		}
	}
	return false;
}

/* The way back through sigma', which the hardware does not need. */
static void print_pseudo(const struct domain *d, maddr_t m)
{
	paddr_t p;

	if (range_in(m.m, 1, d->machine_base.m, d->ram_size))
		printk("  pseudo-physical 0x%08x: RAM of the domain\n",
		       d->ram_base.p + (m.m - d->machine_base.m));
	else if (find_foreign(d, m, &p))
		printk("  pseudo-physical 0x%08x: foreign window\n", p.p);
	else if (arch_sigma_entry(d, paddr(m.m)) != 0)
		printk("  pseudo-physical 0x%08x: device\n", m.m);
	else
		printk("  no pseudo-physical address: the hypervisor's own\n");
}

static void walk(struct domain *d, vaddr_t va)
{
	struct walk_steps steps = {{0}, 0, 0, {0}};
	bool mapped = arch_guest_walk(d, 0, va, &steps);

	printk("domain %u %s vCPU 0, virtual 0x%08x:\n", d->id, d->name, va.v);
	printk("  sigma'' at machine 0x%08x, entry 0x%03x = 0x%08x\n", steps.table.m,
	       va.v >> SLOT_SHIFT, steps.level1);
	if (steps.level2 != 0)
		printk("  second level, entry 0x%02x = 0x%08x\n",
		       (va.v >> PAGE_SHIFT) & 0xff, steps.level2);
	if (!mapped) {
		printk("  not mapped\n");
		return;
	}
	print_pseudo(d, steps.machine);
	printk("  machine 0x%08x\n", steps.machine.m);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Hexadecimal number, 0x before it or not; NULL: none. */
static const char *parse_hex(const char *text, uint32_t *value)
{
	const char *start;

	while (*text == ' ')
		text++;
	if (text[0] == '0' && (text[1] | 0x20) == 'x')
		text += 2;
	*value = 0;
	for (start = text; hex_digit(*text) >= 0; text++)
		*value = (*value << 4) | (uint32_t)hex_digit(*text);
	return text != start && text - start <= 8 ? text : NULL;
}

static void walk_typed(void)
{
	uint32_t first, id = 0;
	const char *rest;

	typed[typed_length] = '\0';
	rest = parse_hex(typed, &first);
	if (rest != NULL && *rest == ' ') {
		id = first;
		rest = parse_hex(rest, &first);
	}
	if (rest == NULL || *rest != '\0')
		printk("expected: [domain] hex-address, as in \"1 c0008000\"\n");
	else if (id >= MAX_DOMAINS || domains[id] == NULL)
		printk("there is no domain %u\n", id);
	else
		walk(domains[id], vaddr(first));
}

static void walk_input(char c)
{
	if (c == '\r' || c == '\n') {
		echo("\n");
		mode = NORMAL;
		walk_typed();
	} else if ((c == '\b' || c == 0x7f) && typed_length > 0) {
		typed_length--;
		echo("\b \b");
	} else if (c >= ' ' && c < 0x7f && typed_length < WALK_SIZE - 1) {
		typed[typed_length++] = c;
		console_echo(&c, 1);
	}
}

static void key_walk(void)
{
	mode = WALK;
	typed_length = 0;
	echo("walk: [domain] hex-address: ");
}

/* ---- dispatch ------------------------------------------------------------ */

static void reboot_input(char c)
{
	mode = NORMAL;
	if (c != 'R') {
		printk("not restarted\n");
		return;
	}
	printk("restarting\n");
	console_flush();
	arch_reset();
}

static void press(char c)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].key == c) {
			keys[i].function();
			return;
		}
	}
	if (c > ' ' && c < 0x7f)
		printk("no key %c; h lists the keys\n", c);
}

void keys_input(char c)
{
	if (mode == WALK)
		walk_input(c);
	else if (mode == REBOOT)
		reboot_input(c);
	else
		press(c);
}

void keys_run(const char *text, uint32_t count)
{
	mode = NORMAL;
	while (count--)
		keys_input(*text++);
	if (mode != NORMAL)
		keys_input('\n');
}
