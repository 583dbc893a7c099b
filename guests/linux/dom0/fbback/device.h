/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The devices that domains have with us: vfb, the screen, and vkbd, keyboard and
 * mouse.  device.c walks the states of xenbus (Xen's public/io/xenbus.h), which are
 * the same for both; vfb.c and vkbd.c do what a connected device does.
 *
 * One thread; nothing here blocks for longer than xenstored takes to answer.  All that
 * a domain writes, to xenstore or to a shared page, is checked where it is read: what
 * breaks the protocol ends that device (device_fail) and concerns nobody else.
 */
#ifndef FBBACK_DEVICE_H
#define FBBACK_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <xenevtchn.h>

struct device;

struct device_kind {
	const char *name; /* in xenstore */
	uint32_t size;    /* of the structure that starts with a struct device */
	/* what the backend offers: nodes of its directory */
	const struct store_pair *offers;
	unsigned int offers_count;
	/* map what the frontend's nodes name; false after a call of device_fail() */
	bool (*connect)(struct device *);
	/* undo connect; also after a connect that failed half-way */
	void (*disconnect)(struct device *);
	/* the frontend's event came */
	void (*event)(struct device *);
	/* milliseconds that an event is followed by during which the next one waits: there
	   is an end to what a busy or a hostile domain can make us do */
	int pause_ms;
};

struct device {
	struct device *next; /* by rising domid */
	const struct device_kind *kind;
	uint32_t domid;
	char *backend, *frontend; /* directories in xenstore */
	char token[24];           /* of the watch on the frontend's state */
	bool connected;
	int port;       /* event channel; -1: none */
	int64_t paused; /* the end of the pause, CLOCK_MONOTONIC in ms; 0: there is none */
};

extern const struct device_kind vfb_kind, vkbd_kind;
extern struct device *devices;

/* Open what the devices need and watch for them; exits with a message if that fails. */
void devices_start(void);

/* Read xenstore's next event, if any, and act on it. */
void devices_store_event(void);
int devices_store_fd(void);

/* The same for the event channels. */
void devices_port_event(void);
int devices_port_fd(void);

/* Listen again where a pause is over; milliseconds to the end of the next one, or -1. */
int devices_resume(void);

/* The connected device of a domain, or NULL. */
struct device *device_find(const struct device_kind *kind, uint32_t domid);

/* Wake the frontend. */
void device_notify(struct device *d);

/* The frontend broke the protocol, or it cannot be served: say why, disconnect, close. */
void device_fail(struct device *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Order of the reads and writes of a shared page. */
static inline void barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* How far a ring's producer is ahead.  The indices run freely and wrap. */
static inline uint32_t ring_count(uint32_t producer, uint32_t consumer)
{
	return producer - consumer;
}

#endif
