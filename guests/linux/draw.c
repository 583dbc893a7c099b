// SPDX-License-Identifier: GPL-2.0-only
/*
 * A drawing program: a coloured pattern on the screen and a square that the arrow
 * keys and the mouse move.
 *
 *	draw	until q or Escape
 *
 * The frame buffer is /dev/fb0, keys and mouse are /dev/input/event*; the text console
 * is in graphics mode meanwhile.  The colour of each pixel follows from its place (see
 * pattern()), so that a screenshot can be compared with what it must be.
 */
#include <fcntl.h>
#include <linux/fb.h>
#include <linux/input.h>
#include <linux/kd.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define SQUARE     32 /* pixels */
#define STEP       16 /* pixels that an arrow key moves */
#define WHITE      0xffffffu
#define INPUTS_MAX 8

static uint8_t *pixels;
static int width, height, line_length;
static int square_x, square_y;
static struct pollfd inputs[INPUTS_MAX];
static nfds_t input_count;
static int console = -1;

static void say_and_exit(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* ---- the picture ---------------------------------------------------------------- */

/* Red grows to the right, green downwards, blue is a chess board; a white frame. */
static uint32_t pattern(int x, int y)
{
	uint32_t red = (uint32_t)(x * 255 / (width - 1));
	uint32_t green = (uint32_t)(y * 255 / (height - 1));
	uint32_t blue = (x / 32 + y / 32) % 2 ? 255 : 0;

	if (x == 0 || y == 0 || x == width - 1 || y == height - 1)
		return WHITE;
	return red << 16 | green << 8 | blue;
}

static uint32_t *pixel(int x, int y)
{
	return (uint32_t *)(pixels + (size_t)y * (size_t)line_length) + x;
}

static void draw_pattern(int left, int top, int right, int bottom)
{
	for (int y = top; y < bottom; y++)
		for (int x = left; x < right; x++)
			*pixel(x, y) = pattern(x, y);
}

static void draw_square(void)
{
	for (int y = square_y; y < square_y + SQUARE; y++)
		for (int x = square_x; x < square_x + SQUARE; x++)
			*pixel(x, y) = WHITE;
}

static int limit(int value, int max)
{
	return value < 0 ? 0 : value > max ? max : value;
}

static void move(int x, int y)
{
	x = limit(square_x + x, width - SQUARE);
	y = limit(square_y + y, height - SQUARE);
	if (x == square_x && y == square_y)
		return;
	draw_pattern(square_x, square_y, square_x + SQUARE, square_y + SQUARE);
	square_x = x;
	square_y = y;
	draw_square();
}

/* ---- devices ---------------------------------------------------------------------- */

static void open_screen(void)
{
	struct fb_fix_screeninfo fixed;
	struct fb_var_screeninfo v;
	int fd = open("/dev/fb0", O_RDWR);

	if (fd < 0 || ioctl(fd, FBIOGET_FSCREENINFO, &fixed) ||
	    ioctl(fd, FBIOGET_VSCREENINFO, &v))
		say_and_exit("/dev/fb0");
	width = (int)v.xres;
	height = (int)v.yres;
	line_length = (int)fixed.line_length;
	if (v.bits_per_pixel != 32 || width < SQUARE || height < SQUARE) {
		fprintf(stderr, "draw: %dx%d pixels of %u bits: only 32 bits are known\n",
			width, height, v.bits_per_pixel);
		exit(EXIT_FAILURE);
	}
	pixels = mmap(NULL, fixed.smem_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pixels == MAP_FAILED)
		say_and_exit("mmap of /dev/fb0");
}

static void open_inputs(void)
{
	for (int i = 0; i < 32 && input_count < INPUTS_MAX; i++) {
		char path[32];
		int fd;

		snprintf(path, sizeof(path), "/dev/input/event%d", i);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		/* the keys are ours: the shell behind us is not to get them too */
		ioctl(fd, EVIOCGRAB, 1);
		inputs[input_count++] = (struct pollfd){fd, POLLIN, 0};
	}
}

static void restore_console(void)
{
	ioctl(console, KDSETMODE, KD_TEXT);
}

static void end(int signal)
{
	(void)signal;
	restore_console();
	_exit(EXIT_SUCCESS);
}

static void take_console(void)
{
	console = open("/dev/tty0", O_RDWR | O_NOCTTY);
	if (console < 0 || ioctl(console, KDSETMODE, KD_GRAPHICS))
		say_and_exit("/dev/tty0");
	atexit(restore_console);
	signal(SIGTERM, end);
	signal(SIGINT, end);
}

/* ---- keys --------------------------------------------------------------------------- */

static void take_key(int code)
{
	switch (code) {
	case KEY_LEFT:
		move(-STEP, 0);
		break;
	case KEY_RIGHT:
		move(STEP, 0);
		break;
	case KEY_UP:
		move(0, -STEP);
		break;
	case KEY_DOWN:
		move(0, STEP);
		break;
	case KEY_Q:
	case KEY_ESC:
		exit(EXIT_SUCCESS);
	default:
		break;
	}
}

static void take(const struct input_event *event)
{
	if (event->type == EV_KEY && event->value)
		take_key(event->code);
	else if (event->type == EV_REL && event->code == REL_X)
		move(event->value, 0);
	else if (event->type == EV_REL && event->code == REL_Y)
		move(0, event->value);
}

int main(void)
{
	open_screen();
	open_inputs();
	take_console();
	square_x = (width - SQUARE) / 2;
	square_y = (height - SQUARE) / 2;
	draw_pattern(0, 0, width, height);
	draw_square();
	while (poll(inputs, input_count, -1) > 0)
		for (nfds_t i = 0; i < input_count; i++) {
			struct input_event events[16];
			ssize_t n = 0;

			if (inputs[i].revents)
				n = read(inputs[i].fd, events, sizeof(events));
			if (n < 0)
				say_and_exit("/dev/input");
			for (size_t e = 0; e < (size_t)n / sizeof(events[0]); e++)
				take(&events[e]);
		}
	say_and_exit("poll");
}
