/* SPDX-License-Identifier: GPL-2.0-only */
/* dom0's keyboards and mice: /dev/input/event*. */
#ifndef FBBACK_INPUT_H
#define FBBACK_INPUT_H

#include <poll.h>
#include <stdint.h>

#define INPUT_MAX 8 /* devices */

/* Open all that there are.  `key` is the one that shows the next screen. */
void input_start(uint32_t key);

/* Fill in what to poll for; how many. */
unsigned int input_poll(struct pollfd *fds);

/* Take what one of these has to say. */
void input_event(const struct pollfd *fd);

#endif
