// SPDX-License-Identifier: GPL-2.0-only
/*
 * Machine memory: a bitmap of 1 MiB slots for domains and a bitmap of pages in
 * the hypervisor's own slot.
 */
#include <hv/frames.h>
#include <hv/printk.h>
#include <string.h>
#include <arch/spinlock.h>

#define WORD_BITS 32u

static spinlock_t slots_lock = SPINLOCK_INIT;
static uint32_t slot_is_ram[RAM_SLOTS_MAX / WORD_BITS];
static uint32_t slot_is_free[RAM_SLOTS_MAX / WORD_BITS];

static bool bit_get(const uint32_t *map, uint32_t bit)
{
	return (map[bit / WORD_BITS] >> bit % WORD_BITS & 1) != 0;
}

static void bits_set(uint32_t *map, uint32_t first, uint32_t end)
{
	for (; first < end; first++)
		map[first / WORD_BITS] |= UINT32_C(1) << first % WORD_BITS;
}

static void bits_clear(uint32_t *map, uint32_t first, uint32_t end)
{
	for (; first < end; first++)
		map[first / WORD_BITS] &= ~(UINT32_C(1) << first % WORD_BITS);
}

static bool bits_all(const uint32_t *map, uint32_t first, uint32_t end)
{
	for (; first < end; first++)
		if (!bit_get(map, first))
			return false;
	return true;
}

static bool bits_none(const uint32_t *map, uint32_t first, uint32_t end)
{
	for (; first < end; first++)
		if (bit_get(map, first))
			return false;
	return true;
}

static uint32_t bits_count(const uint32_t *map, uint32_t words)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < words; i++)
		for (uint32_t word = map[i]; word != 0; word &= word - 1)
			count++;
	return count;
}

/*
 * Slot numbers of a range.  The end is one past the last byte's slot, so that a
 * range up to the last byte of the address space needs no 33rd bit.
 */
static uint32_t slot_first(maddr_t base)
{
	return base.m >> SLOT_SHIFT;
}

static uint32_t slot_end(maddr_t base, uint32_t size)
{
	uint32_t last = add_overflows(base.m, size - 1) ? UINT32_MAX : base.m + size - 1;

	return (last >> SLOT_SHIFT) + 1;
}

void slots_add(maddr_t base, uint32_t size)
{
	uint32_t head = (SLOT_SIZE - (base.m & SLOT_MASK)) & SLOT_MASK;
	uint32_t first, end;

	if (size < head + SLOT_SIZE || add_overflows(base.m, head))
		return;
	first = slot_first(maddr_add(base, head));
	end = first + ((size - head) >> SLOT_SHIFT);
	if (end > RAM_SLOTS_MAX)
		end = RAM_SLOTS_MAX;
	spin_lock(&slots_lock);
	bits_set(slot_is_ram, first, end);
	bits_set(slot_is_free, first, end);
	spin_unlock(&slots_lock);
}

void slots_reserve(maddr_t base, uint32_t size)
{
	if (size == 0)
		return;
	spin_lock(&slots_lock);
	bits_clear(slot_is_free, slot_first(base), slot_end(base, size));
	spin_unlock(&slots_lock);
}

void slots_free(maddr_t base, uint32_t size)
{
	uint32_t first = slot_first(base), end;
	bool taken;

	if (size == 0)
		return;
	end = slot_end(base, size);
	spin_lock(&slots_lock);
	taken = bits_all(slot_is_ram, first, end) && bits_none(slot_is_free, first, end);
	if (taken)
		bits_set(slot_is_free, first, end);
	spin_unlock(&slots_lock);
	CHECK(taken);
}

/*
 * Highest run of `count` free slots: low memory stays for who needs it.  Slot 0 is
 * never handed out: its address means "none".
 */
static bool find_run(uint32_t count, uint32_t *first)
{
	uint32_t length = 0;

	for (uint32_t slot = RAM_SLOTS_MAX; slot-- > 1;) {
		length = bit_get(slot_is_free, slot) ? length + 1 : 0;
		if (length == count) {
			*first = slot;
			return true;
		}
	}
	return false;
}

maddr_t slots_alloc(uint32_t size, maddr_t wanted, bool exact)
{
	uint32_t count = (size >> SLOT_SHIFT) + ((size & SLOT_MASK) != 0);
	uint32_t first = slot_first(wanted);
	bool found;

	if (count == 0)
		return maddr(0);
	spin_lock(&slots_lock);
	found = wanted.m != 0 && (wanted.m & SLOT_MASK) == 0 &&
		count <= RAM_SLOTS_MAX - first &&
		bits_all(slot_is_free, first, first + count);
	if (!found && !exact)
		found = find_run(count, &first);
	if (found)
		bits_clear(slot_is_free, first, first + count);
	spin_unlock(&slots_lock);
	return maddr(found ? first << SLOT_SHIFT : 0);
}

