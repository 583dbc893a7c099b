/* SPDX-License-Identifier: MIT */
/*
 * One function for each hypercall, made from public/hypercalls.def:
 *
 *	long hypercall_NAME(arguments...)	0 or more, or a negative Xen errno
 *
 * A hypercall is a call through the address in the domain descriptor (the
 * trampoline of the slides): number in r12, arguments from r0, result in r0.
 */
#ifndef GUEST_HYPERCALL_H
#define GUEST_HYPERCALL_H

#include <stdint.h>

/* Virtual address to call: descriptor->hypercall_page. */
extern uint32_t hypercall_page;

/* Any call, for tests that make their numbers up. */
static inline long hypercall(uint32_t number, uint32_t a0, uint32_t a1, uint32_t a2,
			     uint32_t a3, uint32_t a4)
{
	register uint32_t r0 __asm__("r0") = a0;
	register uint32_t r1 __asm__("r1") = a1;
	register uint32_t r2 __asm__("r2") = a2;
	register uint32_t r3 __asm__("r3") = a3;
	register uint32_t r4 __asm__("r4") = a4;
	register uint32_t r12 __asm__("r12") = number;

	__asm__ volatile("blx %[page]"
			 : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r12)
			 : "r"(r4), [page] "r"(hypercall_page)
			 : "lr", "cc", "memory");
	return (long)r0;
}

#define HYPERCALL_STUB_0(name, number)                   \
	static inline long hypercall_##name(void)        \
	{                                                \
		return hypercall(number, 0, 0, 0, 0, 0); \
	}
#define HYPERCALL_STUB_1(name, number)                    \
	static inline long hypercall_##name(uint32_t a0)  \
	{                                                 \
		return hypercall(number, a0, 0, 0, 0, 0); \
	}
#define HYPERCALL_STUB_2(name, number)                                \
	static inline long hypercall_##name(uint32_t a0, uint32_t a1) \
	{                                                             \
		return hypercall(number, a0, a1, 0, 0, 0);            \
	}
#define HYPERCALL_STUB_3(name, number)                                             \
	static inline long hypercall_##name(uint32_t a0, uint32_t a1, uint32_t a2) \
	{                                                                          \
		return hypercall(number, a0, a1, a2, 0, 0);                        \
	}

#define SIGMA_LEAF(number, name, args, brief) HYPERCALL_STUB_##args(name, number)
#define SIGMA_CALL(number, name, args, brief) HYPERCALL_STUB_##args(name, number)
#include <public/hypercalls.def>

/* Pointer argument of a hypercall. */
static inline uint32_t guest_address(const volatile void *pointer)
{
	return (uint32_t)(uintptr_t)pointer;
}

#endif
