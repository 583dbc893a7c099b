/* SPDX-License-Identifier: MIT */
/* Hypercalls, virtual interrupts, timer, event channels. */
#include "guest.h"
#include "selftest.h"

#define WAIT_US 200000 /* for anything that has to happen */

static volatile unsigned int count;
static volatile unsigned int last;

static void count_up(unsigned int which)
{
	last = which;
	count++;
}

/* Until `count` reaches `wanted`; the handlers run meanwhile. */
static void wait_for_count(unsigned int wanted, const char *what)
{
	uint64_t end = clock_read() + clock_us_to_ticks(WAIT_US);

	while (count < wanted)
		guest_check(clock_read() < end, "%s did not come in %u us", what,
			    WAIT_US);
	guest_check(count == wanted, "%s came %u times, not %u", what, count, wanted);
}

static void wait_us(uint32_t us)
{
	uint64_t end = clock_read() + clock_us_to_ticks(us);

	while (clock_read() < end)
		;
}

/* The bit of a masked interrupt; its time may have come while another domain ran. */
static void wait_for_bit(unsigned int virq)
{
	uint64_t end = clock_read() + clock_us_to_ticks(WAIT_US);

	while (!virq_is_pending(virq))
		guest_check(clock_read() < end, "interrupt %u is not pending in %u us",
			    virq, WAIT_US);
}

