// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/mman.h>
#include <xenctrl.h>
#include <xenforeignmemory.h>
#include <xen/io/fbif.h>

#include "device.h"
#include "fbback.h"
#include "picture.h"
#include "screen.h"
#include "store.h"
#include "vfb.h"

#define PAGE     4096
#define GFNS     (PAGE / 4) /* frame numbers in a page of the frontend's directory */
#define MAX_GFNS (PICTURE_MAX_BYTES / PAGE)

struct vfb {
	struct device device;
	struct xenfb_page *page;
	uint32_t
		consumed; /* events, as out_cons; the page's own is the frontend's to spoil */
	struct picture picture;
	struct rectangle dirty;
	const void *memory; /* of the picture, while it is shown */
	size_t memory_pages;
};

static xenforeignmemory_handle *foreign;

static struct vfb *to_vfb(struct device *d)
{
	return (struct vfb *)d;
}

static void *map(const struct vfb *v, int access, const xen_pfn_t *gfns, size_t count)
{
	return xenforeignmemory_map(foreign, v->device.domid, access, count, gfns, NULL);
}

static void picture_forget(struct vfb *v)
{
	if (v->memory)
		xenforeignmemory_unmap(foreign, (void *)v->memory, v->memory_pages);
	v->memory = NULL;
}

/* The frame numbers of the picture's pages, from the directory's pages. */
static bool read_directory(struct vfb *v, xen_pfn_t *gfns, uint32_t count)
{
	for (uint32_t done = 0; done < count; done += GFNS) {
		uint32_t n = count - done < GFNS ? count - done : GFNS;
		xen_pfn_t frame = (uint32_t)v->page->pd[done / GFNS];
		const uint32_t *directory = map(v, PROT_READ, &frame, 1);

		if (!directory) {
			device_fail(&v->device,
				    "page %llu of the directory is not the domain's",
				    (unsigned long long)frame);
			return false;
		}
		for (uint32_t i = 0; i < n; i++)
			gfns[done + i] = directory[i];
		xenforeignmemory_unmap(foreign, (void *)directory, 1);
	}
	return true;
}

static bool picture_map(struct vfb *v)
{
	static xen_pfn_t gfns[MAX_GFNS];
	uint32_t count = (picture_bytes(&v->picture) + PAGE - 1) / PAGE;

	if (!read_directory(v, gfns, count))
		return false;
	v->memory_pages = count;
	v->memory = map(v, PROT_READ, gfns, count);
	if (!v->memory)
		device_fail(&v->device,
			    "the frame buffer's %u pages cannot be mapped: %m", count);
	return v->memory != NULL;
}

/* ---- events of the frontend ------------------------------------------------------ */

static bool take_picture(struct vfb *v, const struct picture *p)
{
	const char *problem = picture_check(p);

	if (problem) {
		device_fail(&v->device,
			    "%ux%u pixels of %u bits, line %u, offset %u of %u bytes: %s",
			    p->width, p->height, p->depth, p->line_length, p->offset,
			    p->mem_length, problem);
		return false;
	}
	v->picture = *p;
	return true;
}

static bool resize(struct vfb *v, const struct xenfb_resize *event)
{
	struct picture p = {
		.width = (uint32_t)event->width,
		.height = (uint32_t)event->height,
		.depth = (uint32_t)event->depth,
		.line_length = (uint32_t)event->stride,
		.offset = (uint32_t)event->offset,
		.mem_length = v->picture.mem_length,
	};
	struct picture old = v->picture;

	if (!take_picture(v, &p))
		return false;
	if (shown != &v->device || memcmp(&p, &old, sizeof(p)) == 0)
		return true;
	picture_forget(v);
	screen_clear();
	v->dirty = picture_whole(&v->picture);
	return picture_map(v);
}

