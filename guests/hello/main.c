/* SPDX-License-Identifier: MIT */
/* The smallest domain that does something: who am I, some ticks, then sleep. */
#include "guest.h"

#define TICKS     5
#define PERIOD_US 10000

static volatile unsigned int ticks;

static void tick(unsigned int virq)
{
	(void)virq;
	ticks++;
	timer_arm(clock_us_to_ticks(PERIOD_US));
}

void guest_main(void)
{
	const struct sigma_descriptor *d = guest_descriptor;

	guest_printf("hello, I am domain %u%s of Sigma's ABI version %u\n", d->domain_id,
		     d->flags & SIGMA_DOMAIN_PRIVILEGED ? " (privileged)" : "",
		     d->version);
	guest_printf("RAM: pseudo-physical %08x, %u MiB, at machine address %08x\n",
		     d->ram_base, d->ram_size >> 20, d->machine_base);
	guest_printf("foreign window: %08x, %u MiB; reserved: %08x, %u KiB\n",
		     d->foreign_base, d->foreign_size >> 20, d->reserved_base,
		     d->reserved_size >> 10);
	guest_printf("device tree: %08x, %u bytes; clock: %u Hz; %u vCPU\n", d->dtb,
		     d->dtb_size, d->clock_hz, d->vcpu_count);
	guest_printf("hypercalls through %08x; I was loaded at %08x\n", d->hypercall_page,
		     guest_address(guest_image));

	virq_register(SIGMA_VIRQ_TIMER, tick);
	timer_arm(clock_us_to_ticks(PERIOD_US));
	for (unsigned int seen = 0; seen < TICKS;) {
		guest_wait_until(ticks != seen);
		for (; seen < ticks && seen < TICKS; seen++)
			guest_printf("tick %u\n", seen + 1);
	}
	timer_arm(0);
	guest_pass();
}
