/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions that reach the hypervisor's own vectors: fault.S.
 */
#include <arch/cpu.h>
#include <asm/engine.h>
#include <asm/percpu.h>
#include <asm/regs.h>
#include <asm/window.h>
#include <hv/domain.h>
#include <hv/printk.h>

static const char *const kinds[] = {"undefined instruction", "supervisor call",
				    "prefetch abort", "data abort", "interrupt"};

static void print_fault_status(void)
{
	uint32_t dfsr, dfar, ifsr, ifar;

	__asm__("mrc p15, 0, %0, c5, c0, 0" : "=r"(dfsr));
	__asm__("mrc p15, 0, %0, c6, c0, 0" : "=r"(dfar));
	__asm__("mrc p15, 0, %0, c5, c0, 1" : "=r"(ifsr));
	__asm__("mrc p15, 0, %0, c6, c0, 2" : "=r"(ifar));
	printk("  dfsr %08x dfar %08x ifsr %08x ifar %08x\n", dfsr, dfar, ifsr, ifar);
}

void fault_report(uint32_t kind, const uint32_t *frame, uint32_t cpsr, uint32_t sp,
		  uint32_t lr)
{
	struct vcpu *v = this_cpu()->current;
	uint32_t pc = frame[13];
	bool ours = !v || (pc >= SIGMA_WINDOW_BASE && (cpsr & MODE_SYS) != MODE_USR);

	printk("%s in %s at pc %08x cpsr %08x sp %08x lr %08x\n", kinds[kind],
	       ours ? "the hypervisor" : v->domain->name, pc, cpsr, sp, lr);
	for (unsigned int i = 0; i < 12; i += 4)
		printk("  r%u %08x r%u %08x r%u %08x r%u %08x\n", i, frame[i], i + 1,
		       frame[i + 1], i + 2, frame[i + 2], i + 3, frame[i + 3]);
	print_fault_status();
	if (ours)
		panic("exception in the hypervisor");
	domain_shutdown(v->domain, SHUTDOWN_crash);
}

void arch_dump_registers(void)
{
	uint32_t cpsr, sp, ttbr0;
	const struct vcpu *v = this_cpu()->current;

	__asm__ volatile("mrs %0, cpsr" : "=r"(cpsr));
	__asm__ volatile("mov %0, sp" : "=r"(sp));
	__asm__ volatile("mrc p15, 0, %0, c2, c0, 0" : "=r"(ttbr0));
	printk("cpu %u cpsr %08x sp %08x ttbr0 %08x vCPU %s.%u called from %p\n",
	       cpu_id(), cpsr, sp, ttbr0, v ? v->domain->name : "-", v ? v->id : 0,
	       __builtin_return_address(0));
}

void arch_halt(void)
{
	for (;;)
		__asm__ volatile("cpsid aif\n"
				 "wfi" ::
					 : "memory");
}
