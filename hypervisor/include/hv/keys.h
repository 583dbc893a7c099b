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

#endif
