/* SPDX-License-Identifier: MIT */
/* The virtual interrupt words of the descriptor, scanned as sigma.h tells. */
#include "guest.h"

uint32_t virq_spurious;
static virq_handler handlers[SIGMA_VIRQ_COUNT];

void virq_dispatch(void);

/* The hypervisor sets bits at any moment: exchange, never load and store. */
static uint32_t exchange_andnot(volatile uint32_t *word, uint32_t bits)
{
	uint32_t old, cleared, failed;

	__asm__ volatile("1:	ldrex	%0, [%3]\n"
			 "	bic	%1, %0, %4\n"
			 "	strex	%2, %1, [%3]\n"
			 "	teq	%2, #0\n"
			 "	bne	1b"
			 : "=&r"(old), "=&r"(cleared), "=&r"(failed)
			 : "r"(word), "r"(bits)
			 : "cc", "memory");
	return old;
}

static volatile uint32_t *pending_word(unsigned int virq)
{
	return &guest_descriptor->vcpu[0].pending[virq / 32];
}

static volatile uint32_t *mask_word(unsigned int virq)
{
	return &guest_descriptor->vcpu[0].mask[virq / 32];
}

/* From the IRQ vector, IRQ masked. */
void virq_dispatch(void)
{
	bool found = false;

	hypercall_sigma_virq_ack();
	for (unsigned int first = 0; first < SIGMA_VIRQ_COUNT; first += 32) {
		uint32_t wanted = ~*mask_word(first);
		uint32_t bits = exchange_andnot(pending_word(first), wanted) & wanted;

		while (bits) {
			unsigned int virq = first + (unsigned int)__builtin_ctz(bits);

			bits &= bits - 1;
			found = true;
			if (handlers[virq])
				handlers[virq](virq);
			if (virq >= SIGMA_VIRQ_SPI_BASE)
				hypercall_sigma_virq_eoi(virq);
		}
	}
	if (!found)
		virq_spurious++;
}

void virq_mask(unsigned int virq)
{
	*mask_word(virq) |= 1u << virq % 32;
}

void virq_unmask(unsigned int virq)
{
	*mask_word(virq) &= ~(1u << virq % 32);
	if (virq_is_pending(virq))
		hypercall_sigma_virq_ctl(SIGMA_VIRQ_RAISE, 0, 0);
}

void virq_register(unsigned int virq, virq_handler handler)
{
	handlers[virq] = handler;
	virq_unmask(virq);
}

bool virq_is_pending(unsigned int virq)
{
	return *pending_word(virq) >> virq % 32 & 1;
}

void virq_clear(unsigned int virq)
{
	exchange_andnot(pending_word(virq), 1u << virq % 32);
}
