/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the portable core takes from the board's device tree: the memory.
 */
#ifndef HV_BOARD_H
#define HV_BOARD_H

#include <hv/types.h>

/* Lowest RAM of the board, and so the pseudo-physical base of every domain. */
extern maddr_t board_ram_base;

/**
 * board_memory_scan - hand the board's RAM to the slot allocator
 * @board: checked with tree_check()
 *
 * Banks are the root's nodes with device_type "memory"; /memreserve/ entries and
 * the fixed regions of /reserved-memory are kept out of the slots.  Boot only.
 * 0 or -XEN_EINVAL with *error set.
 */
int board_memory_scan(const void *board, const char **error);

#endif
