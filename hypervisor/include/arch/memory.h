/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arch contract: the hypervisor's window and the memory of domains.
 */
#ifndef ARCH_MEMORY_H
#define ARCH_MEMORY_H

#include <hv/types.h>

struct domain;

/**
 * arch_ram_pointer - a machine address in sigma's linear map of RAM
 *
 * While booting; and between arch_sigma_enter() and arch_sigma_leave(): otherwise a
 * domain's own map is loaded and this map is not.
 */
void *arch_ram_pointer(maddr_t m);

/**
 * arch_sigma_enter - load sigma instead of the current guest's map
 *
 * In a hypercall, interrupts masked, one CPU at a time, for a bounded piece of work.
 * The guest's memory is out of reach until arch_sigma_leave(), which also makes
 * instructions written in between visible to every CPU (arch_cache_flush() first).
 */
void arch_sigma_enter(void);
void arch_sigma_leave(void);

/* sigma: RAM [m, m + bytes) becomes visible at arch_ram_pointer().  Boot. */
void arch_map_ram(maddr_t m, uint32_t bytes);

/* Everything is built: give the memory of boot code to the heap. */
void arch_boot_done(void);

/**
 * arch_map_shared - map whole frames into the window for good
 * @m: page aligned machine address
 * @count: frames, contiguous
 * @guest_readonly: no code, guest or hypervisor, shall write there through it
 *
 * For pages that hypervisor and guest share (descriptor, shared_info, vcpu_info,
 * grant frames, rings).  Valid in every address space.
 * Returns NULL when the window has no free slots.
 */
void *arch_map_shared(maddr_t m, unsigned int count, bool guest_readonly);
void arch_unmap_shared(void *ptr, unsigned int count);

/**
 * arch_map_frame - map one frame of RAM for a moment
 * @m: any machine address in RAM; the pointer keeps its offset in the page
 * @slot: 0..3, each a different transient mapping of this CPU
 *
 * The mapping lasts until the same slot of this CPU is used again; never keep it
 * over a reschedule.
 */
void *arch_map_frame(maddr_t m, unsigned int slot);

/**
 * arch_guest_range_ok - may the current guest kernel access this memory now?
 * @va: in the current vCPU's address space, outside the hypervisor's window
 * @write: for writing as well
 *
 * Asks the MMU (ATS1CPR/ATS1CPW) page by page, so that an access through the
 * same virtual address cannot abort afterwards on this CPU.
 */
bool arch_guest_range_ok(vaddr_t va, uint32_t bytes, bool write);

/*
 * <asm/guest_memory.h> defines:
 * void *arch_guest_pointer(vaddr_t va)
 *	pointer for a range that arch_guest_range_ok() accepted just now
 * bool arch_guest_word_ok(vaddr_t va)
 *	arch_guest_range_ok(va, 4, false) for an aligned word, inline
 */
#include <asm/guest_memory.h>

/**
 * arch_guest_walk - virtual to machine in a vCPU's tables, by software
 * @vcpu_id: of @d; its tables as they are loaded or were last saved
 * @steps: what was found at each level, for people (may be NULL)
 *
 * For the console's walk key and diagnostics.  False: not mapped.
 */
struct walk_steps {
	maddr_t table;           /* first-level table (sigma'') */
	uint32_t level1, level2; /* descriptors, 0 = absent */
	maddr_t machine;         /* result */
};
bool arch_guest_walk(struct domain *d, unsigned int vcpu_id, vaddr_t va,
		     struct walk_steps *steps);

/**
 * arch_domain_build - make sigma', the foreign table and the descriptor's mapping
 * @d: RAM placed (ram_base, ram_size, machine_base, foreign_*, reserved_*)
 *
 * Fills d->descriptor (mapped shared, zeroed, addresses of hypercall page, clock
 * and foreign table set), d->sigma, d->foreign.  Boot or runtime.
 * Returns 0 or -XEN_ENOMEM.
 */
int arch_domain_build(struct domain *d);
void arch_domain_free(struct domain *d);

/* Let the domain reach the 1 MiB of device space around m (identity in sigma'). */
void arch_domain_map_device(struct domain *d, maddr_t m, uint32_t bytes);

/* Entry of sigma' that translates p: its hardware word (0 = hole). */
uint32_t arch_sigma_entry(const struct domain *d, paddr_t p);

/**
 * arch_foreign_set - frame @index of the domain's foreign window
 * @m: machine frame to show there, or {0} for none
 *
 * The guest writes its own hardware PTEs from this table; it refreshes and
 * flushes them after the hypercall.
 */
void arch_foreign_set(struct domain *d, uint32_t index, maddr_t m);
maddr_t arch_foreign_get(const struct domain *d, uint32_t index);

/* Clean and invalidate [m, m + bytes) to the point of coherency (DMA, new code). */
void arch_cache_flush(maddr_t m, uint32_t bytes);

#endif
