/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's window, 0xff000000..0xff7fffff in every address space:
 *
 *   ff000000  1 MiB  the hypervisor's own slot: code, data, stacks, heap
 *   ff100000  2 MiB  frames shared with domains (descriptors, rings, …)
 *   ff300000  1 MiB  devices, then transient mappings of single frames
 *   ff400000         not mapped
 *
 * Four second-level tables; each page has the permissions of what it holds.
 */
#ifndef ASM_WINDOW_H
#define ASM_WINDOW_H

#include <public/sigma.h>

#define WINDOW_TABLES 4

#define WINDOW_SHARED       (SIGMA_WINDOW_BASE + 0x100000)
#define WINDOW_SHARED_PAGES 512

#define WINDOW_DEVICES (SIGMA_WINDOW_BASE + 0x300000)
#define MPCORE_VA      (WINDOW_DEVICES + 0x0000) /* SCU, GIC CPU interface, timers */
#define GICD_VA        (WINDOW_DEVICES + 0x1000) /* GIC distributor */
#define UART_VA        (WINDOW_DEVICES + 0x2000)
#define SYSREG_VA      (WINDOW_DEVICES + 0x3000) /* board's system registers */
#define CLOCK_VA       (WINDOW_DEVICES + 0x4000) /* MPCORE again, read only, for guests */

#define WINDOW_FRAMES (WINDOW_DEVICES + 0x80000)
#define FRAME_SLOTS   4 /* for each CPU */

/* Offsets in the private memory region: Cortex-A9 MPCore TRM 1.5, table 1-3. */
#define SCU_OFFSET           0x0
#define GICC_OFFSET          0x100
#define GLOBAL_TIMER_OFFSET  0x200
#define PRIVATE_TIMER_OFFSET 0x600
#define WATCHDOG_OFFSET      0x620

#endif
