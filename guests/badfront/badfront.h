/* SPDX-License-Identifier: MIT */
/*
 * A domU that misbehaves towards dom0: as a client of xenstore, as the frontend of a
 * disk and of a network interface, with its grants, its event channels and its
 * console.  dom0 and the hypervisor have to refuse, clearly, and to go on; afterwards
 * an honest request has to be served as ever.
 *
 * Wanted beside it: dom0 with xenstored and the backends, and in its manifest a disk
 * and a vif.
 */
#ifndef BADFRONT_H
#define BADFRONT_H

#include "guest.h"
#include <xen/io/blkif.h>
#include <xen/io/netif.h>
#include <xen/io/protocols.h>
#include <xen/io/xenbus.h>
#include <xen/io/xs_wire.h>

#define PAGE_SIZE  4096u
#define PATH_SIZE  96
#define VALUE_SIZE 128

/* ---- main.c ------------------------------------------------------------- */

/* Sleep, a few milliseconds at a time, until the condition holds; false: too late. */
#define wait_for(ms, condition)                                                       \
	({                                                                            \
		uint64_t until_ = clock_read() +                                      \
				  (uint64_t)clock_us_to_ticks(1000) * (uint32_t)(ms); \
		bool held_;                                                           \
		while (!(held_ = (condition)) && clock_read() < until_)               \
			doze();                                                       \
		held_;                                                                \
	})
void doze(void);
void wake(unsigned int port); /* an event's handler: ends doze() */
uint32_t random_word(void);
void format(char *text, uint32_t size, const char *pattern, ...)
	__attribute__((format(printf, 3, 4)));

/* ---- xenstore.c ------------------------------------------------------------ */

/*
 * Talk to xenstored.  Paths may be relative to the domain's own.  0 or more, or a
 * negative errno by xs_errors' names; -XEN_ETIMEDOUT: no answer, which is for good.
 */
void xs_connect(void);
long xs_request(uint32_t type, uint32_t transaction, const void *data, uint32_t bytes,
		char *answer, uint32_t size);
long xs_read(const char *path, char *value, uint32_t size);
long xs_write(const char *path, const char *pattern, ...)
	__attribute__((format(printf, 2, 3)));
long xs_remove(const char *path);
uint32_t xs_number(const char *pattern, ...) __attribute__((format(printf, 1, 2)));
/* The first entry of a directory of nodes; false: there is none. */
bool xs_first(const char *path, char *name, uint32_t size);
void xenstore_attacks(void);
/* The last one: xenstored turns away from a domain that breaks its ring. */
void xenstore_break_ring(void);

/* ---- device.c ----------------------------------------------------------------- */

/* A frontend and its nodes. */
struct device {
	const char *kind;            /* "vbd" or "vif" */
	char front[32];              /* "device/vbd/51712" */
	char back[64];               /* the backend's directory */
	int port;                    /* event channel, 0: none */
	void (*nodes)(void);         /* write those of this kind */
	enum xenbus_state connected; /* what the frontend says with its nodes written */
};

bool device_find(struct device *d);
enum xenbus_state device_backend_state(const struct device *d);
void device_set_state(const struct device *d, enum xenbus_state state);
/* From any state to one in which the backend waits for the nodes; fails the test. */
void device_reset(struct device *d);
/* Reset, and with the nodes to Connected on both sides. */
void device_connect(struct device *d);
/* The nodes as they should be, but `node` is `value`: the backend must not connect. */
void device_refuses(struct device *d, const char *node, const char *value);

/* ---- grants.c -------------------------------------------------------------------- */

void grants_setup(void);
/* Let dom0 use a page of this domain, or whatever frame; `flags` beside the type. */
void grant(grant_ref_t ref, uint32_t frame, uint16_t flags);
void grant_page(grant_ref_t ref, const void *page, uint16_t flags);
/* Take it back at once, used or not: what no driver should do. */
void grant_revoke(grant_ref_t ref);
bool grant_in_use(grant_ref_t ref);
void grant_attacks(void);

/* ---- block.c, net.c, event.c ------------------------------------------------------- */

void block_attacks(void);
void net_attacks(void);
void event_attacks(void);
void console_attacks(void);

#endif
