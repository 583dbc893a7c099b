/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keyboards and mice of domains: backend of Xen's public/io/kbdif.h.
 *
 * The shared page is a grant.  A ring that the domain does not empty loses no state:
 * the keys that are down and the way that the mouse has gone are kept here, and what
 * the frontend has not heard of it yet is sent when there is room.
 */
#ifndef FBBACK_VKBD_H
#define FBBACK_VKBD_H

#include <stdint.h>

struct device;

/* Open what the keyboards need; exits with a message if that fails. */
void vkbd_start(void);

/* A key or button, Linux's code: 0 up, 1 down, 2 repeats. */
void vkbd_key(struct device *d, uint32_t code, int value);

/* The mouse has moved: right, down, and its wheel away from the user. */
void vkbd_move(struct device *d, int32_t x, int32_t y, int32_t wheel);

/* All keys are up, as far as the domain is concerned. */
void vkbd_release(struct device *d);

/* Send what has been given. */
void vkbd_flush(struct device *d);

#endif
