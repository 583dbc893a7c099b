/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fbback: the board's screen, keyboard and mouse for the domains.
 *
 * dom0 has the devices.  Each domain with `vfb` has a frame buffer in its own memory
 * (Linux: xen-fbfront) and takes keys (xen-kbdfront).  One picture is on the screen:
 * dom0's console or one domain's, and the keys go where the picture comes from.  A key
 * shows the next one.
 */
#ifndef FBBACK_H
#define FBBACK_H

#include <stdbool.h>
#include <stdint.h>

struct device;

/* End the program with a message; dom0's console is on the screen again. */
void fatal(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* ---- main.c: what is shown ---------------------------------------------------- */

/* Whose picture is on the screen; NULL: dom0's console. */
extern struct device *shown;

/* Show the next picture: dom0's, the domains' by number, and round. */
void show_next(void);

/* A domain's screen can be shown now. */
void show_available(struct device *vfb);

/* A domain's screen goes: show dom0's if that one was on the screen. */
void show_gone(struct device *vfb);

#endif
