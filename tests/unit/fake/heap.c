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

void slots_free(maddr_t base, uint32_t size)
{
	if (!ram_contains(base, size))
		abort();
	fake_slots_freed += size;
}

uint32_t slots_total(void)
{
	return FAKE_RAM_SIZE;
}

uint32_t slots_available(void)
{
	return FAKE_RAM_SIZE / 2;
}

uint32_t slots_largest(void)
{
	return slots_available();
}
