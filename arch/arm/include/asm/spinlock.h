/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spin locks, barriers and atomic words on ARMv7-A (LDREX/STREX; ARM ARM
 * DDI0406C A3.4, D7.3).  Specified in <arch/spinlock.h>.
 */
#ifndef ASM_SPINLOCK_H
#define ASM_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	uint32_t held;
} spinlock_t;

#define SPINLOCK_INIT \
	{             \
		0     \
	}

static inline void smp_mb(void)
{
	__asm__ volatile("dmb" ::: "memory");
}

/* Inline assembler is assembled as ARM or Thumb, so conditions stand in IT blocks. */
static inline void spin_lock(spinlock_t *lock)
{
	uint32_t seen;

	__asm__ volatile("1:	ldrex	%0, [%1]\n"
			 "	teq	%0, #0\n"
			 "	itt	eq\n"
			 "	strexeq	%0, %2, [%1]\n"
			 "	teqeq	%0, #0\n"
			 "	bne	1b\n"
			 "	dmb\n"
			 : "=&r"(seen)
			 : "r"(&lock->held), "r"(1)
			 : "cc", "memory");
}

static inline bool spin_trylock(spinlock_t *lock)
{
	uint32_t seen;

	__asm__ volatile("	ldrex	%0, [%1]\n"
			 "	teq	%0, #0\n"
			 "	it	eq\n"
			 "	strexeq	%0, %2, [%1]\n"
			 "	dmb\n"
			 : "=&r"(seen)
			 : "r"(&lock->held), "r"(1)
			 : "cc", "memory");
	return seen == 0;
}

static inline void spin_unlock(spinlock_t *lock)
{
	__asm__ volatile("	dmb\n"
			 "	str	%1, [%0]\n"
			 :
			 : "r"(&lock->held), "r"(0)
			 : "memory");
}

static inline uint32_t atomic_or(uint32_t *word, uint32_t bits)
{
	uint32_t old, value, failed;

	__asm__ volatile("1:	ldrex	%0, [%3]\n"
			 "	orr	%1, %0, %4\n"
			 "	strex	%2, %1, [%3]\n"
			 "	teq	%2, #0\n"
			 "	bne	1b\n"
			 : "=&r"(old), "=&r"(value), "=&r"(failed)
			 : "r"(word), "r"(bits)
			 : "cc", "memory");
	return old;
}

static inline uint32_t atomic_andnot(uint32_t *word, uint32_t bits)
{
	uint32_t old, value, failed;

	__asm__ volatile("1:	ldrex	%0, [%3]\n"
			 "	bic	%1, %0, %4\n"
			 "	strex	%2, %1, [%3]\n"
			 "	teq	%2, #0\n"
			 "	bne	1b\n"
			 : "=&r"(old), "=&r"(value), "=&r"(failed)
			 : "r"(word), "r"(bits)
			 : "cc", "memory");
	return old;
}

static inline uint32_t atomic_xchg(uint32_t *word, uint32_t value)
{
	uint32_t old, failed;

	__asm__ volatile("1:	ldrex	%0, [%2]\n"
			 "	strex	%1, %3, [%2]\n"
			 "	teq	%1, #0\n"
			 "	bne	1b\n"
			 : "=&r"(old), "=&r"(failed)
			 : "r"(word), "r"(value)
			 : "cc", "memory");
	return old;
}

static inline bool atomic_cas(uint32_t *word, uint32_t old, uint32_t value)
{
	uint32_t seen, failed;

	do {
		__asm__ volatile("	ldrex	%0, [%2]\n"
				 "	mov	%1, #0\n"
				 "	teq	%0, %3\n"
				 "	it	eq\n"
				 "	strexeq	%1, %4, [%2]\n"
				 : "=&r"(seen), "=&r"(failed)
				 : "r"(word), "r"(old), "r"(value)
				 : "cc", "memory");
	} while (failed);
	return seen == old;
}

#endif
