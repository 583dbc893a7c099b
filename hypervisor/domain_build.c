// SPDX-License-Identifier: GPL-2.0-only
/*
 * The domains of a manifest: everything is checked and placed first, only then is
 * anything created, so that an image with a fault in it starts no domain at all.
 */
#include <arch/cpu.h>
#include <arch/memory.h>
#include <hv/archive.h>
#include <hv/board.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/domain_build.h>
#include <hv/event.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <libfdt.h>

#define KERNEL_FLOOR 0x4000u /* sigma' lies below */

/* What a domain is made of, and where each piece goes. */
struct plan {
	const struct manifest_domain *m;
	struct fit_image kernel, initrd, fdt;
	struct fit_image image; /* the FIT itself, when m->image_file is set */
	uint32_t initrd_size;   /* with the archive in front of it */
	bool elf;
	struct elf_layout load; /* of the kernel */
	uint32_t reserved_size;
	uint32_t dtb_offset, initrd_offset; /* from ram_base */
	const void *base;                   /* the fdt image, 8-byte aligned; or NULL */
	uint32_t copy_pages;                /* of the heap, when base is a copy */
	maddr_t machine_base;
};

static struct plan plans[MANIFEST_DOMAINS_MAX];

/* Why a plan does not work out; the caller names the domain. */
static char reason[112];

static int fault(const char *format, ...) __attribute__((format(printf, 1, 2)));
static __init int fault(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	hv_vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return -XEN_EINVAL;
}

__init uint32_t domain_reserved_size(uint32_t foreign_size)
{
	uint32_t table = align_up(foreign_size / PAGE_SIZE * 4, PAGE_SIZE);
	uint32_t second_level = align_up((foreign_size >> SLOT_SHIFT) * 1024, PAGE_SIZE);

	return PAGE_SIZE + table + second_level + DOMAIN_OWN_PAGES * PAGE_SIZE;
}

__init paddr_t domain_grant_frames(const struct domain *d)
{
	return paddr(d->reserved_base.p + d->reserved_size -
		     GRANT_FRAMES_MAX * PAGE_SIZE);
}

__init paddr_t domain_xenstore_page(const struct domain *d)
{
	return paddr(domain_grant_frames(d).p - PAGE_SIZE);
}

__init paddr_t domain_console_page(const struct domain *d)
{
	return paddr(domain_grant_frames(d).p - 2 * PAGE_SIZE);
}

__init paddr_t domain_relay_page(const struct domain *d)
{
	return paddr(domain_grant_frames(d).p - 3 * PAGE_SIZE);
}

/* Files that people take for a raw Image by mistake. */
static __init int check_raw(const struct fit_image *kernel)
{
	uint32_t first, zimage;

	if (kernel->size < 64)
		return fault("kernel \"%s\" is too small to be one", kernel->name);
	memcpy(&first, kernel->data, sizeof(first));
	memcpy(&zimage, (const char *)kernel->data + 0x24, sizeof(zimage));
	if (zimage == 0x016f2818)
		return fault(
			"kernel \"%s\" is a zImage; take the raw arch/arm/boot/Image",
			kernel->name);
	if (fdt32_to_cpu(first) == 0x27051956)
		return fault(
			"kernel \"%s\" is an uImage; take the raw arch/arm/boot/Image",
			kernel->name);
	if ((first & 0xffff) == 0x8b1f)
		return fault("kernel \"%s\" is compressed by gzip; take the raw Image",
			     kernel->name);
	return 0;
}

/*
 * Bytes of a raw Image while it boots.  Its .bss is not in the file and nothing
 * says how long it is: Linux's is below an eighth of the rest.
 */
static __init uint32_t raw_extent(uint32_t size)
{
	return size + size / 8 + 0x10000;
}

static __init int plan_kernel(struct plan *p)
{
	uint32_t where = board_ram_base().p + KERNEL_OFFSET;
	const char *error;

	p->elf = elf_is(p->kernel.data, p->kernel.size);
	if (p->elf) {
		if (elf_measure(p->kernel.data, p->kernel.size, where, &p->load,
				&error) != 0)
			return fault("kernel \"%s\" %s", p->kernel.name, error);
		return 0;
	}
	p->load = (struct elf_layout){where, raw_extent(p->kernel.size), where};
	return check_raw(&p->kernel);
}

