/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screens of domains: backend of Xen's public/io/fbif.h.
 *
 * The frontend's shared page and frame buffer are named by frame numbers, not by
 * grants: that is the protocol, so they are mapped as foreign pages.  The frame buffer
 * is mapped only while it is shown: one picture at most takes room in dom0's foreign
 * window, however many domains there are.
 */
#ifndef FBBACK_VFB_H
#define FBBACK_VFB_H

#include <stdbool.h>

struct device;

/* Open what the screens need; exits with a message if that fails. */
void vfb_start(void);

/* Map the frame buffer and draw it; false: the device has been closed. */
bool vfb_show(struct device *d);

/* Unmap it. */
void vfb_hide(struct device *d);

/* Of the screen that is shown: has something changed since vfb_draw()? */
bool vfb_dirty(const struct device *d);

/* Draw what has changed. */
void vfb_draw(struct device *d);

#endif
