/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only way to a guest's memory by virtual address.  Each copy is checked page
 * by page before it starts; nothing is read twice.
 */
#ifndef HV_GUEST_ACCESS_H
#define HV_GUEST_ACCESS_H

#include <hv/types.h>

struct domain;

/*
 * One access to memory that a guest may change at the same time (adopted pages,
 * grant entries): the compiler neither repeats nor splits it.
 */
#define READ_ONCE(x)         (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))

/* 0 or -XEN_EFAULT; on failure nothing was copied. */
int copy_from_guest(void *to, vaddr_t from, uint32_t bytes);
int copy_to_guest(vaddr_t to, const void *from, uint32_t bytes);

/* Copy in what will be answered in place: checked for writing as well. */
int copy_from_guest_for_update(void *to, vaddr_t from, uint32_t bytes);

/* One word, quickly: for the calls that are hot. */
int read_guest_word(uint32_t *to, vaddr_t from);

/* A 64-bit guest handle, as Xen's structures hold it: false when it is none. */
static inline bool handle_to_vaddr(uint64_t handle, vaddr_t *va)
{
	*va = vaddr((uint32_t)handle);
	return handle >> 32 == 0;
}

/**
 * domain_frame_to_machine - a guest frame number that a guest named, translated
 * @gfn: pseudo-physical page number, any value
 *
 * False when it is not a page of d's RAM that d may lend or share: not RAM at
 * all, or part of sigma', which only the hypervisor writes on d's behalf.
 */
bool domain_frame_to_machine(const struct domain *d, uint64_t gfn, maddr_t *m);

#endif
