// SPDX-License-Identifier: GPL-2.0-only
/* vCPU areas and the one-shot timer.  vCPUs are started by PSCI, not from here. */
#include <arch/time.h>
#include <arch/vcpu.h>
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/timer.h>

static long register_vcpu_info(struct vcpu *v, vaddr_t arg)
{
	struct vcpu_register_vcpu_info op;
	maddr_t m;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	/* 8-aligned: guest and hypervisor both change its words atomically */
	if (op.offset > PAGE_SIZE - sizeof(struct vcpu_info) || op.offset % 8)
		return -XEN_EINVAL;
	/* another's only before it runs */
	if (v != current_vcpu() && v->state != VCPU_OFFLINE)
		return -XEN_EINVAL;
	if (!domain_frame_to_machine(v->domain, op.mfn, &m))
		return -XEN_EINVAL;
	return event_adopt_vcpu_info(v, maddr_add(m, op.offset));
}

/*
 * The area is written once, truthfully, and then left alone: to the guest no time is
 * ever stolen.
 */
static long register_runstate(vaddr_t arg)
{
	struct vcpu_register_runstate_memory_area op;
	struct vcpu_runstate_info info = {
		.state = RUNSTATE_running,
		.state_entry_time = ticks_to_ns(arch_clock_read()),
	};

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	/* Linux sets only the pointer of this union, the upper half is its stack's */
	return copy_to_guest(vaddr((uint32_t)op.addr.p), &info, sizeof(info));
}

static long set_singleshot_timer(struct vcpu *v, vaddr_t arg)
{
	struct vcpu_set_singleshot_timer op;
	uint64_t deadline;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	deadline = ns_to_ticks(op.timeout_abs_ns);
	if (op.flags & VCPU_SSHOTTMR_future && deadline < arch_clock_read())
		return -XEN_ETIME;
	arch_vcpu_timer_arm(v, deadline);
	return 0;
}

long do_vcpu_op(uint32_t cmd, uint32_t id, uint32_t arg, uint32_t a3, uint32_t a4)
{
	struct vcpu *self = current_vcpu(), *v;

	(void)a3, (void)a4;
	if (id >= self->domain->vcpu_count || !self->domain->vcpu[id])
		return -XEN_ENOENT;
	v = self->domain->vcpu[id];
	switch (cmd) {
	case VCPUOP_is_up:
		return v->state != VCPU_OFFLINE;
	case VCPUOP_register_vcpu_info:
		return register_vcpu_info(v, vaddr(arg));
	case VCPUOP_register_runstate_memory_area:
		return register_runstate(vaddr(arg));
	case VCPUOP_set_singleshot_timer:
		return v == self ? set_singleshot_timer(v, vaddr(arg)) : -XEN_EINVAL;
	case VCPUOP_stop_singleshot_timer:
		if (v != self)
			return -XEN_EINVAL;
		arch_vcpu_timer_stop(v);
		return 0;
	default:
		return -XEN_EINVAL;
	}
}
