// SPDX-License-Identifier: GPL-2.0-only
/*
 * fbback's two rings against a frontend that is played here: whatever it writes, the
 * backend reads and writes nothing but the pages that it has mapped, unmaps them all
 * and loses no key.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../guests/linux/dom0/fbback/picture.c"
#include "../../guests/linux/dom0/fbback/vfb.c"
#include "../../guests/linux/dom0/fbback/vkbd.c"

#define FRAME_PAGE      10  /* the shared page */
#define FRAME_DIRECTORY 11  /* the only page of the directory */
#define FRAME_PICTURE   100 /* and those that follow: the frame buffer */

struct surface screen;
struct device *shown;

static uint8_t shared[4096] __attribute__((aligned(4096)));
static uint32_t directory[1024];
static unsigned int mapped, notified, gone;
static char failure[200];
static const char *nodes[3]; /* page-ref, page-gref */
static union {
	struct device device;
	struct vfb vfb;
	struct vkbd vkbd;
} u;

/* ---- what the two files use -------------------------------------------------- */

xenforeignmemory_handle *xenforeignmemory_open(struct xentoollog_logger *l,
					       unsigned int f)
{
	(void)l, (void)f;
	return (xenforeignmemory_handle *)&mapped;
}

void *xenforeignmemory_map(xenforeignmemory_handle *h, uint32_t domain, int access,
			   size_t count, const xen_pfn_t *gfns, int *errors)
{
	assert_ptr_equal(h, &mapped);
	assert_int_equal(domain, 7);
	assert_null(errors);
	for (size_t i = 0; i < count; i++)
		if (gfns[i] > 4000) {
			errno = EINVAL;
			return NULL;
		}
	mapped++;
	if (gfns[0] == FRAME_PAGE)
		return shared;
	/* the rest is for reading */
	assert_int_equal(access, PROT_READ);
	if (gfns[0] == FRAME_DIRECTORY)
		return memcpy(malloc(sizeof(directory)), directory, sizeof(directory));
	return calloc(count, 4096);
}

int xenforeignmemory_unmap(xenforeignmemory_handle *h, void *at, size_t count)
{
	(void)h, (void)count;
	mapped--;
	if (at != shared)
		free(at);
	return 0;
}

xengnttab_handle *xengnttab_open(struct xentoollog_logger *l, unsigned int f)
{
	(void)l, (void)f;
	return (xengnttab_handle *)&mapped;
}

void *xengnttab_map_grant_ref(xengnttab_handle *h, uint32_t domain, uint32_t ref,
			      int access)
{
	(void)h, (void)domain, (void)access;
	if (ref != 5)
		return NULL;
	mapped++;
	return shared;
}

int xengnttab_unmap(xengnttab_handle *h, void *at, uint32_t count)
{
	(void)h, (void)count;
	assert_ptr_equal(at, shared);
	mapped--;
	return 0;
}

bool store_number(const char *dir, const char *name, uint32_t *number)
{
	const char *text = nodes[strcmp(name, "page-ref") != 0];

	(void)dir;
	if (text)
		*number = (uint32_t)strtoul(text, NULL, 10);
	return text != NULL;
}

void device_fail(struct device *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(failure, sizeof(failure), format, args);
	va_end(args);
	d->connected = false;
	d->kind->disconnect(d);
}

void device_notify(struct device *d)
{
	assert_true(d->connected);
	notified++;
}

void fatal(const char *format, ...)
{
	fail_msg("%s", format);
	abort();
}

void screen_clear(void)
{
}

void show_available(struct device *d)
{
	(void)d;
}

void show_gone(struct device *d)
{
	if (shown == d)
		gone++;
	shown = NULL;
}

/* ---- the screen ----------------------------------------------------------------- */

static struct xenfb_page *fb(void)
{
	return (struct xenfb_page *)shared;
}

