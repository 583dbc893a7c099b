/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arch contract: the board's serial port, which the hypervisor owns.
 */
#ifndef ARCH_CONSOLE_H
#define ARCH_CONSOLE_H

#include <hv/types.h>

/* Take one character to transmit; false: the port's queue is full. */
bool arch_console_put(char c);

/* Next character received; -1: none. */
int arch_console_get(void);

/* Ask for console_tx_ready() (hv/console.h) when the queue has room again. */
void arch_console_tx_interrupt(bool on);

#endif
