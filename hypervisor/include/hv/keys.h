/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Console keys: what the hypervisor itself does with input while it has the focus.
 * The keys are listed once, in keys.def.
 */
#ifndef HV_KEYS_H
#define HV_KEYS_H

#include <hv/types.h>

/* One character typed; interrupts masked, no lock held. */
void keys_input(char c);

/*
 * Keys from elsewhere (`xl debug-keys`), one after the other, as if they were typed at
 * a console that asks nothing; a question that is open at their end is closed.
 */
void keys_run(const char *text, uint32_t count);

#endif
