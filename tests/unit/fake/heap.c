// SPDX-License-Identifier: GPL-2.0-only
/*
 * hypervisor/frames.c for tests of what lies above it: every allocation is the
 * host's own, so that AddressSanitizer watches each.
 */
#include "fake.h"
#include <stdlib.h>
#include <hv/frames.h>

bool ram_contains(maddr_t m, uint32_t bytes)
{
	return range_in(m.m, bytes, FAKE_RAM_BASE, FAKE_RAM_SIZE);
}

bool ram_touches(maddr_t m, uint32_t bytes)
{
	(void)bytes;
	return m.m - FAKE_RAM_BASE < FAKE_RAM_SIZE;
}

void *heap_alloc(unsigned int pages)
{
	void *p;

	if (fake_heap_budget == 0)
		return NULL;
	fake_heap_budget--;
	p = aligned_alloc(PAGE_SIZE, pages * (size_t)PAGE_SIZE);
	if (!p)
		abort();
	fake_heap_pages += pages;
	return memset(p, 0, pages * (size_t)PAGE_SIZE);
}

void heap_free(void *ptr, unsigned int pages)
{
	fake_heap_pages -= pages;
	free(ptr);
}

uint32_t heap_available(void)
{
	return 256 * PAGE_SIZE;
}

/*
 * RAM: fake_domain() takes from the lower half, slots_alloc() from the upper one, each
 * run as far up as it goes.
 */
#define SLOTS      (FAKE_RAM_SIZE >> SLOT_SHIFT)
#define UPPER_HALF (SLOTS / 2)

static bool taken[SLOTS];

static uint32_t slots_of(uint32_t size)
{
	return (size + SLOT_MASK) >> SLOT_SHIFT;
}

static uint32_t slot_of(maddr_t m)
{
	return (m.m - FAKE_RAM_BASE) >> SLOT_SHIFT;
}

maddr_t slots_alloc(uint32_t size, maddr_t wanted, bool exact)
{
	uint32_t run = 0;

	(void)wanted, (void)exact;
	for (uint32_t slot = SLOTS; slot-- > UPPER_HALF;) {
		run = taken[slot] ? 0 : run + 1;
		if (run != slots_of(size))
			continue;
		memset(taken + slot, true, run);
		return maddr(FAKE_RAM_BASE + (slot << SLOT_SHIFT));
	}
	return maddr(0);
}

void slots_free(maddr_t base, uint32_t size)
{
	if (!ram_contains(base, size))
		abort();
	fake_slots_freed += size;
	for (uint32_t i = 0; i < slots_of(size); i++) {
		if (taken[slot_of(base)] != taken[slot_of(base) + i])
			abort(); /* part of it is not */
	}
	memset(taken + slot_of(base), false, slots_of(size));
}

void slots_add(maddr_t base, uint32_t size)
{
	(void)base, (void)size;
}

void slots_reserve(maddr_t base, uint32_t size)
{
	(void)base, (void)size;
}

uint32_t slots_total(void)
{
	return FAKE_RAM_SIZE;
}

uint32_t slots_available(void)
{
	uint32_t slots = 0;

	for (uint32_t slot = UPPER_HALF; slot < SLOTS; slot++)
		slots += !taken[slot];
	return slots << SLOT_SHIFT;
}

uint32_t slots_largest(void)
{
	return slots_available();
}
