/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sigma and the window.
 *
 * Page table walks on a Cortex-A9 go through the data cache (TTBR flags say
 * cacheable), so a written descriptor needs no cleaning, only a DSB before the
 * TLB maintenance (ARM ARM B3.10.1).
 */
#include <asm/engine.h>
#include <asm/mmu.h>
#include <asm/regs.h>
#include <arch/memory.h>
#include <asm/percpu.h>
#include <hv/frames.h>
#include <hv/printk.h>

extern char __text_start[], __text_end[], __rodata_end[], __image_end[], __bss_start[];
extern char __bss_end[], __slot_end[];

uint32_t sigma_table[L1_ENTRIES] __attribute__((aligned(16384)));
static uint32_t window_table[WINDOW_TABLES][L2_ENTRIES] __attribute__((aligned(4096)));
static maddr_t slot_base;

static uint32_t shared_used[WINDOW_SHARED_PAGES / 32];
static spinlock_t shared_lock = SPINLOCK_INIT;

maddr_t image_to_machine(const volatile void *ptr)
{
	return maddr_add(slot_base, (uint32_t)(uintptr_t)ptr - SIGMA_WINDOW_BASE);
}

static uint32_t *window_entry(uint32_t va)
{
	uint32_t page = (va - SIGMA_WINDOW_BASE) >> PAGE_SHIFT;

	CHECK(page < WINDOW_TABLES * L2_ENTRIES);
	return &window_table[page / L2_ENTRIES][page % L2_ENTRIES];
}

void window_map(uint32_t va, maddr_t m, uint32_t flags)
{
	*window_entry(va) = flags ? (m.m & ~PAGE_MASK) | flags : 0;
	tlb_invalidate_page(va);
}

static __init void window_map_image(uintptr_t start, uintptr_t end, uint32_t flags)
{
	for (uintptr_t va = start; va < end; va += PAGE_SIZE)
		*window_entry((uint32_t)va) =
			(slot_base.m + (uint32_t)va - SIGMA_WINDOW_BASE) | flags;
}

void window_copy_entries(uint32_t *table)
{
	for (unsigned int i = 0; i < SIGMA_WINDOW_SIZE >> SLOT_SHIFT; i++)
		table[(SIGMA_WINDOW_BASE >> SLOT_SHIFT) + i] =
			i < WINDOW_TABLES ? image_to_machine(window_table[i]).m | L1_TABLE
					  : 0;
}

__init void window_init(maddr_t slot)
{
	slot_base = slot;
	window_map_image((uintptr_t)__text_start, (uintptr_t)__text_end, PAGE_TEXT);
	window_map_image((uintptr_t)__text_end, (uintptr_t)__rodata_end, PAGE_RODATA);
	window_map_image((uintptr_t)__rodata_end, (uintptr_t)__slot_end, PAGE_DATA);
	/* boot code goes back to the heap later: mmu_release_init */
	extern char __init_start[], __init_end[];

	window_map_image((uintptr_t)__init_start, (uintptr_t)__init_end, PAGE_TEXT);
	for (unsigned int cpu = 0; cpu < CPU_COUNT_MAX; cpu++)
		*window_entry((uint32_t)(uintptr_t)cpu_areas[cpu]) = 0;
	window_copy_entries(sigma_table);
	sigma_table[slot.m >> SLOT_SHIFT] = 0; /* until sigma_map_ram: never executable */
	tlb_invalidate_all();
}

__init void sigma_map_ram(maddr_t m, uint32_t bytes)
{
	uint32_t first = m.m >> SLOT_SHIFT;
	uint32_t last = (m.m + (bytes - 1)) >> SLOT_SHIFT;

	for (uint32_t i = first; i <= last; i++)
		sigma_table[i] = i << SLOT_SHIFT | SECTION_RAM_KERNEL | SECTION_XN;
	tlb_invalidate_all();
}

void *arch_ram_pointer(maddr_t m)
{
	return (void *)(uintptr_t)m.m;
}

/* What a guest may have set otherwise than sigma wants it. */
static struct guest_map {
	uint32_t ttbr0, ttbr1, ttbcr, dacr, vbar;
} left;

/*
 * Both maps have the window, where this runs, so the order of the writes does not
 * matter; the TLB is emptied when the last has been made (ARM ARM B3.10.1).
 */
static void map_load(const struct guest_map *map)
{
	__asm__ volatile("mcr p15, 0, %0, c2, c0, 0\n"  /* TTBR0 */
			 "mcr p15, 0, %1, c2, c0, 1\n"  /* TTBR1 */
			 "mcr p15, 0, %2, c2, c0, 2\n"  /* TTBCR */
			 "mcr p15, 0, %3, c3, c0, 0\n"  /* DACR */
			 "mcr p15, 0, %4, c12, c0, 0\n" /* VBAR */
			 "isb"
			 :
			 : "r"(map->ttbr0), "r"(map->ttbr1), "r"(map->ttbcr),
			   "r"(map->dacr), "r"(map->vbar)
			 : "memory");
	tlb_invalidate_all();
}

