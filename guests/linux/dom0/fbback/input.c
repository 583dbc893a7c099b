// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <linux/input.h>
#include <stdio.h>
#include <unistd.h>

#include "device.h"
#include "fbback.h"
#include "input.h"
#include "vkbd.h"

static int inputs[INPUT_MAX];
static unsigned int input_count;
static uint32_t switch_key;

void input_start(uint32_t key)
{
	switch_key = key;
	for (unsigned int i = 0; i < 32 && input_count < INPUT_MAX; i++) {
		char path[32];
		int fd;

		snprintf(path, sizeof(path), "/dev/input/event%u", i);
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0)
			inputs[input_count++] = fd;
	}
	if (!input_count)
		fprintf(stderr,
			"fbback: dom0 has no keyboard and no mouse in /dev/input\n");
}

unsigned int input_poll(struct pollfd *fds)
{
	for (unsigned int i = 0; i < input_count; i++)
		fds[i] = (struct pollfd){inputs[i], POLLIN, 0};
	return input_count;
}

static struct device *target(void)
{
	return shown ? device_find(&vkbd_kind, shown->domid) : NULL;
}

static void take_motion(struct device *d, const struct input_event *e)
{
	switch (e->code) {
	case REL_X:
		vkbd_move(d, e->value, 0, 0);
		break;
	case REL_Y:
		vkbd_move(d, 0, e->value, 0);
		break;
	case REL_WHEEL:
		vkbd_move(d, 0, 0, e->value);
		break;
	default:
		break;
	}
}

static void take(const struct input_event *e)
{
	struct device *d;

	if (e->type == EV_KEY && e->code == switch_key) {
		if (e->value == 1)
			show_next();
		return;
	}
	d = target();
	if (!d)
		return;
	if (e->type == EV_KEY)
		vkbd_key(d, e->code, e->value);
	else if (e->type == EV_REL)
		take_motion(d, e);
	else if (e->type == EV_SYN && e->code == SYN_REPORT)
		vkbd_flush(d);
	else if (e->type == EV_SYN && e->code == SYN_DROPPED)
		vkbd_release(d); /* which keys went up is lost */
}

void input_event(const struct pollfd *fd)
{
	struct input_event events[32];
	ssize_t n = read(fd->fd, events, sizeof(events));

	for (ssize_t i = 0; i < n / (ssize_t)sizeof(events[0]); i++)
		take(&events[i]);
	if (n > 0 || !(fd->revents & (POLLERR | POLLHUP)))
		return;
	/* unplugged */
	for (unsigned int i = 0; i < input_count; i++)
		if (inputs[i] == fd->fd)
			inputs[i] = inputs[--input_count];
	close(fd->fd);
}
