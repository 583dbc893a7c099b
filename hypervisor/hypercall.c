// SPDX-License-Identifier: GPL-2.0-only
/* The table of hypercalls, and the handlers that are a line or two. */
#include <hv/hypercall.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/virq.h>
#include <public/manage.h>

/* The holes are filled first, on purpose. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
const hypercall_fn hypercall_table[HYPERCALL_COUNT] = {
	[0 ... HYPERCALL_COUNT - 1] = do_unknown,
#define SIGMA_CALL(number, name, args, brief) [number] = do_##name,
#include <public/hypercalls.def>
};
#pragma GCC diagnostic pop

/* HYPERVISOR_<call>: numbers that are Xen's must be Xen's. */
#define XEN_CALL(name, number) \
	_Static_assert(__HYPERVISOR_##name == (number), "Xen's number of " #name)
XEN_CALL(platform_op, 7);
XEN_CALL(memory_op, 12);
XEN_CALL(xen_version, 17);
XEN_CALL(console_io, 18);
XEN_CALL(grant_table_op, 20);
XEN_CALL(vm_assist, 21);
XEN_CALL(vcpu_op, 24);
XEN_CALL(xsm_op, 27);
XEN_CALL(sched_op, 29);
XEN_CALL(event_channel_op, 32);
XEN_CALL(physdev_op, 33);
XEN_CALL(hvm_op, 34);
XEN_CALL(sysctl, 35);
XEN_CALL(domctl, 36);

#define SIGMA_OP(call, number, name, brief, errors) \
	_Static_assert((name) == (number), "number of " #name);
#include <public/hypercalls.def>

long do_unknown(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4)
{
	(void)a0, (void)a1, (void)a2, (void)a3, (void)a4;
	return -XEN_ENOSYS;
}

long do_sigma_virq_ctl(uint32_t op, uint32_t a, uint32_t b, uint32_t a3, uint32_t a4)
{
	(void)a3, (void)a4;
	return virq_control(op, a, b);
}

long do_sigma_null_call(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4)
{
	(void)a0, (void)a1, (void)a2, (void)a3, (void)a4;
	return 0;
}
