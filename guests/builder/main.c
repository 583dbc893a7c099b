/* SPDX-License-Identifier: MIT */
/*
 * dom0 without an operating system: makes, starts and ends domains at run time, out
 * of a FIT that is its own initrd.  After each round it waits for Enter.
 */
#include "guest.h"
#include <public/manage.h>

#define DOMAINS 100
#define EARLY   10 /* of so many, all but one are ended while they run */
#define RUN_US  3000

static volatile bool woken;
static uint64_t longest; /* step, in ticks */

static void wake(void)
{
	woken = true;
}

static void wake_by_timer(unsigned int virq)
{
	(void)virq;
	woken = true;
}

static void sleep_us(uint32_t us)
{
	woken = false;
	timer_arm(clock_us_to_ticks(us));
	guest_wait_until(woken);
}

static void wait_for_enter(void)
{
	guest_printf("press Enter\n");
	for (;;) {
		woken = false;
		for (int c; (c = console_getc()) >= 0;)
			if (c == '\r' || c == '\n')
				return;
		guest_wait_until(woken);
	}
}

/* ---- what a tool of dom0 does ------------------------------------------------ */

static const char *fit(void)
{
	return (const char *)(uintptr_t)guest_descriptor->initrd;
}

static uint32_t free_pages(void)
{
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_physinfo,
				.interface_version = XEN_SYSCTL_INTERFACE_VERSION};

	guest_check(hypercall_sysctl(guest_address(&op)) == 0, "no physinfo");
	return (uint32_t)op.u.physinfo.free_pages;
}

static long manage(uint32_t domain, uint32_t cmd, uint32_t *flags)
{
	struct xen_domctl op = {.cmd = cmd,
				.interface_version = XEN_DOMCTL_INTERFACE_VERSION,
				.domain = (domid_t)domain};
	long result = hypercall_domctl(guest_address(&op));

	if (result == 0 && op.domain != domain)
		return -XEN_ESRCH; /* a later one */
	if (flags)
		*flags = op.u.getdomaininfo.flags;
	return result;
}

static uint32_t flags_of(uint32_t domain)
{
	uint32_t flags;

	guest_check(manage(domain, XEN_DOMCTL_getdomaininfo, &flags) == 0,
		    "domain %u is not there", domain);
	return flags;
}

static void stage(uint32_t size)
{
	struct sigma_build_begin begin = {size};
	struct sigma_build_write write;

	guest_check(hypercall_sigma_build(SIGMA_BUILD_BEGIN, guest_address(&begin)) == 0,
		    "no room for the FIT");
	for (uint32_t done = 0; done < size; done += write.bytes) {
		write = (struct sigma_build_write){done, SIGMA_BUILD_WRITE_MAX,
						   guest_address(fit() + done)};
		if (write.bytes > size - done)
			write.bytes = size - done;
		guest_check(hypercall_sigma_build(SIGMA_BUILD_WRITE,
						  guest_address(&write)) == 0,
			    "byte %u of the FIT is not taken", done);
	}
}

static long step(struct sigma_build_step *answer)
{
	uint64_t start = clock_read(), ticks;
	long result = hypercall_sigma_build(SIGMA_BUILD_STEP, guest_address(answer));

	ticks = clock_read() - start;
	if (ticks > longest)
		longest = ticks;
	return result;
}

static long build(struct sigma_build_step *answer)
{
	long result;

	stage(guest_descriptor->initrd_size);
	do
		result = step(answer);
	while (result == 1);
	return result;
}

/* ---- rounds ------------------------------------------------------------------- */

/* Made, paused once; started; ended by itself or in the middle of its work. */
static void one_domain(bool early)
{
	struct sigma_build_step answer;
	uint32_t id;

	guest_check(build(&answer) == 0, "%s", answer.error);
	id = answer.domid;
	guest_check(flags_of(id) & XEN_DOMINF_paused, "domain %u is not paused", id);
	guest_check(manage(id, XEN_DOMCTL_unpausedomain, NULL) == 0, "it does not start");
	if (early)
		sleep_us(RUN_US);
	else
		while (!(flags_of(id) & XEN_DOMINF_shutdown))
			sleep_us(RUN_US);
	guest_check(manage(id, XEN_DOMCTL_destroydomain, NULL) == 0, "it does not go");
	guest_check(manage(id, XEN_DOMCTL_getdomaininfo, NULL) < 0, "it is still there");
}

static void many_domains(void)
{
	uint32_t before = free_pages();

	for (unsigned int i = 0; i < DOMAINS; i++) {
		one_domain(i % EARLY != 0);
		guest_check(free_pages() == before, "%u pages were free, %u are", before,
			    free_pages());
	}
	guest_printf("%u domains: %u pages free before, %u after\n", DOMAINS, before,
		     free_pages());
}

/* Each byte of the kernel is under a hash; the name of a domain that lives is taken. */
static void refusals(void)
{
	char *byte = (char *)(uintptr_t)fit() + guest_descriptor->initrd_size - 1;
	uint32_t before = free_pages();
	struct sigma_build_step answer;
	uint32_t id;

	*byte ^= 1;
	guest_check(build(&answer) < 0, "a damaged FIT makes a domain");
	guest_printf("refused: %s\n", answer.error);
	*byte ^= 1;
	guest_check(build(&answer) == 0, "%s", answer.error);
	id = answer.domid;
	stage(guest_descriptor->initrd_size);
	guest_check(hypercall_sigma_build(SIGMA_BUILD_ABORT, 0) == 0, "no end");
	guest_check(free_pages() < before, "the domain has no memory");
	guest_check(build(&answer) < 0, "two domains of one name");
	guest_printf("refused: %s\n", answer.error);
	guest_check(manage(id, XEN_DOMCTL_destroydomain, NULL) == 0, "it does not go");
	guest_check(free_pages() == before, "%u pages were free, %u are", before,
		    free_pages());
}

void guest_main(void)
{
	guest_check(guest_descriptor->initrd_size != 0, "it needs a FIT as its initrd");
	console_input_setup(wake);
	virq_register(SIGMA_VIRQ_TIMER, wake_by_timer);
	refusals();
	one_domain(false);
	guest_printf("the longest step took %u ticks\n", (uint32_t)longest);
	wait_for_enter();
	many_domains();
	wait_for_enter();
	timer_arm(0);
	guest_pass();
}
