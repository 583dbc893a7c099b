/* SPDX-License-Identifier: MIT */
/* The register check: patterns of this domain, held while the other one runs. */
#include "guest.h"
#include "context.h"
#include "selftest.h"

#define SPINS       200
#define CALLS       500
#define HOLD_US     3000 /* some of the shortest time slices */
#define CALIBRATION 200000

static uint32_t loaded[CONTEXT_WORDS], found[CONTEXT_WORDS];

/* Bits of a word that software can set, where that is not all of them. */
static const struct {
	uint16_t word;
	uint32_t writable, always;
} special[] = {
	{CONTEXT_SVC + 2, 0xf80f0000, 0xd3}, /* saved program status registers */
	{CONTEXT_ABT + 2, 0xf80f0000, 0x93},
	{CONTEXT_UND + 2, 0xf80f0000, 0x1f},
	{CONTEXT_IRQ + 2, 0xf80f0000, 0x10},
	{CONTEXT_FIQ + 7, 0xf80f0000, 0x93},
	{CONTEXT_CP15 + 4, 0xfffffffc, 1},  /* DACR: domain 0 stays a client */
	{CONTEXT_CP15 + 5, 0x1cff, 0},      /* DFSR */
	{CONTEXT_CP15 + 6, 0x140f, 0},      /* IFSR */
	{CONTEXT_CP15 + 9, 1, 0},           /* CSSELR: first level, either cache */
	{CONTEXT_CP15 + 10, 0xfffff000, 0}, /* PAR: an address, no fault */
	{CONTEXT_FPSCR, 0xf7c0009f, 0},
	{CONTEXT_FLAGS, 0x080f0000, 0},
};

static uint32_t masked(unsigned int word, uint32_t value)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(special); i++)
		if (special[i].word == word)
			return (value & special[i].writable) | special[i].always;
	return value;
}

static void fill(unsigned int round)
{
	uint32_t seed =
		(guest_descriptor->domain_id + 1) * 0x01010101u + round * 0x9e3779b9u;

	for (unsigned int i = 0; i < CONTEXT_WORDS; i++) {
		seed = seed * 1664525u + 1013904223u; /* Numerical Recipes, ch. 7 */
		loaded[i] = masked(i, seed ^ seed >> 15);
		found[i] = ~loaded[i];
	}
}

static const char *group_name(unsigned int word)
{
	static const struct {
		uint16_t first;
		const char *name;
	} groups[] = {
		{CONTEXT_VFP, "VFP register half"}, {CONTEXT_FLAGS, "CPSR flags"},
		{CONTEXT_FPSCR, "FPSCR"},           {CONTEXT_CP15, "CP15 register"},
		{CONTEXT_FIQ, "FIQ bank"},          {CONTEXT_IRQ, "IRQ bank"},
		{CONTEXT_UND, "UND bank"},          {CONTEXT_ABT, "ABT bank"},
		{CONTEXT_USR, "USR bank"},          {CONTEXT_SVC, "SVC bank"},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(groups); i++)
		if (word >= groups[i].first)
			return groups[i].name;
	return "register r";
}

static void compare(const char *how, const bool *ignore)
{
	for (unsigned int i = 0; i < CONTEXT_WORDS; i++)
		if (!ignore[i] && masked(i, found[i]) != loaded[i])
			guest_fail("%s (context word %u) was %08x, is %08x after %s",
				   group_name(i), i, loaded[i], found[i], how);
}

/* Turns of the spin loop that take HOLD_US when nobody interrupts. */
static uint32_t calibrate(void)
{
	uint64_t best = UINT64_MAX;

	fill(0);
	for (unsigned int i = 0; i < 10; i++) {
		uint64_t start, ticks;

		loaded[CONTEXT_R0] = CALIBRATION;
		irq_disable();
		start = clock_read();
		context_hold_spinning(loaded, found);
		ticks = clock_read() - start;
		irq_enable();
		if (ticks < best)
			best = ticks;
	}
	return (uint32_t)divide((uint64_t)CALIBRATION * clock_us_to_ticks(HOLD_US),
				(uint32_t)best, NULL);
}

static void hold_spinning(void)
{
	static const bool ignore[CONTEXT_WORDS] = {[CONTEXT_R0] = true};
	uint32_t turns = calibrate(), longer = 0;
	uint64_t start, ticks;

	for (unsigned int round = 1; round <= SPINS; round++) {
		fill(round);
		loaded[CONTEXT_R0] = turns;
		irq_disable();
		start = clock_read();
		context_hold_spinning(loaded, found);
		ticks = clock_read() - start;
		irq_enable();
		compare("spinning", ignore);
		longer += ticks > 3 * (uint64_t)clock_us_to_ticks(HOLD_US) / 2;
	}
	guest_printf("held all registers %u times by spinning; interrupted %u times\n",
		     SPINS, longer);
}

static void hold_yielding(void)
{
	static const bool ignore[CONTEXT_WORDS] = {
		[CONTEXT_R0] = true,      [CONTEXT_R0 + 1] = true,
		[CONTEXT_R0 + 2] = true,  [CONTEXT_R0 + 3] = true,
		[CONTEXT_R12] = true,     [CONTEXT_SVC] = true,
		[CONTEXT_SVC + 1] = true, [CONTEXT_CP15 + 10] = true, /* PAR */
		[CONTEXT_FLAGS] = true,
	};

	for (unsigned int round = 1; round <= CALLS; round++) {
		fill(SPINS + round);
		loaded[CONTEXT_R0] = SCHEDOP_yield;
		loaded[CONTEXT_R0 + 3] = hypercall_page;
		loaded[CONTEXT_R12] = __HYPERVISOR_sched_op;
		irq_disable();
		context_hold_calling(loaded, found);
		irq_enable();
		compare("a yield", ignore);
	}
	guest_printf("held all registers %u times over a yield\n", CALLS);
}

void test_context(void)
{
	context_vfp_enable();
	hold_spinning();
	hold_yielding();
}
