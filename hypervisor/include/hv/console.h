/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one serial port, shared line by line: hypervisor and every domain are
 * sources; each line carries its source's prefix and lines never mix.  One of
 * them has the focus: it gets the input and its unfinished line is visible.
 * Ctrl-A three times moves the focus.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include <hv/types.h>

struct domain;
struct console_source;

void console_init(void); /* before the first printk */

/* Text of a source; the source of the hypervisor is NULL. */
void console_write(struct console_source *source, const char *text, uint32_t bytes);

/* Domain d gets a source named after it. */
int console_create(struct domain *d);
void console_destroy(struct domain *d);

/**
 * console_setup_ring - give a domU Xen's console ring, served by the hypervisor
 * @p: page in the domain's reserved RAM
 * Sets HVM_PARAM_CONSOLE_PFN and _EVTCHN.
 */
int console_setup_ring(struct domain *d, paddr_t p);

/* Hypercall console_io of the current domain. */
long console_read(vaddr_t buffer, uint32_t size);

/* The arch calls these: a character came; room to transmit. */
void console_rx(char c);
void console_tx_ready(void);

/* Transmit everything now, polling: before a stop. */
void console_flush(void);

#endif
