// SPDX-License-Identifier: GPL-2.0-only
#include <linux/input.h>
#include <string.h>
#include <sys/mman.h>
#include <xenctrl.h>
#include <xengnttab.h>
#include <xen/io/kbdif.h>

#include "device.h"
#include "fbback.h"
#include "store.h"
#include "vkbd.h"

struct vkbd {
	struct device device;
	struct xenkbd_page *page;
	uint32_t produced;     /* events, as in_prod; the page's own is not trusted */
	uint8_t down[KEY_CNT]; /* now */
	uint8_t told[KEY_CNT]; /* what the frontend was told last */
	uint32_t differ;       /* in how many places the two differ */
	uint32_t repeated;     /* a key to be told of again; 0: none */
	int32_t x, y, wheel;   /* gone since it was told */
};

static xengnttab_handle *grants;

static struct vkbd *to_vkbd(struct device *d)
{
	return (struct vkbd *)d;
}

/* Room for one more event; false too if the device has just been closed. */
static bool room(struct vkbd *k)
{
	uint32_t used = ring_count(k->produced, *(volatile uint32_t *)&k->page->in_cons);

	if (used > XENKBD_IN_RING_LEN)
		device_fail(&k->device, "%u events in a ring of %u", used,
			    (unsigned int)XENKBD_IN_RING_LEN);
	return used < XENKBD_IN_RING_LEN;
}

static void put(struct vkbd *k, const union xenkbd_in_event *event)
{
	memcpy(&XENKBD_IN_RING_REF(k->page, k->produced), event, sizeof(*event));
	k->produced++;
}

static void put_key(struct vkbd *k, uint32_t code)
{
	union xenkbd_in_event event = {.key = {XENKBD_TYPE_KEY, k->down[code], code}};

	put(k, &event);
	k->differ -= k->told[code] != k->down[code];
	k->told[code] = k->down[code];
}

void vkbd_flush(struct device *d)
{
	struct vkbd *k = to_vkbd(d);
	uint32_t before = k->produced;

	for (uint32_t code = 0; k->differ && code < KEY_CNT; code++) {
		if (k->told[code] == k->down[code])
			continue;
		if (!room(k))
			break;
		put_key(k, code);
	}
	/* the frontend takes "pressed" of a key that is down for a repetition */
	if (d->connected && k->repeated && k->told[k->repeated] && room(k))
		put_key(k, k->repeated);
	k->repeated = 0;
	if (d->connected && (k->x || k->y || k->wheel) && room(k)) {
		union xenkbd_in_event event = {
			.motion = {XENKBD_TYPE_MOTION, k->x, k->y, -k->wheel}};

		put(k, &event);
		k->x = k->y = k->wheel = 0;
	}
	if (!d->connected || k->produced == before)
		return;
	barrier();
	k->page->in_prod = k->produced;
	device_notify(d);
}

void vkbd_key(struct device *d, uint32_t code, int value)
{
	struct vkbd *k = to_vkbd(d);

	if (code >= KEY_CNT)
		return;
	if (value == 2) {
		k->repeated = k->down[code] ? code : 0;
		return;
	}
	if (k->down[code] == (value != 0))
		return;
	k->down[code] = value != 0;
	k->differ += k->down[code] != k->told[code] ? 1 : -1U;
}

static int32_t add(int32_t sum, int32_t more)
{
	int64_t wide = (int64_t)sum + more;

	return wide > INT16_MAX   ? INT16_MAX
	       : wide < INT16_MIN ? INT16_MIN
				  : (int32_t)wide;
}

void vkbd_move(struct device *d, int32_t x, int32_t y, int32_t wheel)
{
	struct vkbd *k = to_vkbd(d);

	k->x = add(k->x, x);
	k->y = add(k->y, y);
	k->wheel = add(k->wheel, wheel);
}

void vkbd_release(struct device *d)
{
	for (uint32_t code = 0; code < KEY_CNT; code++)
		vkbd_key(d, code, 0);
	vkbd_flush(d);
}

static bool vkbd_connect(struct device *d)
{
	struct vkbd *k = to_vkbd(d);
	uint32_t ref;

	if (!store_number(d->frontend, XENKBD_FIELD_RING_GREF, &ref)) {
		device_fail(d, "the frontend's page-gref is no number");
		return false;
	}
	k->page = xengnttab_map_grant_ref(grants, d->domid, ref, PROT_READ | PROT_WRITE);
	if (!k->page) {
		device_fail(d, "grant %u cannot be mapped: %m", ref);
		return false;
	}
	k->produced = k->page->in_prod;
	return true;
}

static void vkbd_disconnect(struct device *d)
{
	struct vkbd *k = to_vkbd(d);

	if (k->page)
		xengnttab_unmap(grants, k->page, 1);
	/* all that follows the device itself */
	memset((char *)k + sizeof(k->device), 0, sizeof(*k) - sizeof(k->device));
}

void vkbd_start(void)
{
	grants = xengnttab_open(NULL, 0);
	if (!grants)
		fatal("/dev/xen/gntdev: %m");
}

const struct device_kind vkbd_kind = {
	.name = XENKBD_DRIVER_NAME,
	.size = sizeof(struct vkbd),
	.connect = vkbd_connect,
	.disconnect = vkbd_disconnect,
	.event = vkbd_flush,
};
