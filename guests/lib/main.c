/* SPDX-License-Identifier: MIT */
/* From the entry to guest_main(), and the ends: pass, fail, fault. */
#include "guest.h"

struct sigma_descriptor *guest_descriptor;
uint32_t hypercall_page;
uint32_t guest_entry_vbar;
const char guest_name[] = GUEST_NAME;

void guest_start(struct sigma_descriptor *descriptor, uint32_t vbar);
void guest_fault(unsigned int kind, uint32_t lr, uint32_t spsr, uint32_t lr_svc);

/* Called by start.S; the console works from here on. */
void guest_start(struct sigma_descriptor *descriptor, uint32_t vbar)
{
	guest_descriptor = descriptor;
	guest_entry_vbar = vbar;
	hypercall_page = descriptor->hypercall_page;
	for (unsigned int i = 0; i < SIGMA_VIRQ_WORDS; i++)
		descriptor->vcpu[0].mask[i] = UINT32_MAX;
	irq_enable();
	guest_main();
	guest_pass();
}

void guest_shutdown(unsigned int reason)
{
	struct sched_shutdown shutdown = {.reason = reason};

	irq_disable();
	hypercall_sched_op(SCHEDOP_shutdown, guest_address(&shutdown));
	for (;;)
		; /* a hypervisor that returns from it: stay visible as a hang */
}

/* Is there a domain other than this one that has not ended? */
static bool others_run(void)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_getdomaininfo,
				.interface_version = XEN_DOMCTL_INTERFACE_VERSION};
	unsigned int next = 1;

	for (;;) {
		op.domain = (domid_t)next;
		if (hypercall_domctl(guest_address(&op)) < 0)
			return false;
		if (!(op.u.getdomaininfo.flags &
		      (XEN_DOMINF_shutdown | XEN_DOMINF_dying)))
			return true;
		next = op.u.getdomaininfo.domain + 1u;
	}
}

static void domain_ended(unsigned int port)
{
	(void)port; /* waking up is all that is wanted */
}

static void end(unsigned int reason) __attribute__((noreturn));
static void end(unsigned int reason)
{
	if (guest_descriptor->domain_id == 0) {
		event_setup();
		event_bind_virq(VIRQ_DOM_EXC, domain_ended);
		guest_wait_until(!others_run());
	}
	guest_shutdown(reason);
}

void guest_pass(void)
{
	guest_printf("PASS: %s\n", guest_name);
	end(SHUTDOWN_poweroff);
}

void guest_fail(const char *format, ...)
{
	char reason[160];
	va_list args;

	timer_arm(0);
	va_start(args, format);
	guest_vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	guest_printf("FAIL: %s: %s\n", guest_name, reason);
	end(SHUTDOWN_crash);
}

/* From the exception vectors, on a stack of its own, IRQ masked. */
void guest_fault(unsigned int kind, uint32_t lr, uint32_t spsr, uint32_t lr_svc)
{
	static const char *const names[] = {"jump to the reset vector",
					    "undefined instruction", "unexpected svc",
					    "prefetch abort", "data abort"};
	static const uint8_t pc_offset[] = {0, 4, 4, 4, 8};
	uint32_t address, status;

	if (kind == 3)
		__asm__("mrc p15, 0, %0, c6, c0, 2\n\tmrc p15, 0, %1, c5, c0, 1"
			: "=r"(address), "=r"(status));
	else
		__asm__("mrc p15, 0, %0, c6, c0, 0\n\tmrc p15, 0, %1, c5, c0, 0"
			: "=r"(address), "=r"(status));
	guest_printf(
		"\nFAIL: %s: %s at pc %08x (image + %x), lr_svc %08x, cpsr %08x, fault "
		"address %08x, status %x\n",
		guest_name, names[kind], lr - pc_offset[kind],
		lr - pc_offset[kind] - guest_address(guest_image), lr_svc, spsr, address,
		status);
	guest_shutdown(SHUTDOWN_crash);
}