/* In front of the initrd, Linux takes an archive: with the FIT as a file, if wanted. */
static __init int plan_initrd(struct plan *p)
{
	uint32_t archive = 0;

	if (p->m->image_file != NULL) {
		archive = archive_head(NULL, p->m->image_file, p->image.size) +
			  archive_tail(NULL, p->image.size);
		if (add_overflows(archive, p->image.size))
			return fault("the image is too large for \"image-file\"");
		archive += p->image.size;
	}
	if (add_overflows(archive, p->initrd.size))
		return fault("the image and its initrd are too large together");
	p->initrd_size = archive + p->initrd.size;
	return 0;
}

/* Device tree and initrd high up, the kernel below them. */
static __init int plan_layout(struct plan *p)
{
	uint32_t base = board_ram_base().p, memory = p->m->memory;
	uint32_t initrd = align_up(p->initrd_size, PAGE_SIZE), top;

	p->reserved_size = domain_reserved_size(p->m->foreign);
	if (p->initrd_size > memory ||
	    memory < KERNEL_FLOOR + p->reserved_size + 2 * DOMAIN_TREE_SIZE ||
	    memory - KERNEL_FLOOR - p->reserved_size - 2 * DOMAIN_TREE_SIZE < initrd)
		return fault(
			"memory of %u KiB is too small for initrd%s (%u KiB), device tree "
			"and the hypervisor's %u KiB",
			memory >> 10, p->m->image_file != NULL ? ", image-file" : "",
			initrd >> 10, p->reserved_size >> 10);
	top = (memory - p->reserved_size) & ~PAGE_MASK;
	if (top > LOAD_LIMIT && initrd < LOAD_LIMIT - KERNEL_FLOOR - 2 * DOMAIN_TREE_SIZE)
		top = LOAD_LIMIT;
	p->initrd_offset = top - initrd;
	p->dtb_offset = (p->initrd_offset - DOMAIN_TREE_SIZE) & ~(DOMAIN_TREE_SIZE - 1);
	if (range_in(p->load.base, p->load.size, base + KERNEL_FLOOR,
		     p->dtb_offset - KERNEL_FLOOR))
		return 0;
	if (p->elf && !range_in(p->load.base, p->load.size, base, memory))
		return fault(
			"kernel \"%s\" is linked for %08x to %08x, outside of its RAM",
			p->kernel.name, p->load.base, p->load.base + (p->load.size - 1));
	if (p->elf && p->load.base < base + KERNEL_FLOOR)
		return fault("kernel \"%s\" at %08x overlaps sigma' (the first 16 KiB)",
			     p->kernel.name, p->load.base);
	return fault(
		"memory of %u KiB is too small: kernel \"%s\" (%u KiB) runs into device "
		"tree and initrd",
		memory >> 10, p->kernel.name, p->load.size >> 10);
}

static __init int plan_window(const struct plan *p)
{
	uint32_t base = board_ram_base().p;

	if (add_overflows(p->m->memory, p->m->foreign) ||
	    !range_in(base, p->m->memory + p->m->foreign, 0, SIGMA_WINDOW_BASE))
		return fault(
			"memory and foreign window do not fit below the hypervisor's window "
			"at %08x",
			SIGMA_WINDOW_BASE);
	return 0;
}

/* libfdt wants its trees 8-byte aligned; mkimage only promises 4. */
static __init int plan_base(struct plan *p)
{
	const char *error;
	void *copy;

	if (p->m->fdt == NULL)
		return 0;
	p->base = p->fdt.data;
	if (((uintptr_t)p->base & 7) != 0) {
		p->copy_pages = (p->fdt.size + PAGE_MASK) >> PAGE_SHIFT;
		copy = heap_alloc(p->copy_pages);
		if (copy == NULL)
			return fault("device tree \"%s\" is too large", p->m->fdt);
		memcpy(copy, p->fdt.data, p->fdt.size);
		p->base = copy;
	}
	if (tree_check(p->base, p->fdt.size, &error) != 0)
		return fault("device tree \"%s\" %s", p->m->fdt, error);
	return 0;
}

static __init int plan_domain(struct plan *p)
{
	int result;

	if (strcmp(p->m->engine, arch_engine_name) != 0)
		return fault("engine \"%s\" is unknown; this hypervisor has \"%s\"",
			     p->m->engine, arch_engine_name);
	result = plan_window(p);
	if (result == 0)
		result = plan_kernel(p);
	if (result == 0)
		result = plan_initrd(p);
	if (result == 0)
		result = plan_layout(p);
	if (result == 0)
		result = plan_base(p);
	return result;
}

