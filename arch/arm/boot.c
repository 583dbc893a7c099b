/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From head.S to the portable hv_init(): own tables, the board's devices, traps.
 */
#include <libfdt.h>

#include <arch/cpu.h>
#include <arch/memory.h>
#include <arch/time.h>
#include <asm/engine.h>
#include <asm/gic.h>
#include <asm/mmu.h>
#include <asm/mpcore.h>
#include <asm/percpu.h>
#include <asm/regs.h>
#include <hv/board.h>
#include <hv/console.h>
#include <hv/frames.h>
#include <hv/init.h>
#include <hv/list.h>
#include <hv/printk.h>
#include <hv/tree.h>
#include <hv/xen.h>

extern char __bss_end[], __slot_end[], __init_start[], __init_end[];

char cpu_areas[CPU_COUNT_MAX][CPU_AREA_SIZE] __attribute__((aligned(65536)));

void arch_boot(const void *board, uint32_t fit, uint32_t fit_bytes, uint32_t slot);

/* A device the hypervisor drives itself. */
static __init maddr_t find_device(const void *board, const char *compatible)
{
	int node = fdt_node_offset_by_compatible(board, -1, compatible);
	maddr_t base;
	uint32_t bytes;

	if (node < 0 || board_node_reg(board, node, 0, &base, &bytes))
		boot_fail("board device tree", "no %s", compatible);
	return base;
}

static __init uint32_t clock_frequency(const void *board)
{
	int node = fdt_node_offset_by_compatible(board, -1, "arm,cortex-a9-twd-timer");
	uint32_t hz;

	if (node < 0 || tree_cell(board, node, "clock-frequency", &hz))
		boot_fail("board device tree",
			  "arm,cortex-a9-twd-timer has no clock-frequency");
	return hz;
}

/*
 * The console first: every later error needs it, and without one nobody can be told.
 * Returns its interrupt.
 */
static __init unsigned int console_setup(const void *board)
{
	const char *error;
	unsigned int irq;
	uint32_t bytes;
	maddr_t base;
	int node;

	if (tree_check(board, fdt_totalsize(board), &error))
		arch_halt();
	node = board_console_node(board);
	if (node < 0 || board_node_reg(board, node, 0, &base, &bytes) ||
	    board_node_irq(board, node, 0, &irq))
		arch_halt();
	window_map(UART_VA, base, PAGE_DEVICE);
	pl011_init();
	console_init();
	return irq;
}

static __init void devices_setup(const void *board)
{
	maddr_t mpcore = find_device(board, "arm,cortex-a9-scu");

	window_map(SYSREG_VA, find_device(board, "arm,vexpress-sysreg"), PAGE_DEVICE);
	window_map(CLOCK_VA, mpcore, PAGE_DEVICE_RO);
	timers_init(clock_frequency(board));
	timers_init_cpu();
	engine_init();
}

static __init void interrupts_setup(const void *board)
{
	window_map(MPCORE_VA, find_device(board, "arm,cortex-a9-scu"), PAGE_DEVICE);
	window_map(GICD_VA, find_device(board, "arm,cortex-a9-gic"), PAGE_DEVICE);
	gic_init();
	gic_init_cpu();
}

/* Physical interrupts are FIQs, taken in Monitor mode (ARM ARM B1.8.4, B4.1.129). */
static __init void monitor_setup(void)
{
	__asm__ volatile("mcr p15, 0, %0, c12, c0, 1\n" /* MVBAR */
			 "mcr p15, 0, %1, c1, c1, 0\n"  /* SCR */
			 "isb"
			 :
			 : "r"(monitor_vectors), "r"(SCR_FIQ)
			 : "memory");
}

static __init void percpu_setup(unsigned int cpu)
{
	struct percpu *p = percpu_of(cpu);

	p->id = cpu;
	list_init(&p->rq.runnable);
	list_init(&p->timers);
}

__init void arch_boot(const void *board, uint32_t fit, uint32_t fit_bytes, uint32_t slot)
{
	unsigned int uart_irq;

	window_init(maddr(slot));
	percpu_setup(0);
	uart_irq = console_setup(board);
	interrupts_setup(board);
	pl011_listen(uart_irq);
	devices_setup(board);
	monitor_setup();
	heap_add((void *)__bss_end, (uint32_t)(__slot_end - __bss_end));
	hv_init(&(struct boot_info){.board = board,
				    .fit = maddr(fit),
				    .fit_bytes = fit_bytes,
				    .image = maddr(slot),
				    .image_bytes = SLOT_SIZE});
}

void arch_map_ram(maddr_t m, uint32_t bytes)
{
	sigma_map_ram(m, bytes);
}

void arch_boot_done(void)
{
	for (uintptr_t va = (uintptr_t)__init_start; va < (uintptr_t)__init_end;
	     va += PAGE_SIZE)
		window_map((uint32_t)va, image_to_machine((void *)va), PAGE_DATA);
	heap_add(__init_start, (uint32_t)(__init_end - __init_start));
}
