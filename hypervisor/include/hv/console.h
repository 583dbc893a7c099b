/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one serial port, shared line by line: hypervisor and every domain are
 * sources; each line carries its source's prefix and lines never mix.  One of
 * them has the focus: it gets the input and its unfinished line is visible.
 * Ctrl-A three times moves the focus.
 *
 * A source without the focus is shown in whole lines (longer than
 * CONSOLE_LINE_SIZE: in pieces), as plain text: only the focused source's control
 * sequences reach the terminal.
 *
 * Locking: one lock inside, innermost; events are raised after it is released.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include <hv/types.h>

struct domain;
struct console_source;

void console_init(void); /* before the first printk */

/* Text of a source; the source of the hypervisor is NULL. */
void console_write(struct console_source *source, const char *text, uint32_t bytes);

/* Domain d gets a source named after it; dom0's gets the focus.  Returns 0. */
int console_create(struct domain *d);
void console_destroy(struct domain *d);

/**
 * console_setup_ring - give a domU Xen's console ring, served by the hypervisor
 * @p: page in the domain's reserved RAM
 *
 * Sets HVM_PARAM_CONSOLE_PFN and _EVTCHN.  Input goes to the ring once the guest
 * has notified its port for the first time; until then console_io reads it.
 * Returns 0, -XEN_EINVAL (not the domain's RAM), -XEN_ENOMEM or -XEN_ENOSPC.
 */
int console_setup_ring(struct domain *d, paddr_t p);

/**
 * console_setup_relay - the same console for dom0's xenconsoled, at the same time
 * @p: page in the domain's reserved RAM, to be granted to dom0
 *
 * Sets SIGMA_HVM_PARAM_RELAY_PFN and _RELAY_EVTCHN.  See <hv/console_relay.h>.
 * Returns 0, -XEN_EINVAL (not the domain's RAM), -XEN_ENOMEM or -XEN_ENOSPC.
 */
int console_setup_relay(struct domain *d, paddr_t p);

/**
 * console_read - hypercall console_io, CONSOLEIO_read of the current domain
 * Returns how many characters were stored (0: none there), or -XEN_EFAULT.
 */
long console_read(vaddr_t buffer, uint32_t size);

/* The arch calls these: a character came; room to transmit. */
void console_rx(char c);
void console_tx_ready(void);

/* Transmit everything now, polling: before a stop. */
void console_flush(void);

/* Before a panic's first line: the lock may be held by what failed. */
void console_break_lock(void);

/* Echo of the console keys on the hypervisor's input line (keys.c). */
void console_echo(const char *text, uint32_t bytes);

/* Give dom0 the focus (or whoever comes next) and say so. */
void console_leave_hypervisor(void);

#endif