static __init void find_images(struct fit *fit, struct plan *p)
{
	int result = fit_find(fit, p->m->kernel, &p->kernel);

	if (result == 0 && p->m->initrd != NULL)
		result = fit_find(fit, p->m->initrd, &p->initrd);
	if (result == 0 && p->m->fdt != NULL)
		result = fit_find(fit, p->m->fdt, &p->fdt);
	p->image.data = fit->blob;
	p->image.size = fit->size;
	if (result != 0)
		boot_fail(fit->part, "%s", fit->error);
}

static __init void fail_domain(const struct plan *p, const char *why)
{
	char part[DOMAIN_NAME_SIZE + 8];

	hv_snprintf(part, sizeof(part), "domain %s", p->m->name);
	boot_fail(part, "%s", why);
}

static __init void check_budget(const struct manifest *manifest)
{
	uint32_t needed = 0;

	for (unsigned int i = 0; i < manifest->domain_count; i++)
		needed += manifest->domain[i].memory >> SLOT_SHIFT;
	if (needed > slots_available() >> SLOT_SHIFT)
		boot_fail("manifest", "the domains need %u MiB of RAM, %u MiB are free",
			  needed, slots_available() >> SLOT_SHIFT);
}

/*
 * The privileged domain first, at the address that it calls its own, so that its
 * devices can do DMA; then the others by size, the largest first, so that the order
 * in the manifest decides nothing.
 */
static __init struct plan *next_to_place(unsigned int count)
{
	struct plan *best = NULL;

	for (struct plan *p = plans; p < plans + count; p++) {
		if (p->machine_base.m != 0)
			continue;
		if (best == NULL || (p->m->privileged && !best->m->privileged) ||
		    (p->m->privileged == best->m->privileged &&
		     p->m->memory > best->m->memory))
			best = p;
	}
	return best;
}

static __init void place_all(unsigned int count)
{
	struct plan *p;

	while ((p = next_to_place(count)) != NULL) {
		maddr_t wanted = maddr(p->m->privileged ? board_ram_base().p : 0);

		p->machine_base = slots_alloc(p->m->memory, wanted, false);
		if (p->machine_base.m == 0) {
			fault("no free run of %u MiB RAM is left, the longest is %u MiB",
			      p->m->memory >> SLOT_SHIFT, slots_largest() >> SLOT_SHIFT);
			fail_domain(p, reason);
		}
	}
}

static __init void check_all(struct fit *fit, const struct manifest *manifest,
			     const void *board)
{
	for (unsigned int i = 0; i < manifest->domain_count; i++) {
		plans[i] = (struct plan){.m = &manifest->domain[i]};
		find_images(fit, &plans[i]);
	}
	check_budget(manifest);
	for (unsigned int i = 0; i < manifest->domain_count; i++)
		if (plan_domain(&plans[i]) != 0)
			fail_domain(&plans[i], reason);
	if (domain_devices_check(fit, manifest, board) != 0)
		boot_fail(fit->part, "%s", fit->error);
}

static __init void *ram(const struct domain *d, paddr_t p)
{
	return arch_ram_pointer(maddr_add(d->machine_base, p.p - d->ram_base.p));
}

static __init void flush(const struct domain *d, paddr_t p, uint32_t bytes)
{
	arch_cache_flush(maddr_add(d->machine_base, p.p - d->ram_base.p), bytes);
}

static __init void describe_memory(struct domain *d, const struct plan *p)
{
	d->ram_base = board_ram_base();
	d->ram_size = p->m->memory;
	d->machine_base = p->machine_base;
	d->foreign_base = paddr_add(d->ram_base, d->ram_size);
	d->foreign_size = p->m->foreign;
	d->reserved_size = p->reserved_size;
	d->reserved_base = paddr_add(d->ram_base, d->ram_size - d->reserved_size);
	d->entry = paddr(p->load.entry);
	d->dtb = paddr_add(d->ram_base, p->dtb_offset);
	d->weight = p->m->weight;
	if (p->initrd_size != 0) {
		d->initrd = paddr_add(d->ram_base, p->initrd_offset);
		d->initrd_size = p->initrd_size;
	}
}

static __init void load_initrd(struct domain *d, const struct plan *p)
{
	char *to = ram(d, d->initrd);

	if (p->m->image_file != NULL) {
		to += archive_head(to, p->m->image_file, p->image.size);
		memcpy(to, p->image.data, p->image.size);
		to += p->image.size;
		to += archive_tail(to, p->image.size);
	}
	if (p->initrd.size != 0)
		memcpy(to, p->initrd.data, p->initrd.size);
	flush(d, d->initrd, d->initrd_size);
}