/* Call with a pattern in r4-r11; which of them changed, and sp and masks. */
static uint32_t lost_registers(uint32_t number)
{
	uint32_t lost;

	__asm__ volatile("	push	{r4-r11}\n"
			 "	mov	r12, %[number]\n"
			 "	mov	r3, %[page]\n"
			 "	mrs	r4, cpsr\n"
			 "	push	{r4}\n"
			 "	mov	r4, #0x41\n"
			 "	mov	r5, #0x51\n"
			 "	mov	r6, #0x61\n"
			 "	mov	r7, #0x71\n"
			 "	mov	r8, #0x81\n"
			 "	mov	r9, #0x91\n"
			 "	mov	r10, #0xa1\n"
			 "	mov	r11, sp\n"
			 "	mov	r0, #0\n"
			 "	blx	r3\n"
			 "	mov	r0, #0\n"
			 "	cmp	r4, #0x41\n"
			 "	orrne	r0, r0, #1 << 4\n"
			 "	cmp	r5, #0x51\n"
			 "	orrne	r0, r0, #1 << 5\n"
			 "	cmp	r6, #0x61\n"
			 "	orrne	r0, r0, #1 << 6\n"
			 "	cmp	r7, #0x71\n"
			 "	orrne	r0, r0, #1 << 7\n"
			 "	cmp	r8, #0x81\n"
			 "	orrne	r0, r0, #1 << 8\n"
			 "	cmp	r9, #0x91\n"
			 "	orrne	r0, r0, #1 << 9\n"
			 "	cmp	r10, #0xa1\n"
			 "	orrne	r0, r0, #1 << 10\n"
			 "	cmp	r11, sp\n"
			 "	orrne	r0, r0, #1 << 11\n"
			 "	pop	{r4}\n"
			 "	mrs	r5, cpsr\n"
			 "	eor	r4, r4, r5\n"
			 "	ands	r4, r4, #0xff\n"
			 "	orrne	r0, r0, #1 << 16\n"
			 "	pop	{r4-r11}\n"
			 "	mov	%[lost], r0\n"
			 : [lost] "=r"(lost)
			 : [number] "r"(number), [page] "r"(hypercall_page)
			 : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
	return lost;
}

void test_calls(void)
{
	static const uint32_t unknown[] = {0,  1,  11,    37,         47, 55,
					   63, 64, 0x100, 0x7fffffff, ~0u};
	static const uint32_t kept[] = {17, 48, 52, 53, 63, 29};
	long result;

	result = hypercall_sigma_null();
	guest_check(result == 0, "sigma_null answers %ld", result);
	result = hypercall_sigma_null_call();
	guest_check(result == 0, "sigma_null_call answers %ld", result);
	result = hypercall_xen_version(XENVER_version, 0);
	guest_check(result == (4 << 16 | 17), "xen_version answers %lx, not 4.17",
		    result);
	for (unsigned int i = 0; i < ARRAY_SIZE(unknown); i++) {
		result = hypercall(unknown[i], 0, 0, 0, 0, 0);
		guest_check(result == -XEN_ENOSYS,
			    "hypercall %x answers %ld, not -ENOSYS", unknown[i], result);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(kept); i++) {
		uint32_t lost = lost_registers(kept[i]);

		guest_check(lost == 0, "hypercall %u does not keep registers %05x",
			    kept[i], lost);
	}
}

static void test_masked_interrupt(void)
{
	count = 0;
	virq_register(SIGMA_VIRQ_TIMER, count_up);
	virq_mask(SIGMA_VIRQ_TIMER);
	timer_arm(clock_us_to_ticks(100));
	wait_us(2000);
	wait_for_bit(SIGMA_VIRQ_TIMER);
	guest_check(count == 0, "a masked interrupt was delivered");
	virq_unmask(SIGMA_VIRQ_TIMER);
	wait_for_count(1, "an interrupt after its unmasking");

	irq_disable();
	timer_arm(clock_us_to_ticks(100));
	wait_us(2000);
	guest_check(count == 1, "an interrupt came while the CPSR masked it");
	wait_for_bit(SIGMA_VIRQ_TIMER);
	irq_enable();
	wait_for_count(2, "an interrupt after cpsie");
}

void test_virqs(void)
{
	long result;

	test_masked_interrupt();
	count = 0;
	virq_register(3, count_up);
	result = hypercall_sigma_virq_ctl(SIGMA_VIRQ_SEND, 3, 1);
	guest_check(result == 0, "sending an interrupt to oneself answers %ld", result);
	wait_for_count(1, "an interprocessor interrupt");
	guest_check(last == 3, "interrupt %u came, not 3", last);
	virq_mask(3);

	result = hypercall_sigma_virq_ctl(SIGMA_VIRQ_SEND, 16, 1);
	guest_check(result == -XEN_EINVAL, "sending interrupt 16 answers %ld", result);
	result = hypercall_sigma_virq_ctl(SIGMA_VIRQ_ENABLE, SIGMA_VIRQ_COUNT, 0);
	guest_check(result < 0, "enabling interrupt 128 answers %ld", result);
	result = hypercall_sigma_virq_ctl(99, 0, 0);
	guest_check(result < 0, "operation 99 answers %ld", result);

	/* A bit the guest sets itself is delivered by a raise. */
	count = 0;
	virq_register(5, count_up);
	__atomic_fetch_or(&guest_descriptor->vcpu[0].pending[0], 1u << 5,
			  __ATOMIC_SEQ_CST);
	guest_check(hypercall_sigma_virq_ctl(SIGMA_VIRQ_RAISE, 0, 0) == 0,
		    "raise is refused");
	wait_for_count(1, "a raised interrupt");
	virq_mask(5);
}

void test_timer(void)
{
	uint32_t period = clock_us_to_ticks(3000);
	uint64_t start = clock_read(), took;
	struct vcpu_set_singleshot_timer op = {0};
	long result;

	count = 0;
	virq_register(SIGMA_VIRQ_TIMER, count_up);
	timer_arm(period);
	guest_wait_until(count != 0);
	took = clock_read() - start;
	guest_check(took >= period, "3000 us ended after %u us", clock_ticks_to_us(took));

	timer_arm(clock_us_to_ticks(2000));
	timer_arm(0);
	wait_us(4000);
	guest_check(count == 1, "a stopped timer fired");

	/* Xen's way: absolute, in nanoseconds. */
	op.timeout_abs_ns = (uint64_t)clock_ticks_to_us(clock_read()) * 1000 + 3000000;
	result = hypercall_vcpu_op(VCPUOP_set_singleshot_timer, 0, guest_address(&op));
	guest_check(result == 0, "set_singleshot_timer answers %ld", result);
	/* the other domain may have run meanwhile */
	guest_check(count == 1 ||
			    (uint64_t)clock_ticks_to_us(clock_read()) * 1000 + 1000 >=
				    op.timeout_abs_ns,
		    "the single shot came at once");
	guest_wait_until(count != 1);
	guest_check((uint64_t)clock_ticks_to_us(clock_read()) * 1000 + 1000 >=
			    op.timeout_abs_ns,
		    "the single shot came early");
	result = hypercall_vcpu_op(VCPUOP_stop_singleshot_timer, 0, 0);
	guest_check(result == 0, "stop_singleshot_timer answers %ld", result);
}

void test_events(void)
{
	int unbound, bound, result;

	event_setup();
	unbound = event_alloc_unbound(DOMID_SELF, count_up);
	guest_check(unbound > 0, "alloc_unbound answers %d", unbound);
	bound = event_bind(DOMID_SELF, (unsigned int)unbound, count_up);
	guest_check(bound > 0 && bound != unbound, "bind_interdomain answers %d", bound);
	count = 0;
	result = event_send((unsigned int)bound);
	guest_check(result == 0, "send answers %d", result);
	wait_for_count(1, "an event");
	guest_check(last == (unsigned int)unbound, "port %u fired, not %d", last,
		    unbound);
	result = event_send((unsigned int)unbound);
	guest_check(result == 0, "send in the other direction answers %d", result);
	wait_for_count(2, "the event back");
	guest_check(last == (unsigned int)bound, "port %u fired, not %d", last, bound);
	guest_check(event_close((unsigned int)bound) == 0, "close is refused");
	guest_check(event_close((unsigned int)unbound) == 0, "close is refused");
	result = event_send((unsigned int)unbound);
	guest_check(result == -XEN_EINVAL, "send on a closed port answers %d", result);
}
