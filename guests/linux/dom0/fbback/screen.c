// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <linux/fb.h>
#include <linux/kd.h>
#include <linux/keyboard.h>
#include <linux/vt.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fbback.h"
#include "screen.h"

struct surface screen;
static size_t screen_bytes;
static int terminals; /* /dev/tty0: the active one, whichever that is */
static int ours;      /* number of the terminal taken */
static int dom0s = 1; /* number of dom0's, which was active before */
static int active_fd;

static bool pixels_are(const struct fb_var_screeninfo *v, uint32_t bits, uint32_t red,
		       uint32_t green)
{
	return v->bits_per_pixel == bits && v->red.offset == red &&
	       v->green.offset == green && v->blue.offset == 0;
}

static void open_frame_buffer(void)
{
	struct fb_fix_screeninfo fixed;
	struct fb_var_screeninfo v;
	int fd = open("/dev/fb0", O_RDWR | O_CLOEXEC);
	uint8_t *pixels;

	if (fd < 0)
		fatal("/dev/fb0: %m: this dom0 has no screen");
	if (ioctl(fd, FBIOGET_FSCREENINFO, &fixed) || ioctl(fd, FBIOGET_VSCREENINFO, &v))
		fatal("/dev/fb0 does not say what it is: %m");
	if (!pixels_are(&v, 16, 11, 5) && !pixels_are(&v, 32, 16, 8))
		fatal("/dev/fb0 has %u bits a pixel, red at bit %u: only RGB 5:6:5 and "
		      "XRGB 8:8:8:8 are known",
		      v.bits_per_pixel, v.red.offset);
	pixels = mmap(NULL, fixed.smem_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pixels == MAP_FAILED)
		fatal("/dev/fb0 cannot be mapped: %m");
	pixels += (size_t)v.yoffset * fixed.line_length;
	screen = (struct surface){pixels, v.xres, v.yres, fixed.line_length,
				  v.bits_per_pixel};
	screen_bytes = (size_t)v.yres * fixed.line_length;
}

static void take_terminal(void)
{
	char path[32];
	int fd;

	if (ioctl(terminals, VT_OPENQRY, &ours) || ours < 1)
		fatal("no virtual terminal of dom0 is free: %m");
	snprintf(path, sizeof(path), "/dev/tty%d", ours);
	/* stays open, else the terminal would be free again */
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, KDSETMODE, KD_GRAPHICS) || ioctl(fd, KDSKBMODE, K_OFF))
		fatal("%s: %m", path);
}

static int active(void)
{
	struct vt_stat state;

	return ioctl(terminals, VT_GETSTATE, &state) ? 0 : state.v_active;
}

static void activate(int terminal)
{
	if (ioctl(terminals, VT_ACTIVATE, terminal) ||
	    ioctl(terminals, VT_WAITACTIVE, terminal))
		fprintf(stderr, "fbback: terminal %d of dom0 does not come up: %m\n",
			terminal);
}

void screen_take(void)
{
	int before = active();

	if (before && before != ours)
		dom0s = before;
	activate(ours);
	screen_clear();
}

void screen_give_back(void)
{
	if (ours && active() == ours)
		activate(dom0s);
}

void screen_clear(void)
{
	memset(screen.pixels, 0, screen_bytes);
}

void screen_note(const char *text)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/dev/tty%d", dom0s);
	fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	dprintf(fd, "\r\n%s\r\n", text);
	close(fd);
}

int screen_active_fd(void)
{
	return active_fd;
}

bool screen_lost(void)
{
	char text[32];

	/* the next change is only told to who has read this one */
	lseek(active_fd, 0, SEEK_SET);
	if (read(active_fd, text, sizeof(text)) < 0)
		fprintf(stderr, "fbback: dom0's active terminal is unknown: %m\n");
	return active() != ours;
}

void screen_start(uint32_t key)
{
	struct kbentry nothing = {K_NORMTAB, (uint8_t)key, K_HOLE};

	open_frame_buffer();
	terminals = open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC);
	active_fd = open("/sys/class/tty/tty0/active", O_RDONLY | O_CLOEXEC);
	if (terminals < 0 || active_fd < 0)
		fatal("dom0 has no virtual terminals: %m");
	if (key < NR_KEYS && ioctl(terminals, KDSKBENT, &nothing))
		fatal("key %u cannot be taken from dom0's terminals: %m", key);
	take_terminal();
	/* an earlier run of ours may have left its own terminal active */
	if (active() != dom0s)
		activate(dom0s);
	screen_lost();
}