static int connect_as(const struct device_kind *kind)
{
	memset(&u, 0, sizeof(u));
	u.device.kind = kind;
	u.device.domid = 7;
	u.device.port = 3;
	notified = gone = 0;
	failure[0] = '\0';
	shown = NULL;
	nodes[0] = "10";
	nodes[1] = "5";
	u.device.connected = kind->connect(&u.device);
	return u.device.connected;
}

static int connect_screen(void)
{
	memset(shared, 0, sizeof(shared));
	fb()->width = 800;
	fb()->height = 600;
	fb()->depth = 32;
	fb()->line_length = 3200;
	fb()->mem_length = 2 << 20;
	fb()->pd[0] = FRAME_DIRECTORY;
	for (uint32_t i = 0; i < 1024; i++)
		directory[i] = FRAME_PICTURE + i;
	return connect_as(&vfb_kind);
}

static void say(uint8_t type, int32_t a, int32_t b, int32_t c, int32_t d)
{
	union xenfb_out_event *e = &XENFB_OUT_RING_REF(fb(), fb()->out_prod);

	*e = (union xenfb_out_event){.update = {type, a, b, c, d}};
	fb()->out_prod++;
}

static void hear(void)
{
	if (u.device.connected)
		u.device.kind->event(&u.device);
}

/* The device is closed for a reason with this in it, and nothing stays mapped. */
static void assert_closed(const char *reason)
{
	assert_false(u.device.connected);
	if (!strstr(failure, reason))
		fail_msg("\"%s\" is not in \"%s\"", reason, failure);
	assert_int_equal(mapped, 0);
	assert_null(shown);
}

static void part_is_drawn(void **state)
{
	(void)state;
	assert_true(connect_screen());
	assert_int_equal(mapped, 1);
	say(XENFB_TYPE_UPDATE, 8, 16, 8, 16);
	say(XENFB_TYPE_UPDATE, 16, 16, 8, 16);
	hear();
	assert_int_equal(fb()->out_cons, 2);
	assert_int_equal(notified, 0); /* it never waits for room */
	assert_int_equal(u.vfb.dirty.width, 16);
	assert_false(vfb_dirty(&u.device)); /* it is not shown */
	shown = &u.device;
	assert_true(vfb_show(&u.device));
	assert_int_equal(mapped, 2); /* the directory only meanwhile */
	assert_int_equal(u.vfb.memory_pages, 469);
	assert_int_equal(u.vfb.dirty.height, 600);
	vfb_hide(&u.device);
	assert_int_equal(mapped, 1);
	u.device.kind->disconnect(&u.device);
	u.device.kind->disconnect(&u.device);
	assert_int_equal(mapped, 0);
	assert_int_equal(gone, 1);
}

static void full_ring_is_answered(void **state)
{
	(void)state;
	assert_true(connect_screen());
	for (unsigned int i = 0; i < XENFB_OUT_RING_LEN; i++)
		say(XENFB_TYPE_UPDATE, (int32_t)i, 0, 1, 1);
	hear();
	assert_int_equal(u.vfb.dirty.width, XENFB_OUT_RING_LEN);
	assert_int_equal(notified, 1);
	/* the indices wrap */
	fb()->out_prod = fb()->out_cons = u.vfb.consumed = 0xfffffffe;
	for (unsigned int i = 0; i < 5; i++)
		say(XENFB_TYPE_UPDATE, 0, 0, 1, 1);
	hear();
	assert_int_equal(fb()->out_cons, 3);
	u.device.kind->disconnect(&u.device);
}

static void bad_rings(void **state)
{
	const uint32_t producers[] = {XENFB_OUT_RING_LEN + 1, 0x80000000, 0xffffffff};

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		assert_true(connect_screen());
		fb()->out_prod = producers[i];
		hear();
		assert_closed("events in a ring of 51");
	}
	for (unsigned int type = 0; type < 256; type++) {
		if (type == XENFB_TYPE_UPDATE || type == XENFB_TYPE_RESIZE)
			continue;
		assert_true(connect_screen());
		say((uint8_t)type, 0, 0, 1, 1);
		hear();
		assert_closed("none that the protocol knows");
	}
}