void arch_sigma_enter(void)
{
	uint32_t sigma = image_to_machine(sigma_table).m | TTBR_FLAGS;

	__asm__ volatile("mrc p15, 0, %0, c2, c0, 0\n"
			 "mrc p15, 0, %1, c2, c0, 1\n"
			 "mrc p15, 0, %2, c2, c0, 2\n"
			 "mrc p15, 0, %3, c3, c0, 0\n"
			 "mrc p15, 0, %4, c12, c0, 0"
			 : "=r"(left.ttbr0), "=r"(left.ttbr1), "=r"(left.ttbcr),
			   "=r"(left.dacr), "=r"(left.vbar));
	map_load(&(struct guest_map){sigma, sigma, 0, 1,
				     (uint32_t)(uintptr_t)fault_vectors});
}

void arch_sigma_leave(void)
{
	map_load(&left);
	__asm__ volatile("mcr p15, 0, %0, c7, c1, 0\n" /* ICIALLUIS */
			 "dsb\n"
			 "isb"
			 :
			 : "r"(0)
			 : "memory");
}

static bool shared_taken(unsigned int slot)
{
	return shared_used[slot / 32] & (1u << slot % 32);
}

/* First fit of `count` slots; WINDOW_SHARED_PAGES: none. */
static unsigned int shared_find(unsigned int count)
{
	unsigned int run = 0;

	for (unsigned int slot = 0; slot < WINDOW_SHARED_PAGES; slot++) {
		run = shared_taken(slot) ? 0 : run + 1;
		if (run == count)
			return slot + 1 - count;
	}
	return WINDOW_SHARED_PAGES;
}

void *arch_map_shared(maddr_t m, unsigned int count, bool guest_readonly)
{
	uint32_t flags = guest_readonly ? PAGE_RODATA : PAGE_DATA;
	unsigned int first;

	spin_lock(&shared_lock);
	first = shared_find(count);
	if (first == WINDOW_SHARED_PAGES) {
		spin_unlock(&shared_lock);
		return NULL;
	}
	for (unsigned int slot = first; slot < first + count; slot++)
		shared_used[slot / 32] |= 1u << slot % 32;
	spin_unlock(&shared_lock);
	for (unsigned int i = 0; i < count; i++)
		window_map(WINDOW_SHARED + ((first + i) << PAGE_SHIFT),
			   maddr_add(m, i << PAGE_SHIFT), flags);
	return (void *)(uintptr_t)(WINDOW_SHARED + (first << PAGE_SHIFT) +
				   (m.m & PAGE_MASK));
}

void arch_unmap_shared(void *ptr, unsigned int count)
{
	uint32_t va = (uint32_t)(uintptr_t)ptr & ~PAGE_MASK;
	unsigned int first = (va - WINDOW_SHARED) >> PAGE_SHIFT;

	CHECK(first + count <= WINDOW_SHARED_PAGES);
	for (unsigned int i = 0; i < count; i++)
		window_map(va + (i << PAGE_SHIFT), maddr(0), 0);
	spin_lock(&shared_lock);
	for (unsigned int slot = first; slot < first + count; slot++)
		shared_used[slot / 32] &= ~(1u << slot % 32);
	spin_unlock(&shared_lock);
}

void *arch_map_frame(maddr_t m, unsigned int slot)
{
	uint32_t va = WINDOW_FRAMES + ((cpu_id() * FRAME_SLOTS + slot) << PAGE_SHIFT);
	uint32_t *entry = window_entry(va);
	uint32_t wanted = (m.m & ~PAGE_MASK) | PAGE_DATA;

	CHECK(slot < FRAME_SLOTS);
	if (*entry != wanted) {
		*entry = wanted;
		tlb_invalidate_page(va);
	}
	return (void *)(uintptr_t)(va + (m.m & PAGE_MASK));
}

void arch_cache_flush(maddr_t m, uint32_t bytes)
{
	uint32_t done = 0;

	while (done < bytes) {
		char *p = arch_map_frame(maddr_add(m, done), FRAME_SLOTS - 1);
		uint32_t chunk = PAGE_SIZE - (((uint32_t)(uintptr_t)p) & PAGE_MASK);

		if (chunk > bytes - done)
			chunk = bytes - done;
		for (char *line = (char *)((uintptr_t)p & ~(uintptr_t)(CACHE_LINE - 1));
		     line < p + chunk; line += CACHE_LINE)
			__asm__ volatile("mcr p15, 0, %0, c7, c14, 1"
					 :
					 : "r"(line)
					 : "memory");
		done += chunk;
	}
	__asm__ volatile("dsb" : : : "memory");
}
