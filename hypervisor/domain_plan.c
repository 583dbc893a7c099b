// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a domain is made of and where each piece goes, found out before anything is
 * made; then the pieces are put there, as many bytes at a time as the caller wants.
 */
#include <arch/cpu.h>
#include <arch/memory.h>
#include <hv/archive.h>
#include <hv/board.h>
#include <hv/domain_build.h>
#include <hv/frames.h>
#include <hv/xen.h>
#include <libfdt.h>

#define KERNEL_FLOOR 0x4000u  /* sigma' lies below */
#define BASE_MAX     0x20000u /* bytes of a base tree */

/* Refuse the domain; the answer. */
#define fault(p, ...) fit_fail((p)->fit, -XEN_EINVAL, "domain", (p)->m->name, __VA_ARGS__)

uint32_t domain_reserved_size(uint32_t foreign_size)
{
	uint32_t table = align_up(foreign_size / PAGE_SIZE * 4, PAGE_SIZE);
	uint32_t second_level = align_up((foreign_size >> SLOT_SHIFT) * 1024, PAGE_SIZE);

	return PAGE_SIZE + table + second_level + DOMAIN_OWN_PAGES * PAGE_SIZE;
}

/* Files that people take for a raw Image by mistake. */
static int check_raw(const struct domain_plan *p)
{
	const struct fit_image *kernel = &p->kernel;
	uint32_t first, zimage;

	if (kernel->size < 64)
		return fault(p, "kernel \"%s\" is too small to be one", kernel->name);
	memcpy(&first, kernel->data, sizeof(first));
	memcpy(&zimage, (const char *)kernel->data + 0x24, sizeof(zimage));
	if (zimage == 0x016f2818)
		return fault(
			p, "kernel \"%s\" is a zImage; take the raw arch/arm/boot/Image",
			kernel->name);
	if (fdt32_to_cpu(first) == 0x27051956)
		return fault(
			p, "kernel \"%s\" is an uImage; take the raw arch/arm/boot/Image",
			kernel->name);
	if ((first & 0xffff) == 0x8b1f)
		return fault(p, "kernel \"%s\" is compressed by gzip; take the raw Image",
			     kernel->name);
	return 0;
}

/*
 * Bytes of a raw Image while it boots.  Its .bss is not in the file and nothing
 * says how long it is: Linux's is below an eighth of the rest.
 */
static uint32_t raw_extent(uint32_t size)
{
	return size + size / 8 + 0x10000;
}

static int plan_kernel(struct domain_plan *p)
{
	uint32_t where = board_ram_base().p + KERNEL_OFFSET;
	const char *error;

	p->elf = elf_is(p->kernel.data, p->kernel.size);
	if (p->elf) {
		if (elf_measure(p->kernel.data, p->kernel.size, where, &p->load,
				&error) != 0)
			return fault(p, "kernel \"%s\" %s", p->kernel.name, error);
		return 0;
	}
	p->load = (struct elf_layout){
		.base = where, .size = raw_extent(p->kernel.size), .entry = where};
	return check_raw(p);
}

/* In front of the initrd, Linux takes an archive: with the FIT as a file, if wanted. */
static int plan_initrd(struct domain_plan *p)
{
	uint32_t archive = 0;

	if (p->m->image_file != NULL) {
		archive = archive_head(NULL, p->m->image_file, p->fit->size) +
			  archive_tail(NULL, p->fit->size);
		if (add_overflows(archive, p->fit->size))
			return fault(p, "the image is too large for \"image-file\"");
		archive += p->fit->size;
	}
	if (add_overflows(archive, p->initrd.size))
		return fault(p, "the image and its initrd are too large together");
	p->initrd_size = archive + p->initrd.size;
	return 0;
}

/* Device tree and initrd high up, the kernel below them. */
static int plan_layout(struct domain_plan *p)
{
	uint32_t base = board_ram_base().p, memory = p->m->memory;
	uint32_t initrd = align_up(p->initrd_size, PAGE_SIZE), top;

	p->reserved_size = domain_reserved_size(p->m->foreign);
	if (p->initrd_size > memory ||
	    memory < KERNEL_FLOOR + p->reserved_size + 2 * DOMAIN_TREE_SIZE ||
	    memory - KERNEL_FLOOR - p->reserved_size - 2 * DOMAIN_TREE_SIZE < initrd)
		return fault(
			p,
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
			p, "kernel \"%s\" is linked for %08x to %08x, outside of its RAM",
			p->kernel.name, p->load.base, p->load.base + (p->load.size - 1));
	if (p->elf && p->load.base < base + KERNEL_FLOOR)
		return fault(p,
			     "kernel \"%s\" at %08x overlaps sigma' (the first 16 KiB)",
			     p->kernel.name, p->load.base);
	return fault(
		p,
		"memory of %u KiB is too small: kernel \"%s\" (%u KiB) runs into device "
		"tree and initrd",
		memory >> 10, p->kernel.name, p->load.size >> 10);
}

static int plan_window(struct domain_plan *p)
{
	uint32_t base = board_ram_base().p;

	if (add_overflows(p->m->memory, p->m->foreign) ||
	    !range_in(base, p->m->memory + p->m->foreign, 0, SIGMA_WINDOW_BASE))
		return fault(
			p,
			"memory and foreign window do not fit below the hypervisor's window "
			"at %08x",
			SIGMA_WINDOW_BASE);
	return 0;
}

