// SPDX-License-Identifier: GPL-2.0-only
#include <asm/hwcap.h>
#include <linux/input-event-codes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "device.h"
#include "fbback.h"
#include "input.h"
#include "screen.h"
#include "store.h"
#include "vfb.h"
#include "vkbd.h"

struct device *shown;
static bool started;      /* the screen is open */
static char key_name[16]; /* what shows the next one, for messages */

void fatal(const char *format, ...)
{
	va_list args;

	fputs("fbback: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	if (started)
		screen_give_back();
	exit(EXIT_FAILURE);
}

/* ---- what is shown ------------------------------------------------------------- */

static void hide(void)
{
	struct device *keyboard;

	if (!shown)
		return;
	keyboard = device_find(&vkbd_kind, shown->domid);
	if (keyboard)
		vkbd_release(keyboard);
	vfb_hide(shown);
	shown = NULL;
}

void show_next(void)
{
	uint32_t after = shown ? shown->domid : 0;
	struct device *next = devices;

	hide();
	while (next &&
	       (next->kind != &vfb_kind || !next->connected || next->domid <= after))
		next = next->next;
	if (!next) {
		screen_give_back();
		return;
	}
	screen_take();
	screen_clear();
	shown = next;
	vfb_show(next); /* if it cannot be, show_gone() has been called */
}

void show_available(struct device *vfb)
{
	char home[40], text[160], *name;

	snprintf(home, sizeof(home), "/local/domain/%u", vfb->domid);
	name = store_read(home, "name");
	snprintf(text, sizeof(text),
		 "%s (domain %u) has a screen: %s shows the next screen, the last one is "
		 "dom0's.",
		 name ? name : "?", vfb->domid, key_name);
	free(name);
	screen_note(text);
}

void show_gone(struct device *vfb)
{
	if (shown != vfb)
		return;
	hide();
	screen_give_back();
}

/* ---- the loop -------------------------------------------------------------------- */

enum { FD_SIGNAL, FD_STORE, FD_PORT, FD_INPUT, FD_COUNT = FD_INPUT + INPUT_MAX };

static void serve(int signals)
{
	for (;;) {
		int timeout = devices_resume();
		struct pollfd fds[FD_COUNT] = {
			[FD_SIGNAL] = {signals, POLLIN, 0},
			[FD_STORE] = {devices_store_fd(), POLLIN, 0},
			[FD_PORT] = {devices_port_fd(), POLLIN, 0},
		};
		unsigned int inputs = input_poll(fds + FD_INPUT);

		if (poll(fds, FD_INPUT + inputs, timeout) <= 0)
			continue;
		if (fds[FD_SIGNAL].revents)
			return;
		for (unsigned int i = 0; i < inputs; i++)
			if (fds[FD_INPUT + i].revents)
				input_event(&fds[FD_INPUT + i]);
		if (fds[FD_STORE].revents)
			devices_store_event();
		if (fds[FD_PORT].revents)
			devices_port_event();
		if (shown && vfb_dirty(shown))
			vfb_draw(shown);
	}
}

static uint32_t parse_arguments(int argc, char **argv)
{
	char *end;
	unsigned long key = KEY_SCROLLLOCK;
	int option;

	while ((option = getopt(argc, argv, "k:")) != -1) {
		end = "";
		key = option == 'k' ? strtoul(optarg, &end, 10) : 0;
		if (key == 0 || key >= KEY_CNT || *end)
			optind = argc + 1;
	}
	if (optind == argc)
		return (uint32_t)key;
	fprintf(stderr,
		"usage: fbback [-k KEY]\n"
		"The screens of the domains on the board's own screen.\n"
		"KEY: Linux's number of the key that shows the next one "
		"(default %d, Scroll Lock)\n",
		KEY_SCROLLLOCK);
	exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	uint32_t key = parse_arguments(argc, argv);
	sigset_t set;
	int signals;

	if (!(getauxval(AT_HWCAP) & HWCAP_NEON))
		fatal("this processor has no NEON, which picture.c is compiled for");
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0)
		fatal("no signals: %m");
	if (key == KEY_SCROLLLOCK)
		strcpy(key_name, "Scroll Lock");
	else
		snprintf(key_name, sizeof(key_name), "key %u", key);
	screen_start(key);
	started = true;
	input_start(key);
	vfb_start();
	vkbd_start();
	devices_start();
	serve(signals);
	screen_give_back();
	return EXIT_SUCCESS;
}
