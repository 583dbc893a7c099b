/* SPDX-License-Identifier: MIT */
/*
 * Library of the small guests: all that a domain needs to live beside others
 * without an operating system.  One vCPU; handlers run with IRQ masked.
 *
 * A guest has a function guest_main(), built with GUEST_NAME, and ends with
 * guest_pass() or guest_fail().
 */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <public/sigma.h>
#include "hypercall.h"
#include "xen.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* ---- start ------------------------------------------------------------- */

/* The domain descriptor ("descripteur local"). */
extern struct sigma_descriptor *guest_descriptor;

/* r0-r12, sp, lr, cpsr as they were at the first instruction. */
enum { ENTRY_SP = 13, ENTRY_LR, ENTRY_CPSR, ENTRY_REGISTERS };
extern uint32_t guest_entry_registers[ENTRY_REGISTERS];
extern uint32_t guest_entry_vbar;

extern const char guest_name[];
extern const char guest_image[]; /* its first byte, where it was loaded */
void guest_main(void);

/* ---- end --------------------------------------------------------------- */

/*
 * Print "PASS: name" or "FAIL: name: why" and end the domain.  dom0 goes last:
 * it waits until no other domain runs, because the machine stops with it.
 */
void guest_pass(void) __attribute__((noreturn));
void guest_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
#define guest_check(condition, ...)              \
	do {                                     \
		if (!(condition))                \
			guest_fail(__VA_ARGS__); \
	} while (0)

/* SCHEDOP_shutdown with a SHUTDOWN_* reason of Xen. */
void guest_shutdown(unsigned int reason) __attribute__((noreturn));

/* ---- console ------------------------------------------------------------ */

/* %c %s %d %u %x %p %%, width, 0 and -, l and ll; at most 256 characters. */
void guest_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void guest_vsnprintf(char *text, uint32_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
void console_write(const char *text, uint32_t bytes);
/* Next character typed, or -1.  Before it: console_input_setup(), once. */
int console_getc(void);
/* `wake` is called when there may be input. */
void console_input_setup(void (*wake)(void));

/* ---- processor ----------------------------------------------------------- */

static inline void irq_disable(void)
{
	__asm__ volatile("cpsid i" ::: "memory");
}

static inline void irq_enable(void)
{
	__asm__ volatile("cpsie i" ::: "memory");
}

/* Let pending interrupts in, between two lines of masked code. */
static inline void irq_window(void)
{
	__asm__ volatile("cpsie i\n\tisb\n\tcpsid i" ::: "memory");
}

/* ---- virtual interrupts --------------------------------------------------- */

typedef void (*virq_handler)(unsigned int virq);

/* All are masked until they are asked for. */
void virq_register(unsigned int virq, virq_handler handler); /* and unmask */
void virq_mask(unsigned int virq);
void virq_unmask(unsigned int virq); /* delivers what came meanwhile */
bool virq_is_pending(unsigned int virq);
void virq_clear(unsigned int virq);
/* How often the line was taken with nothing to do. */
extern uint32_t virq_spurious;

/* ---- time ------------------------------------------------------------------ */

uint64_t clock_read(void); /* ticks of descriptor->clock_hz */
uint32_t clock_us_to_ticks(uint32_t us);
uint32_t clock_ticks_to_us(uint64_t ticks);
/* One shot: SIGMA_VIRQ_TIMER in so many ticks; 0 stops. */
void timer_arm(uint32_t ticks);

/* Give the processor away until a virtual interrupt comes; its handler has run. */
void guest_idle(void);
/* Sleep until a condition that handlers make true; none of them slips by. */
#define guest_wait_until(condition)                           \
	do {                                                  \
		irq_disable();                                \
		while (!(condition)) {                        \
			hypercall_sched_op(SCHEDOP_block, 0); \
			irq_window();                         \
		}                                             \
		irq_enable();                                 \
	} while (0)
/* Let the other domains run. */
void guest_yield(void);

/* ---- event channels --------------------------------------------------------- */

/* Register shared_info and vcpu_info, take SIGMA_VIRQ_EVENT.  May be repeated. */
void event_setup(void);
typedef void (*event_handler)(unsigned int port);
/* Port or a negative Xen errno; unmasked, with its handler. */
int event_alloc_unbound(unsigned int remote, event_handler handler);
int event_bind(unsigned int remote, unsigned int remote_port, event_handler handler);
int event_bind_virq(unsigned int virq, event_handler handler);
int event_send(unsigned int port);
int event_close(unsigned int port);
/* A port that somebody else made, say the console's. */
void event_take(unsigned int port, event_handler handler);

/* HVM parameter of this domain, 0 when there is none. */
uint64_t guest_hvm_param(unsigned int index);

/* ---- small things -------------------------------------------------------------- */

void *memset(void *to, int value, size_t bytes);
void *memcpy(void *to, const void *from, size_t bytes);
int memcmp(const void *one, const void *other, size_t bytes);
size_t strlen(const char *text);
uint64_t divide(uint64_t number, uint32_t by, uint32_t *rest); /* rest may be NULL */

#endif
