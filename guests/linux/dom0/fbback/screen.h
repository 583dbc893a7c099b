/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The board's screen: dom0's /dev/fb0.  dom0's console draws there too, so this
 * program takes a virtual terminal of dom0 for itself, in graphics mode and deaf to
 * the keyboard: while that terminal is the active one, the screen is ours.
 */
#ifndef FBBACK_SCREEN_H
#define FBBACK_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "picture.h"

extern struct surface screen;

/*
 * Open it and show dom0's console.  dom0's terminals forget what `key` (a code of
 * Linux's input layer) means to them.  Exits with a message if there is no screen or
 * its pixels are none that we can write.
 */
void screen_start(uint32_t key);

/* Take the screen from dom0's console, black. */
void screen_take(void);

/* Give it back to dom0's console, which draws itself anew.  No harm if it has it. */
void screen_give_back(void);

/* All black. */
void screen_clear(void);

/* Write a line to dom0's console on the screen. */
void screen_note(const char *text);

/*
 * Readable as an "exceptional condition" (POLLPRI) when another terminal has become
 * the active one; then screen_lost() says whether that is not ours (any more).
 */
int screen_active_fd(void);
bool screen_lost(void);

#endif
