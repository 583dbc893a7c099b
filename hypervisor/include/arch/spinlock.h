/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arch contract: spin locks and barriers.
 *
 * All hypervisor code after boot runs with interrupts masked (hypercalls, the
 * Monitor path), so a lock never needs to save a mask.  Lock order, outermost
 * first: domain list, domain.lock, event.lock of the lower domain id, event.lock
 * of the higher, grant.lock, runqueue lock, timer lock, console lock.
 */
#ifndef ARCH_SPINLOCK_H
#define ARCH_SPINLOCK_H

#include <asm/spinlock.h>

/*
 * <asm/spinlock.h> defines spinlock_t, SPINLOCK_INIT and:
 *   void spin_lock(spinlock_t *)      acquire; full barrier after
 *   void spin_unlock(spinlock_t *)    release; full barrier before
 *   bool spin_trylock(spinlock_t *)
 *   void smp_mb(void)                 order memory between CPUs
 *   uint32_t atomic_or(uint32_t *word, uint32_t bits)   returns the old value
 *   uint32_t atomic_andnot(uint32_t *word, uint32_t bits)
 *   uint32_t atomic_xchg(uint32_t *word, uint32_t value)
 *   bool atomic_cas(uint32_t *word, uint32_t old, uint32_t value)  true: stored
 */

#endif
