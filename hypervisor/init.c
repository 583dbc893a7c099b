/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The boot of Sigma, step by step: read this first.
 *
 * Before: the bootstrap has checked and unpacked the image; arch/arm/head.S and
 * boot.c have turned the MMU on and found console, clock and interrupt controller.
 */
#include <libfdt.h>

#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/time.h>
#include <hv/board.h>
#include <hv/domain.h>
#include <hv/domain_build.h>
#include <hv/frames.h>
#include <hv/image.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/version.h>
#include <hv/xen.h>

#define STEPS 7

static __init void step(unsigned int number, const char *what)
{
	printk("[%u/%u] %s\n", number, STEPS, what);
}

/* What the bootstrap unpacked: the FIT, and the board's tree right behind it. */
struct unpacked {
	maddr_t base;
	uint32_t bytes;
};

static __init struct unpacked unpacked(const struct boot_info *boot)
{
	uint32_t tree = (uint32_t)(uintptr_t)boot->board, base = boot->fit.m;
	uint32_t end = base + boot->fit_bytes,
		 tree_end = tree + fdt_totalsize(boot->board);

	if (tree < base)
		base = tree;
	if (tree_end > end)
		end = tree_end;
	return (struct unpacked){maddr(base), end - base};
}

static __init void memory_setup(const struct boot_info *boot)
{
	const char *error;

	if (board_memory_scan(boot->board, &error))
		boot_fail("board device tree", "%s", error);
	slots_reserve(boot->image, boot->image_bytes);
	slots_reserve(unpacked(boot).base, unpacked(boot).bytes);
	printk("      RAM %u MiB at %08x, hypervisor at %08x\n",
	       slots_total() >> SLOT_SHIFT, board_ram_base().p, boot->image.m);
}

static __init void image_setup(const struct boot_info *boot, struct fit *fit,
			       struct manifest *manifest)
{
	if (fit_open(fit, arch_ram_pointer(boot->fit), boot->fit_bytes) ||
	    fit_verify_all(fit) || manifest_parse(fit, manifest) ||
	    manifest_check_privileged(fit, manifest))
		boot_fail(fit->part, "%s", fit->error);
	printk("      %u KiB, every hash is right, %u domain%s\n", boot->fit_bytes >> 10,
	       manifest->domain_count, manifest->domain_count == 1 ? "" : "s");
}

static __init void scheduler_setup(const struct manifest *manifest)
{
	int error = sched_setup(manifest->scheduler, manifest->time_slice_us);

	if (error == -XEN_ENOENT)
		boot_fail("manifest", "no scheduler '%s'", manifest->scheduler);
	if (error)
		boot_fail("manifest", "time slice of %u us is not in 1000..30000",
			  manifest->time_slice_us);
	printk("      %s, slices of %u us\n", manifest->scheduler,
	       manifest->time_slice_us);
}

static __init void domains_setup(const struct boot_info *boot)
{
	/* large, and the boot stack is small */
	static struct fit fit;
	static struct manifest manifest;

	step(3, "image: check every part");
	image_setup(boot, &fit, &manifest);

	step(4, "scheduler");
	scheduler_setup(&manifest);

	step(5, "domains: place, load, relocate, describe");
	domains_build(&fit, &manifest, boot->board);

	step(6, "release what only booting needed");
	slots_free(unpacked(boot).base, unpacked(boot).bytes);
}

static __init __attribute__((noinline)) void setup(const struct boot_info *boot)
{
	printk("Sigma %s, engine %s, Xen ABI 4.17\n", SIGMA_VERSION, arch_engine_name);

	step(1, "processor: clock, interrupts");
	printk("      clock %u MHz, %u interrupts\n", arch_clock_hz / 1000000,
	       arch_irq_count());

	step(2, "memory: sigma, the hypervisor's view of all RAM");
	memory_setup(boot);

	domains_setup(boot);
}

/* Not boot code itself, nor inlined into any: it takes that away. */
__attribute__((noinline)) void hv_init(const struct boot_info *boot)
{
	struct domain *d;

	setup(boot);
	arch_boot_done();
	printk("      free: %u MiB for domains, %u KiB for the hypervisor\n",
	       slots_available() >> SLOT_SHIFT, heap_available() >> 10);
	printk("[%u/%u] start the domains; Ctrl-A three times moves the input\n", STEPS,
	       STEPS);
	domain_for_each(d)
		domain_start(d);
	sched_start();
}