static __init void load_images(struct domain *d, const struct plan *p)
{
	void *to = ram(d, paddr(p->load.base));
	const char *error;

	if (!p->elf)
		memcpy(to, p->kernel.data, p->kernel.size);
	else if (elf_load(p->kernel.data, p->kernel.size, &p->load, to, &error) != 0)
		fail_domain(p, error);
	flush(d, paddr(p->load.base), p->elf ? p->load.size : p->kernel.size);
	if (d->initrd_size != 0)
		load_initrd(d, p);
}

static __init void load_tree(struct domain *d, const struct plan *p,
			     const struct fit *fit, const void *board)
{
	const char *error;
	int size = domain_tree_build(d, p->m, fit, p->base, board, ram(d, d->dtb),
				     DOMAIN_TREE_SIZE, &error);

	if (size < 0)
		fail_domain(p, error);
	d->dtb_size = (uint32_t)size;
	flush(d, d->dtb, d->dtb_size);
}

/* What arch_domain_build() could not know yet. */
static __init void complete_descriptor(const struct domain *d)
{
	d->descriptor->dtb = d->dtb.p;
	d->descriptor->dtb_size = d->dtb_size;
	d->descriptor->initrd = d->initrd.p;
	d->descriptor->initrd_size = d->initrd_size;
}

/*
 * A domU's console and xenstore rings, granted to dom0's daemons in advance.  Until
 * xenstored has introduced the domain, the ring says that it is reconnecting.
 */
static __init int connect_rings(struct domain *d)
{
	paddr_t relay = domain_relay_page(d), xenstore = domain_xenstore_page(d);
	struct xenstore_domain_interface *ring = ram(d, xenstore);
	int port, result;

	result = console_setup_ring(d, domain_console_page(d));
	if (result == 0)
		result = console_setup_relay(d, relay);
	if (result != 0)
		return result;
	port = event_bind_hypervisor(d, 0, NULL);
	if (port < 0)
		return port;
	ring->connection = XENSTORE_RECONNECT;
	flush(d, xenstore, PAGE_SIZE);
	d->hvm_params[HVM_PARAM_STORE_PFN] = xenstore.p >> PAGE_SHIFT;
	d->hvm_params[HVM_PARAM_STORE_EVTCHN] = (uint64_t)port;
	grant_preset(d, GNTTAB_RESERVED_CONSOLE, relay, 0);
	grant_preset(d, GNTTAB_RESERVED_XENSTORE, xenstore, 0);
	return 0;
}

static __init void report(const struct domain *d)
{
	printk("      domain %u %s: %u MiB at %08x (%s), %u vCPU%s, kernel at %08x\n",
	       d->id, d->name, d->ram_size >> SLOT_SHIFT, d->machine_base.m,
	       d->machine_base.m == d->ram_base.p ? "direct" : "relocated", d->vcpu_count,
	       d->vcpu_count == 1 ? "" : "s", d->entry.p);
}

static __init void build_one(const struct plan *p, const struct fit *fit,
			     const void *board)
{
	struct domain *d = domain_create(p->m->name, p->m->vcpus, p->m->privileged);
	const char *error;

	if (d == NULL)
		fail_domain(p, "the hypervisor has no memory left for it");
	describe_memory(d, p);
	memset(ram(d, domain_relay_page(d)), 0, DOMAIN_OWN_PAGES * PAGE_SIZE);
	if (arch_domain_build(d) != 0)
		fail_domain(p, "the hypervisor has no memory left for its tables");
	load_images(d, p);
	if (domain_devices_assign(d, p->m, fit, board, &error) != 0)
		fail_domain(p, error);
	load_tree(d, p, fit, board);
	complete_descriptor(d);
	if (!d->privileged && connect_rings(d) != 0)
		fail_domain(p, "the hypervisor has no memory left for its rings");
	report(d);
}

static __init void build_all(unsigned int count, bool privileged, const struct fit *fit,
			     const void *board)
{
	for (struct plan *p = plans; p < plans + count; p++)
		if (p->m->privileged == privileged)
			build_one(p, fit, board);
}

__init void domains_build(struct fit *fit, const struct manifest *manifest,
			  const void *board)
{
	check_all(fit, manifest, board);
	place_all(manifest->domain_count);
	build_all(manifest->domain_count, true, fit, board);
	build_all(manifest->domain_count, false, fit, board);
	for (unsigned int i = 0; i < manifest->domain_count; i++)
		if (plans[i].copy_pages != 0)
			heap_free((void *)(uintptr_t)plans[i].base, plans[i].copy_pages);
}
