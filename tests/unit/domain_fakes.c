// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/mman.h>

#include <arch/cpu.h>
#include <arch/memory.h>
#include <hv/console.h>
#include <hv/event.h>
#include <hv/frames.h>
#include <hv/grant.h>
#include <hv/printk.h>
#include <hv/virq.h>
#include <libfdt.h>
#include "domain_fakes.h"

struct fakes fakes;
const char arch_engine_name[] = "trampoline";

#define RAM_BYTES  0x98000000u
#define HEAP_PAGES 256
static char *ram;
static char heap[MIB] __attribute__((aligned(0x100000)));

void fakes_reset(void)
{
	for (unsigned int i = 0; i < fakes.created; i++) {
		free(fakes.domain[i]->vcpu[0]);
		free(fakes.domain[i]->descriptor);
		free(fakes.domain[i]);
	}
	memset(&fakes, 0, sizeof(fakes));
	if (ram != NULL)
		return;
	/* as much as a test may want; what is not touched costs nothing */
	ram = mmap(NULL, RAM_BYTES, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(ram, MAP_FAILED);
	heap_add(heap, HEAP_PAGES * PAGE_SIZE);
}

void *fakes_ram(uint32_t machine)
{
	assert_in_range(machine, RAM_BASE, RAM_BASE + RAM_BYTES - 1);
	return ram + (machine - RAM_BASE);
}

void *fakes_read_board(void)
{
	const char *build = getenv("BUILD");
	char name[256];
	FILE *file;
	char *data;
	long bytes;

	snprintf(name, sizeof(name), "%s/board.dtb", build != NULL ? build : "build");
	file = fopen(name, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		fail_msg("cannot read %s; `make %s` makes it", name, name);
	bytes = ftell(file);
	rewind(file);
	data = malloc((size_t)bytes); /* exactly: ASan sees what is read beyond */
	assert_int_equal(fread(data, 1, (size_t)bytes, file), bytes);
	fclose(file);
	assert_int_equal(fdt_setprop_inplace_namelen_partial(
				 data, fdt_path_offset(data, "/memory@60000000"), "reg",
				 3, 4, "\x10\0\0\0", 4),
			 0);
	return data;
}

void *arch_ram_pointer(maddr_t m)
{
	return fakes_ram(m.m);
}

void arch_map_ram(maddr_t m, uint32_t bytes)
{
	assert_true(ram_contains(m, bytes));
}

void arch_cache_flush(maddr_t m, uint32_t bytes)
{
	assert_true(ram_contains(m, bytes));
}

int arch_domain_build(struct domain *d)
{
	d->descriptor = calloc(1, sizeof(*d->descriptor));
	return 0;
}

void arch_domain_map_device(struct domain *d, maddr_t m, uint32_t bytes)
{
	(void)d;
	for (uint32_t i = m.m >> SLOT_SHIFT; i <= (m.m + bytes - 1) >> SLOT_SHIFT; i++)
		fakes.device[i] = true;
}

void virq_assign(struct domain *d, unsigned int irq)
{
	assert_in_range(irq, SIGMA_VIRQ_SPI_BASE, SIGMA_VIRQ_COUNT - 1);
	assert_null(fakes.irq_owner[irq]);
	fakes.irq_owner[irq] = d;
}

struct domain *virq_owner(unsigned int irq)
{
	return fakes.irq_owner[irq];
}

struct domain *domain_create(const char *name, unsigned int vcpu_count, bool privileged)
{
	struct domain *d = calloc(1, sizeof(*d));

	strcpy(d->name, name);
	d->id = (uint16_t)fakes.created;
	d->vcpu_count = (uint8_t)vcpu_count;
	d->privileged = privileged;
	fakes.domain[fakes.created++] = d;
	return d;
}

int console_setup_ring(struct domain *d, paddr_t p)
{
	d->hvm_params[HVM_PARAM_CONSOLE_PFN] = p.p >> PAGE_SHIFT;
	fakes.console_ring = p;
	return 0;
}

int console_setup_relay(struct domain *d, paddr_t p)
{
	d->hvm_params[SIGMA_HVM_PARAM_RELAY_PFN] = p.p >> PAGE_SHIFT;
	fakes.console_relay = p;
	return 0;
}

int event_bind_hypervisor(struct domain *d, domid_t remote,
			  void (*notify)(struct domain *d, unsigned int port))
{
	(void)d;
	assert_int_equal(remote, 0);
	assert_null(notify);
	return 7;
}

void grant_preset(struct domain *d, grant_ref_t ref, paddr_t frame, domid_t to)
{
	(void)d;
	assert_int_equal(to, 0);
	assert_in_range(ref, 0, 1);
	fakes.preset[ref] = frame;
	fakes.presets++;
}

/* A broken invariant: cmocka's expect_assert_failure() can wait for it. */
void panic(const char *format, ...)
{
	mock_assert(0, format, __FILE__, __LINE__);
	abort();
}

void printk(const char *format, ...)
{
	(void)format;
}

void boot_fail(const char *part, const char *format, ...)
{
	va_list args;

	snprintf(fakes.part, sizeof(fakes.part), "%s", part);
	va_start(args, format);
	vsnprintf(fakes.reason, sizeof(fakes.reason), format, args);
	va_end(args);
	longjmp(fakes.failed, 1);
}