/* libfdt wants its trees 8-byte aligned; mkimage only promises 4. */
static int plan_base(struct domain_plan *p)
{
	const char *error;
	void *copy;

	if (p->m->fdt == NULL)
		return 0;
	if (p->fdt.size > BASE_MAX)
		return fault(p, "device tree \"%s\" has more than %u KiB", p->m->fdt,
			     BASE_MAX >> 10);
	p->base = p->fdt.data;
	if (((uintptr_t)p->base & 7) != 0) {
		p->copy_pages = (p->fdt.size + PAGE_MASK) >> PAGE_SHIFT;
		copy = heap_alloc(p->copy_pages);
		if (copy == NULL) {
			p->copy_pages = 0;
			return fault(p, "device tree \"%s\" is too large", p->m->fdt);
		}
		memcpy(copy, p->fdt.data, p->fdt.size);
		p->base = copy;
	}
	if (tree_check(p->base, p->fdt.size, &error) != 0)
		return fault(p, "device tree \"%s\" %s", p->m->fdt, error);
	return 0;
}

static int find_images(struct domain_plan *p)
{
	int result = fit_find(p->fit, p->m->kernel, &p->kernel);

	if (result == 0 && p->m->initrd != NULL)
		result = fit_find(p->fit, p->m->initrd, &p->initrd);
	if (result == 0 && p->m->fdt != NULL)
		result = fit_find(p->fit, p->m->fdt, &p->fdt);
	return result;
}

int plan_make(struct domain_plan *p, struct fit *fit, const struct manifest_domain *m)
{
	int result;

	*p = (struct domain_plan){.fit = fit, .m = m};
	if (strcmp(m->engine, arch_engine_name) != 0)
		return fault(p, "engine \"%s\" is unknown; this hypervisor has \"%s\"",
			     m->engine, arch_engine_name);
	result = find_images(p);
	if (result == 0)
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

static void add_piece(struct domain_plan *p, uint32_t to, const void *from,
		      uint32_t bytes)
{
	if (bytes != 0)
		p->piece[p->count++] = (struct load_piece){to, from, bytes};
}

/* The list of what plan_load() does. */
static void add_pieces(struct domain_plan *p, bool scrub)
{
	uint32_t kernel = p->load.base - board_ram_base().p;
	uint32_t initrd = p->initrd_offset + (p->initrd_size - p->initrd.size);
	const char *file = p->kernel.data;

	if (scrub)
		add_piece(p, 0, NULL, p->m->memory);
	else if (p->elf)
		add_piece(p, kernel, NULL, p->load.size);
	if (!p->elf)
		add_piece(p, kernel, file, p->kernel.size);
	for (unsigned int i = 0; i < p->load.count; i++)
		add_piece(p, kernel + p->load.segment[i].to,
			  file + p->load.segment[i].from, p->load.segment[i].bytes);
	add_piece(p, initrd, p->initrd.data, p->initrd.size);
	if (p->m->image_file != NULL)
		add_piece(p,
			  p->initrd_offset +
				  archive_head(NULL, p->m->image_file, p->fit->size),
			  p->fit->blob, p->fit->size);
}

int plan_place(struct domain_plan *p, bool scrub)
{
	maddr_t wanted = maddr(p->m->privileged ? board_ram_base().p : 0);

	p->machine_base = slots_alloc(p->m->memory, wanted, false);
	if (p->machine_base.m == 0)
		return fault(p,
			     "no free run of %u MiB RAM is left, the longest is %u MiB",
			     p->m->memory >> SLOT_SHIFT, slots_largest() >> SLOT_SHIFT);
	add_pieces(p, scrub);
	return 0;
}

static maddr_t machine(const struct domain_plan *p, uint32_t offset)
{
	return maddr_add(p->machine_base, offset);
}

/* What is no copy: relocations, and the archive around the FIT. */
static void complete(const struct domain_plan *p)
{
	char *initrd = arch_ram_pointer(machine(p, p->initrd_offset));

	if (p->elf)
		elf_relocate(
			p->kernel.data, &p->load,
			arch_ram_pointer(machine(p, p->load.base - board_ram_base().p)));
	if (p->m->image_file != NULL) {
		initrd += archive_head(initrd, p->m->image_file, p->fit->size);
		archive_tail(initrd + p->fit->size, p->fit->size);
	}
}

/* The next bytes of the list are copied, or in the second pass flushed. */
static void treat(const struct domain_plan *p, const struct load_piece *piece,
		  uint32_t bytes)
{
	maddr_t to = machine(p, piece->to + p->done);

	if (p->loaded && piece->from != NULL)
		arch_cache_flush(to, bytes);
	else if (!p->loaded && piece->from != NULL)
		memcpy(arch_ram_pointer(to), (const char *)piece->from + p->done, bytes);
	else if (!p->loaded)
		memset(arch_ram_pointer(to), 0, bytes);
}

bool plan_load(struct domain_plan *p, uint32_t bytes)
{
	const struct load_piece *piece = &p->piece[p->at];
	uint32_t left;

	if (p->at == p->count) {
		if (p->loaded)
			return false;
		complete(p);
		p->loaded = true; /* what is code must be in memory before it runs */
		p->at = 0;
		return true;
	}
	left = piece->bytes - p->done;
	if (bytes < left) {
		treat(p, piece, bytes);
		p->done += bytes;
	} else {
		treat(p, piece, left);
		p->done = 0;
		p->at++;
	}
	return true;
}

void plan_drop(struct domain_plan *p)
{
	if (p->copy_pages != 0)
		heap_free((void *)(uintptr_t)p->base, p->copy_pages);
	p->copy_pages = 0;
	if (p->machine_base.m != 0)
		slots_free(p->machine_base, p->m->memory);
	p->machine_base = maddr(0);
}
