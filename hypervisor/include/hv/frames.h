/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Machine memory.  Two allocators, both with one lock each:
 *   slots  1 MiB of RAM each, for domains (contiguous runs)
 *   heap   4 KiB pages in the hypervisor's own slot, for its structures
 */
#ifndef HV_FRAMES_H
#define HV_FRAMES_H

#include <hv/types.h>

#define RAM_SLOTS_MAX 4096

/* RAM [base, base + size) exists; whole slots of it become free.  Boot. */
void slots_add(maddr_t base, uint32_t size);
/* Never hand out what touches [base, base + size): reservations, the image. */
void slots_reserve(maddr_t base, uint32_t size);
/* Give back what slots_reserve() or slots_alloc() took, by the same arguments. */
void slots_free(maddr_t base, uint32_t size);

/**
 * slots_alloc - a contiguous run of RAM
 * @wanted: preferred machine address, or {0}: anywhere (the highest run that fits)
 * @exact: fail rather than place it elsewhere
 * Returns {0} when there is no such run.
 */
maddr_t slots_alloc(uint32_t size, maddr_t wanted, bool exact);
uint32_t slots_total(void);                   /* bytes of RAM */
uint32_t slots_available(void);               /* bytes free */
uint32_t slots_largest(void);                 /* bytes in the longest free run */
bool ram_contains(maddr_t m, uint32_t bytes); /* is all of it RAM? */
bool ram_touches(maddr_t m, uint32_t bytes);  /* is any of it RAM? */

/*
 * The heap: pages inside the hypervisor's slot.  Contents zeroed.  Several regions
 * may be added, all within one 1 MiB aligned piece of the address space.
 */
void heap_add(void *start, uint32_t bytes);
void *heap_alloc(unsigned int pages); /* contiguous, page aligned; NULL: none */
void heap_free(void *ptr, unsigned int pages);
uint32_t heap_available(void); /* bytes */

#endif
