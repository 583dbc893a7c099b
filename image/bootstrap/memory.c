// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAM: how much is there, and where to put things.  Places are whole MiBs, found
 * from the top of RAM downwards.
 */
#include "boot.h"

#define PATTERN 0x5349474du

static volatile uint32_t *word_at(uint32_t address)
{
	return (volatile uint32_t *)address;
}

/*
 * A MiB is there if its first word keeps what is written and the base's word does
 * not change with it (an address line that is not decoded makes RAM appear again
 * further up).  Both words are put back: this may be where the image lies.
 */
static bool answers(uint32_t base, uint32_t address)
{
	uint32_t base_was = *word_at(base);
	uint32_t was = *word_at(address);
	bool there;

	*word_at(base) = ~PATTERN;
	*word_at(address) = PATTERN;
	asm volatile("dsb" ::: "memory");
	there = *word_at(address) == PATTERN;
	if (address != base && *word_at(base) != ~PATTERN)
		there = false;
	*word_at(address) = was;
	*word_at(base) = base_was;
	return there;
}

uint32_t memory_probe(struct range bank)
{
	uint32_t size = 0;

	while (size < bank.size && answers(bank.base, bank.base + size))
		size += MIB;
	return size;
}

/* 64 bits: a range may end at 4 GiB. */
static uint64_t end_of(struct range range)
{
	return (uint64_t)range.base + range.size;
}

static bool overlap(struct range a, struct range b)
{
	return a.base < end_of(b) && b.base < end_of(a);
}

void memory_reserve(struct boot *boot, uint32_t base, uint32_t size)
{
	struct range range = {base, size};
	bool in_ram = false;

	for (uint32_t i = 0; i < boot->bank_count; i++)
		in_ram = in_ram || overlap(range, boot->bank[i]);
	if (!in_ram)
		return;
	if (boot->reserved_count == MAX_RESERVATIONS)
		boot_fail("board tree", "more than %u reserved ranges", MAX_RESERVATIONS);
	boot->reserved[boot->reserved_count++] = range;
}

static bool is_free(const struct boot *boot, struct range place)
{
	for (uint32_t i = 0; i < boot->reserved_count; i++)
		if (overlap(place, boot->reserved[i]))
			return false;
	return true;
}

bool memory_contains(const struct boot *boot, uint32_t base, uint32_t size)
{
	struct range part = {base, size};

	for (uint32_t i = 0; i < boot->bank_count; i++)
		if (base >= boot->bank[i].base && end_of(part) <= end_of(boot->bank[i]))
			return true;
	return false;
}

/* The highest free place of a bank, or 0. */
static uint32_t place_in(const struct boot *boot, struct range bank, uint32_t size)
{
	struct range place = {0, size};

	for (uint32_t offset = bank.size; offset >= size; offset -= MIB) {
		place.base = bank.base + (offset - size);
		if (is_free(boot, place))
			return place.base;
	}
	return 0;
}

uint32_t memory_place(struct boot *boot, uint32_t size, const char *what)
{
	uint32_t best = 0, total = 0;

	size = (size + MIB - 1) & ~(MIB - 1);
	for (uint32_t i = 0; i < boot->bank_count; i++) {
		uint32_t place = place_in(boot, boot->bank[i], size);

		total += boot->bank[i].size / MIB;
		if (place > best)
			best = place;
	}
	if (!best)
		boot_fail("memory", "too little RAM: no %u MiB free for %s among %u MiB",
			  size / MIB, what, total);
	memory_reserve(boot, best, size);
	return best;
}