/* 4 GiB of slots do not fit in 32 bits of bytes; one slot less is said then. */
static uint32_t slots_to_bytes(uint32_t slots)
{
	return (slots < RAM_SLOTS_MAX ? slots : RAM_SLOTS_MAX - 1) << SLOT_SHIFT;
}

uint32_t slots_total(void)
{
	return slots_to_bytes(bits_count(slot_is_ram, ARRAY_SIZE(slot_is_ram)));
}

uint32_t slots_available(void)
{
	return slots_to_bytes(bits_count(slot_is_free, ARRAY_SIZE(slot_is_free)));
}

uint32_t slots_largest(void)
{
	uint32_t length = 0, largest = 0;

	for (uint32_t slot = 0; slot < RAM_SLOTS_MAX; slot++) {
		length = bit_get(slot_is_free, slot) ? length + 1 : 0;
		if (length > largest)
			largest = length;
	}
	return slots_to_bytes(largest);
}

bool ram_contains(maddr_t m, uint32_t bytes)
{
	if (bytes == 0 || add_overflows(m.m, bytes - 1))
		return false;
	return bits_all(slot_is_ram, slot_first(m), slot_end(m, bytes));
}

bool ram_touches(maddr_t m, uint32_t bytes)
{
	if (bytes == 0)
		return false;
	for (uint32_t slot = slot_first(m); slot < slot_end(m, bytes); slot++)
		if (bit_get(slot_is_ram, slot))
			return true;
	return false;
}

/* The heap: all regions added lie in one slot, counted from its base. */
#define HEAP_PAGES (SLOT_SIZE / PAGE_SIZE)

static spinlock_t heap_lock = SPINLOCK_INIT;
static char *heap_base;
static uint32_t page_is_ours[HEAP_PAGES / WORD_BITS];
static uint32_t page_is_free[HEAP_PAGES / WORD_BITS];

void heap_add(void *start, uint32_t bytes)
{
	uintptr_t begin = ((uintptr_t)start + PAGE_MASK) & ~(uintptr_t)PAGE_MASK;
	uintptr_t end = ((uintptr_t)start + bytes) & ~(uintptr_t)PAGE_MASK;
	uint32_t first;

	if (begin >= end)
		return;
	spin_lock(&heap_lock);
	if (heap_base == NULL)
		heap_base = (char *)(begin & ~(uintptr_t)SLOT_MASK);
	CHECK(begin >= (uintptr_t)heap_base && end - (uintptr_t)heap_base <= SLOT_SIZE);
	first = (uint32_t)(begin - (uintptr_t)heap_base) >> PAGE_SHIFT;
	bits_set(page_is_ours, first, first + (uint32_t)((end - begin) >> PAGE_SHIFT));
	bits_set(page_is_free, first, first + (uint32_t)((end - begin) >> PAGE_SHIFT));
	spin_unlock(&heap_lock);
}

/* Lowest run of free pages. */
static bool find_pages(uint32_t count, uint32_t *first)
{
	uint32_t length = 0;

	for (uint32_t page = 0; page < HEAP_PAGES; page++) {
		length = bit_get(page_is_free, page) ? length + 1 : 0;
		if (length == count) {
			*first = page + 1 - count;
			return true;
		}
	}
	return false;
}

void *heap_alloc(unsigned int pages)
{
	uint32_t first = 0;
	bool found;
	char *ptr;

	if (pages == 0)
		return NULL;
	spin_lock(&heap_lock);
	found = find_pages(pages, &first);
	if (found)
		bits_clear(page_is_free, first, first + pages);
	spin_unlock(&heap_lock);
	if (!found)
		return NULL;
	ptr = heap_base + first * PAGE_SIZE;
	memset(ptr, 0, pages * PAGE_SIZE);
	return ptr;
}

void heap_free(void *ptr, unsigned int pages)
{
	uintptr_t offset = (uintptr_t)ptr - (uintptr_t)heap_base;
	uint32_t first = (uint32_t)(offset >> PAGE_SHIFT);
	bool taken;

	if (ptr == NULL)
		return;
	CHECK((offset & PAGE_MASK) == 0 && offset < SLOT_SIZE &&
	      pages <= HEAP_PAGES - first);
	spin_lock(&heap_lock);
	taken = bits_all(page_is_ours, first, first + pages) &&
		bits_none(page_is_free, first, first + pages);
	if (taken)
		bits_set(page_is_free, first, first + pages);
	spin_unlock(&heap_lock);
	CHECK(taken);
}

uint32_t heap_available(void)
{
	return bits_count(page_is_free, ARRAY_SIZE(page_is_free)) << PAGE_SHIFT;
}
