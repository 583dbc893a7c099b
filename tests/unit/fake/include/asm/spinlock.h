/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fake arch: one processor.  A lock taken twice or released when free is a bug of
 * the core, found at once; what others would do at the worst moment is played by
 * the hooks.
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

/* weak: the tests that need no more of the fake arch than this header link alone */
__attribute__((weak)) unsigned int fake_locks_held;
__attribute__((weak)) void (*fake_before_trylock)(spinlock_t *lock);
__attribute__((weak)) void (*fake_before_cas)(uint32_t *word);

static inline void smp_mb(void)
{
	__asm__ volatile("" ::: "memory");
}

static inline bool spin_trylock(spinlock_t *lock)
{
	if (fake_before_trylock)
		fake_before_trylock(lock);
	if (lock->held)
		return false;
	lock->held = 1;
	fake_locks_held++;
	return true;
}

static inline void spin_lock(spinlock_t *lock)
{
	if (lock->held)
		__builtin_trap(); /* deadlock */
	lock->held = 1;
	fake_locks_held++;
}

static inline void spin_unlock(spinlock_t *lock)
{
	if (!lock->held)
		__builtin_trap();
	lock->held = 0;
	fake_locks_held--;
}

static inline uint32_t atomic_or(uint32_t *word, uint32_t bits)
{
	return __atomic_fetch_or(word, bits, __ATOMIC_SEQ_CST);
}

static inline uint32_t atomic_andnot(uint32_t *word, uint32_t bits)
{
	return __atomic_fetch_and(word, ~bits, __ATOMIC_SEQ_CST);
}

static inline uint32_t atomic_xchg(uint32_t *word, uint32_t value)
{
	return __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST);
}

static inline bool atomic_cas(uint32_t *word, uint32_t old, uint32_t value)
{
	if (fake_before_cas)
		fake_before_cas(word);
	return __atomic_compare_exchange_n(word, &old, value, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}

#endif
