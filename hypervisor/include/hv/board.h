/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the hypervisor itself takes from a board's device tree: the memory, and
 * which devices it keeps.  Trees as tree_check() accepts them.
 */
#ifndef HV_BOARD_H
#define HV_BOARD_H

#include <hv/types.h>

/**
 * board_memory_scan - hand the board's RAM to sigma and to the slot allocator
 * @board: the board's device tree
 *
 * Banks are the root's nodes with device_type "memory"; /memreserve/ entries and
 * the fixed regions of /reserved-memory are kept out of the slots.  Boot only.
 * 0 or a negative Xen errno with *error set.
 */
int board_memory_scan(const void *board, const char **error);

/* Lowest whole slot of RAM: the pseudo-physical base of every domain. */
paddr_t board_ram_base(void);

/* What its processor is compatible with, cut to 31 characters. */
const char *board_cpu(void);

enum board_role {
	ROLE_NONE,       /* not the hypervisor's */
	ROLE_INTERRUPTS, /* the interrupt controller: domains see sigma,virq there */
	ROLE_HYPERVISOR, /* other devices that the hypervisor keeps for itself */
};

/* @console: board_console_node() of the same tree */
enum board_role board_node_role(const void *tree, int node, int console);

/* The hypervisor's serial port: /chosen's stdout-path or alias serial0; -1: none. */
int board_console_node(const void *tree);

/* Register range / interrupt `index` of a node.  0 or a negative Xen errno. */
int board_node_reg(const void *tree, int node, unsigned int index, maddr_t *base,
		   uint32_t *bytes);
int board_node_irq(const void *tree, int node, unsigned int index, unsigned int *irq);

#endif
