/* SPDX-License-Identifier: MIT */
/*
 * A bad neighbour: it masks its interrupts and spins for good.  The other domain
 * must not notice.
 */
#include "guest.h"

void guest_main(void)
{
	guest_printf("spinning with interrupts masked, forever\n");
	guest_printf("PASS: %s\n", guest_name);
	irq_disable();
	for (;;)
		__asm__ volatile("");
}
