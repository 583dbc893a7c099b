/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The board's screen: dom0's /dev/fb0.  dom0's console draws there too, so this
 * program takes a virtual terminal of dom0 for itself, deaf to the keyboard.  While
 * that is the active one, it is in graphics mode: dom0's console draws nothing, and
 * nobody but this program can make another terminal the active one.
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

/* Take the screen from dom0's console, if it has it.  What it drew is still there. */
void screen_take(void);

/* Give it back to dom0's console, which draws itself anew.  No harm if it has it. */
void screen_give_back(void);

/* All black. */
void screen_clear(void);

/* Write a line to dom0's console on the screen. */
void screen_note(const char *text);

#endif
