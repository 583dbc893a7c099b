/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The three kinds of address of the slides, each a C type of its own, so that
 * the compiler refuses a mix-up:
 *
 *   maddr_t  machine: what the bus sees
 *   paddr_t  pseudo-physical: what a domain takes for physical (sigma' maps it
 *            to machine)
 *   vaddr_t  virtual: in the address space that a guest has loaded (sigma'' maps
 *            it to pseudo-physical)
 *
 * A C pointer is always an address in the hypervisor's own view: its window or,
 * until the first domain runs, the linear map of RAM.
 */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
	uint32_t m;
} maddr_t;
typedef struct {
	uint32_t p;
} paddr_t;
typedef struct {
	uint32_t v;
} vaddr_t;

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096u
#define PAGE_MASK  (PAGE_SIZE - 1)
#define SLOT_SHIFT 20 /* domains are placed in 1 MiB slots: one section each */
#define SLOT_SIZE  0x100000u
#define SLOT_MASK  (SLOT_SIZE - 1)

static inline maddr_t maddr(uint32_t m)
{
	return (maddr_t){m};
}

static inline paddr_t paddr(uint32_t p)
{
	return (paddr_t){p};
}

static inline vaddr_t vaddr(uint32_t v)
{
	return (vaddr_t){v};
}

static inline maddr_t maddr_add(maddr_t base, uint32_t bytes)
{
	return (maddr_t){base.m + bytes};
}

static inline paddr_t paddr_add(paddr_t base, uint32_t bytes)
{
	return (paddr_t){base.p + bytes};
}

static inline vaddr_t vaddr_add(vaddr_t base, uint32_t bytes)
{
	return (vaddr_t){base.v + bytes};
}

/* May x + y be formed without wrapping? */
static inline bool add_overflows(uint32_t x, uint32_t y)
{
	return x + y < x;
}

/* Does [start, start + size) lie inside [base, base + limit)?  No overflow. */
static inline bool range_in(uint32_t start, uint32_t size, uint32_t base, uint32_t limit)
{
	return start >= base && size <= limit && start - base <= limit - size;
}

static inline uint32_t align_up(uint32_t value, uint32_t align)
{
	return (value + align - 1) & ~(align - 1);
}

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))
#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Used only while booting; its memory becomes heap afterwards. */
#define __init     __attribute__((section(".init.text"), cold))
#define __initdata __attribute__((section(".init.data")))

#endif
