/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine for the portable core on the host: RAM, a clock, interrupts, domains
 * whose "virtual addresses" are their pseudo-physical ones.  The core above it is
 * the real one.
 *
 * A page that the hypervisor maps appears at an address of its own, so that using a
 * mapping after it was given back is a fault; heap pages are the host's, under
 * AddressSanitizer.
 */
#ifndef FAKE_H
#define FAKE_H

#include <hv/domain.h>
#include <hv/types.h>

#define FAKE_RAM_BASE   0x60000000u /* machine, and pseudo-physical of every domain */
#define FAKE_RAM_SIZE   0x01000000u
#define FAKE_DOMAIN_RAM 0x00200000u
#define FAKE_WINDOW     0x00100000u /* foreign window: 256 frames */
#define FAKE_SCRATCH    0x00100000u /* offset of the RAM that guest_put() hands out */

/* Power on: no domain, nothing allocated, clock 0.  Off: check that nothing leaks. */
void fake_power_on(void);
void fake_power_off(void);

/* A domain that runs: FAKE_DOMAIN_RAM bytes, placed after the one before. */
struct domain *fake_domain(const char *name, unsigned int vcpus, bool privileged);

/* From now on this vCPU makes the calls. */
void fake_run(struct vcpu *v);

/* The processor's timer interrupt, at the time that fake_clock says. */
void fake_timer_fires(void);

/*
 * The vCPUs compute until the clock says so: timer interrupts come when they are due,
 * and turns end.  With nothing to run, fake_on_idle decides what happens.
 */
void fake_compute_until(uint64_t clock);

/* A hypercall of the running vCPU; no lock may be held afterwards. */
long fake_call(unsigned int number, uint32_t a0, uint32_t a1, uint32_t a2);

/* The guest's own view: host pointer to its RAM at a pseudo-physical address. */
void *guest_ram(const struct domain *d, uint32_t pseudo);

/* Room in the running guest's memory with a copy of `data`; its virtual address. */
uint32_t guest_put(const void *data, uint32_t bytes);
/* Copy back what lies there now. */
void guest_get(void *data, uint32_t address, uint32_t bytes);

/* Frame number of page n of a domain's RAM, and of frame n of its foreign window. */
uint32_t fake_gfn(const struct domain *d, uint32_t page);
uint32_t fake_window_gfn(const struct domain *d, uint32_t frame);

/* Make the page at a guest virtual address absent or read-only, for every domain. */
#define FAKE_PAGES 4
extern uint32_t fake_absent[FAKE_PAGES], fake_readonly[FAKE_PAGES];

/* Fail allocations: so many more succeed; negative: all do. */
extern int fake_heap_budget, fake_window_budget;

extern uint64_t fake_clock;
extern uint64_t fake_timer_at;        /* clock at which the hardware timer fires */
extern unsigned int fake_shared_maps; /* pages the hypervisor has mapped shared */
extern unsigned int fake_heap_pages;  /* pages allocated */
extern uint32_t fake_slots_freed;     /* bytes of RAM given back */
extern unsigned int fake_flushes;     /* of caches; the last one: */
extern uint32_t fake_flush_address, fake_flush_bytes;
extern unsigned int fake_power_offs, fake_resets;
extern char fake_screen[65536];

/*
 * What happens instead of an idle machine, when the machine ends itself, and when
 * the first vCPU is entered; the last two may not return.
 */
extern void (*fake_on_idle)(void);
extern void (*fake_on_end)(void);
extern void (*fake_on_start)(struct vcpu *first);
/* RAM of a new domain: filled with something, or left as it is (quicker). */
extern bool fake_fill_ram;

#endif