static void bad_pages(void **state)
{
	(void)state;
	assert_true(connect_screen());
	u.device.kind->disconnect(&u.device);
	nodes[0] = NULL;
	assert_false(u.device.kind->connect(&u.device));
	assert_closed("page-ref is no number");
	nodes[0] = "4096";
	assert_false(u.device.kind->connect(&u.device));
	assert_closed("page 4096 is not the domain's");
	for (unsigned int field = 0; field < 5; field++) {
		assert_true(connect_screen());
		u.device.kind->disconnect(&u.device);
		nodes[0] = "10";
		fb()->width = field == 0 ? -800 : 800;
		fb()->height = field == 1 ? 0 : 600;
		fb()->line_length = field == 2 ? 3196 : 3200;
		fb()->mem_length = field == 3 ? 1000 : 2 << 20;
		fb()->depth = field == 4 ? 8 : 32;
		assert_false(u.device.kind->connect(&u.device));
		assert_closed("bits, line");
	}
}

static void bad_directories(void **state)
{
	(void)state;
	assert_true(connect_screen());
	fb()->pd[0] = 0xffffffff;
	shown = &u.device;
	assert_false(vfb_show(&u.device));
	assert_closed("page 4294967295 of the directory");
	assert_true(connect_screen());
	directory[468] = 0xfffff;
	shown = &u.device;
	assert_false(vfb_show(&u.device));
	assert_closed("469 pages cannot be mapped");
	/* behind the picture's end nothing is looked at */
	assert_true(connect_screen());
	directory[469] = 0xfffff;
	assert_true(vfb_show(&u.device));
	u.device.kind->disconnect(&u.device);
	assert_int_equal(mapped, 0);
}

static void resize_to(int32_t width, int32_t height, int32_t stride, int32_t depth,
		      int32_t offset)
{
	union xenfb_out_event *e = &XENFB_OUT_RING_REF(fb(), fb()->out_prod);

	*e = (union xenfb_out_event){
		.resize = {XENFB_TYPE_RESIZE, width, height, stride, depth, offset}};
	fb()->out_prod++;
	hear();
}

static void sizes(void **state)
{
	(void)state;
	assert_true(connect_screen());
	shown = &u.device;
	assert_true(vfb_show(&u.device));
	resize_to(640, 480, 3200, 32, 0);
	assert_true(u.device.connected);
	assert_int_equal(mapped, 2);
	assert_int_equal(u.vfb.memory_pages, 375);
	assert_int_equal(u.vfb.dirty.width, 640);
	/* what had changed of the larger one is not drawn of the smaller one */
	vfb_hide(&u.device);
	shown = NULL;
	resize_to(800, 600, 3200, 32, 0);
	say(XENFB_TYPE_UPDATE, 700, 500, 100, 100);
	resize_to(10, 10, 3200, 32, 0);
	assert_true(vfb_show(&u.device));
	assert_int_equal(u.vfb.dirty.x + u.vfb.dirty.width, 10);
	/* the page's own idea of its length counts for nothing any more */
	fb()->mem_length = 0xffffffff;
	resize_to(1024, 768, 4096, 32, 0);
	assert_closed("larger than the frame buffer's memory");
	assert_true(connect_screen());
	resize_to(800, 600, 3200, 32, -4);
	assert_closed("larger than the frame buffer's memory");
}

/* ---- the keyboard ------------------------------------------------------------------ */

static struct xenkbd_page *kbd(void)
{
	return (struct xenkbd_page *)shared;
}

static int connect_keyboard(void)
{
	memset(shared, 0, sizeof(shared));
	return connect_as(&vkbd_kind);
}

/* The next event that the backend has put into the ring. */
static union xenkbd_in_event next(void)
{
	assert_int_not_equal(kbd()->in_cons, kbd()->in_prod);
	return XENKBD_IN_RING_REF(kbd(), kbd()->in_cons++);
}

static void assert_key(uint32_t code, int pressed)
{
	union xenkbd_in_event e = next();

	assert_int_equal(e.type, XENKBD_TYPE_KEY);
	assert_int_equal(e.key.keycode, code);
	assert_int_equal(e.key.pressed, pressed);
}