static bool take_event(struct vfb *v, const union xenfb_out_event *event)
{
	int32_t part[4] = {event->update.x, event->update.y, event->update.width,
			   event->update.height};

	switch (event->type) {
	case XENFB_TYPE_UPDATE:
		v->dirty = picture_damage(&v->picture, part, v->dirty);
		return true;
	case XENFB_TYPE_RESIZE:
		return resize(v, &event->resize);
	default:
		device_fail(&v->device, "event %u is none that the protocol knows",
			    event->type);
		return false;
	}
}

static void vfb_event(struct device *d)
{
	struct vfb *v = to_vfb(d);
	struct xenfb_page *page = v->page;
	uint32_t before = v->consumed;
	uint32_t count = ring_count(*(volatile uint32_t *)&page->out_prod, before);

	if (count > XENFB_OUT_RING_LEN) {
		device_fail(d, "%u events in a ring of %u", count,
			    (unsigned int)XENFB_OUT_RING_LEN);
		return;
	}
	barrier();
	while (v->consumed != before + count) {
		/* once: what is checked must be what is used */
		union xenfb_out_event event;

		memcpy(&event, &XENFB_OUT_RING_REF(page, v->consumed), sizeof(event));
		barrier();
		if (!take_event(v, &event))
			return;
		v->consumed++;
	}
	page->out_cons = v->consumed;
	barrier();
	/* it waits for room only if it has seen the ring full */
	if (ring_count(*(volatile uint32_t *)&page->out_prod, before) >=
	    XENFB_OUT_RING_LEN)
		device_notify(d);
}

/* ---- connecting -------------------------------------------------------------------- */

static bool vfb_connect(struct device *d)
{
	struct vfb *v = to_vfb(d);
	struct xenfb_page *page;
	struct picture p;
	xen_pfn_t frame;
	uint32_t number;

	if (!store_number(d->frontend, "page-ref", &number)) {
		device_fail(d, "the frontend's page-ref is no number");
		return false;
	}
	frame = number;
	page = map(v, PROT_READ | PROT_WRITE, &frame, 1);
	if (!page) {
		device_fail(d, "page %u is not the domain's", number);
		return false;
	}
	v->page = page;
	p = (struct picture){
		.width = (uint32_t)page->width,
		.height = (uint32_t)page->height,
		.depth = page->depth,
		.line_length = page->line_length,
		.mem_length = page->mem_length,
	};
	if (!take_picture(v, &p))
		return false;
	v->consumed = page->out_cons;
	show_available(d);
	return true;
}

static void vfb_disconnect(struct device *d)
{
	struct vfb *v = to_vfb(d);

	show_gone(d);
	picture_forget(v);
	if (v->page)
		xenforeignmemory_unmap(foreign, v->page, 1);
	v->page = NULL;
	v->dirty = (struct rectangle){0};
}

bool vfb_show(struct device *d)
{
	struct vfb *v = to_vfb(d);

	v->dirty = picture_whole(&v->picture);
	return picture_map(v);
}

void vfb_hide(struct device *d)
{
	picture_forget(to_vfb(d));
}

bool vfb_dirty(const struct device *d)
{
	const struct vfb *v = (const struct vfb *)d;

	return v->memory && v->dirty.width > 0;
}

void vfb_draw(struct device *d)
{
	struct vfb *v = to_vfb(d);

	picture_draw(&v->picture, v->memory, v->dirty, &screen);
	v->dirty = (struct rectangle){0};
}

void vfb_start(void)
{
	foreign = xenforeignmemory_open(NULL, 0);
	if (!foreign)
		fatal("/dev/xen/privcmd: %m");
}

static const struct store_pair offers[] = {{"request-update", "1"},
					   {"feature-resize", "1"}};

const struct device_kind vfb_kind = {
	.name = "vfb",
	.size = sizeof(struct vfb),
	.offers = offers,
	.offers_count = sizeof(offers) / sizeof(offers[0]),
	.connect = vfb_connect,
	.disconnect = vfb_disconnect,
	.event = vfb_event,
	.pause_ms = 20, /* 50 pictures a second */
};
