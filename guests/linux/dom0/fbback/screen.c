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
static int our_fd;    /* keeps it from being free again */
static int dom0s = 1; /* number of dom0's, which was active before */

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

	if (ioctl(terminals, VT_OPENQRY, &ours) || ours < 1)
		fatal("no virtual terminal of dom0 is free: %m");
	snprintf(path, sizeof(path), "/dev/tty%d", ours);
	our_fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (our_fd < 0 || ioctl(our_fd, KDSKBMODE, K_OFF))
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

	if (before == ours)
		return;
	dom0s = before ? before : dom0s;
	activate(ours);
	ioctl(our_fd, KDSETMODE, KD_GRAPHICS);
}

void screen_give_back(void)
{
	if (active() != ours)
		return;
	/* in graphics mode a terminal stays the active one */
	ioctl(our_fd, KDSETMODE, KD_TEXT);
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

/* An earlier run of ours may have been killed with the screen in its hands. */
static void leave_old_terminal(void)
{
	int mode = KD_TEXT;

	ioctl(terminals, KDGETMODE, &mode);
	if (mode == KD_TEXT)
		return;
	ioctl(terminals, KDSETMODE, KD_TEXT);
	ioctl(terminals, KDSKBMODE, K_UNICODE);
	activate(dom0s);
}

void screen_start(uint32_t key)
{
	struct kbentry nothing = {K_NORMTAB, (uint8_t)key, K_HOLE};

	open_frame_buffer();
	terminals = open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminals < 0)
		fatal("dom0 has no virtual terminals: %m");
	if (key < NR_KEYS && ioctl(terminals, KDSKBENT, &nothing))
		fatal("key %u cannot be taken from dom0's terminals: %m", key);
	leave_old_terminal();
	take_terminal();
}