static void press(uint32_t code, int value)
{
	vkbd_key(&u.device, code, value);
	vkbd_flush(&u.device);
}

static void keys_and_motion(void **state)
{
	union xenkbd_in_event e;

	(void)state;
	assert_true(connect_keyboard());
	press(KEY_A, 1);
	press(KEY_A, 2);
	press(KEY_A, 0);
	assert_int_equal(notified, 3);
	assert_key(KEY_A, 1);
	assert_key(KEY_A, 1); /* a repetition */
	assert_key(KEY_A, 0);
	press(KEY_B, 0); /* it was not down */
	press(KEY_B, 2);
	press(KEY_CNT, 1);
	press(0xffffffff, 1);
	assert_int_equal(notified, 3);
	vkbd_move(&u.device, 5, -6, 0);
	vkbd_move(&u.device, INT32_MAX, INT32_MIN, 1);
	vkbd_flush(&u.device);
	e = next();
	assert_int_equal(e.type, XENKBD_TYPE_MOTION);
	assert_int_equal(e.motion.rel_x, INT16_MAX);
	assert_int_equal(e.motion.rel_y, INT16_MIN);
	assert_int_equal(e.motion.rel_z, -1);
	assert_int_equal(kbd()->in_cons, kbd()->in_prod);
	u.device.kind->disconnect(&u.device);
	assert_int_equal(mapped, 0);
}

static void full_ring_loses_no_state(void **state)
{
	unsigned int events = 0;

	(void)state;
	assert_true(connect_keyboard());
	press(KEY_Z, 1);
	for (unsigned int i = 0; i < 100; i++) {
		press(KEY_A, 1);
		press(KEY_A, 0);
	}
	assert_int_equal(kbd()->in_prod, XENKBD_IN_RING_LEN);
	press(KEY_Z, 0);
	press(KEY_LEFTSHIFT, 1);
	vkbd_move(&u.device, 3, 0, 0);
	vkbd_flush(&u.device);
	assert_int_equal(kbd()->in_prod, XENKBD_IN_RING_LEN);
	while (kbd()->in_cons != kbd()->in_prod)
		events++, next();
	assert_int_equal(events, XENKBD_IN_RING_LEN);
	/* the frontend says that it has emptied the ring */
	hear();
	assert_key(KEY_LEFTSHIFT, 1);
	assert_key(KEY_Z, 0);
	assert_int_equal(next().motion.rel_x, 3);
	/* the domain is no longer shown */
	vkbd_release(&u.device);
	assert_key(KEY_LEFTSHIFT, 0);
	assert_int_equal(kbd()->in_cons, kbd()->in_prod);
	u.device.kind->disconnect(&u.device);
}

static void bad_keyboards(void **state)
{
	(void)state;
	assert_true(connect_keyboard());
	kbd()->in_cons = 1; /* of none */
	press(KEY_A, 1);
	assert_closed("events in a ring of 51");
	assert_true(connect_keyboard());
	kbd()->in_cons = 0x80000000;
	vkbd_move(&u.device, 1, 1, 1);
	vkbd_flush(&u.device);
	assert_closed("events in a ring of 51");
	assert_true(connect_keyboard());
	u.device.kind->disconnect(&u.device);
	nodes[1] = "6";
	assert_false(u.device.kind->connect(&u.device));
	assert_closed("grant 6 cannot be mapped");
	nodes[1] = NULL;
	assert_false(u.device.kind->connect(&u.device));
	assert_closed("page-gref is no number");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(part_is_drawn),
		cmocka_unit_test(full_ring_is_answered),
		cmocka_unit_test(bad_rings),
		cmocka_unit_test(bad_pages),
		cmocka_unit_test(bad_directories),
		cmocka_unit_test(sizes),
		cmocka_unit_test(keys_and_motion),
		cmocka_unit_test(full_ring_loses_no_state),
		cmocka_unit_test(bad_keyboards),
	};

	vfb_start();
	vkbd_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
