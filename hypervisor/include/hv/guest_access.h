/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only way to a guest's memory by virtual address.  Each copy is checked page
 * by page before it starts; nothing is read twice.
 */
#ifndef HV_GUEST_ACCESS_H
#define HV_GUEST_ACCESS_H

#include <hv/types.h>

/* 0 or -XEN_EFAULT; on failure nothing was copied. */
int copy_from_guest(void *to, vaddr_t from, uint32_t bytes);
int copy_to_guest(vaddr_t to, const void *from, uint32_t bytes);

#endif
