// SPDX-License-Identifier: GPL-2.0-only
/* The smaller hypercalls: version, hvm_op, vcpu_op, sched_op, platform_op and others. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include <arch/cpu.h>
#include <arch/irq.h>
#include <hv/event.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/sched.h>
#include <hv/version.h>
#include <hv/virq.h>
#include <hv/wallclock.h>
#include "fake.h"

static struct domain *dom0, *domu;

static int setup(void **state)
{
	(void)state;
	fake_power_on();
	dom0 = fake_domain("dom0", 2, true);
	domu = fake_domain("domU", 2, false);
	fake_run(dom0->vcpu[0]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_power_off();
	return 0;
}

#define NOWHERE 0x1000u /* not in any domain's memory */

/* ---- the table ----------------------------------------------------------------- */

static void test_table(void **state)
{
	static const bool known[HYPERCALL_COUNT] = {
#define SIGMA_CALL(number, name, args, brief) [number] = true,
#include <public/hypercalls.def>
	};

	(void)state;
	for (unsigned int i = 0; i < HYPERCALL_COUNT; i++) {
		assert_non_null(hypercall_table[i]);
		assert_int_equal(hypercall_table[i] == do_unknown, !known[i]);
		if (!known[i])
			assert_int_equal(fake_call(i, 1, 2, 3), -XEN_ENOSYS);
	}
	assert_int_equal(fake_call(53, 1, 2, 3), 0); /* sigma_null_call */
	assert_int_equal(fake_call(50, SIGMA_VIRQ_RAISE, 0, 0), 0);
	assert_int_equal(fake_call(50, 99, 0, 0), -XEN_ENOSYS);
}

/* Every operation in hypercalls.def is there; no other number is. */
static void test_operations(void **state)
{
	static const struct {
		uint8_t call;
		uint32_t op;
	} ops[] = {
#define OPERATION(call, number)                     {CALL_##call, number},
#define CALL_platform_op                            7
#define CALL_memory_op                              12
#define CALL_xen_version                            17
#define CALL_console_io                             18
#define CALL_grant_table_op                         20
#define CALL_vm_assist                              21
#define CALL_vcpu_op                                24
#define CALL_sched_op                               29
#define CALL_event_channel_op                       32
#define CALL_hvm_op                                 34
#define CALL_sysctl                                 35
#define CALL_domctl                                 36
#define CALL_sigma_virq_ctl                         50
#define CALL_sigma_build                            54
#define SIGMA_OP(call, number, name, brief, errors) OPERATION(call, number)
#include <public/hypercalls.def>
	};

	(void)state;
	for (uint32_t call = 0; call < HYPERCALL_COUNT; call++) {
		/* theirs is in the structure: test_management.c */
		if (call == CALL_platform_op || call == CALL_sysctl ||
		    call == CALL_domctl || hypercall_table[call] == do_unknown)
			continue;
		for (uint32_t op = 0; op < 64; op++) {
			bool listed = false;
			long result;

			for (unsigned int i = 0; i < ARRAY_SIZE(ops); i++)
				if (ops[i].call == call && ops[i].op == op)
					listed = true;
			if (!listed && call == CALL_vcpu_op)
				continue; /* answers -EINVAL, as Xen's does on ARM */
			if (call == 53)
				continue; /* sigma_null_call has no operations */
			result = fake_call(call, op, call == CALL_vcpu_op ? 0 : NOWHERE,
					   call == CALL_grant_table_op ? 1 : NOWHERE);
			if ((result == -XEN_ENOSYS) == listed)
				fail_msg("hypercall %u, operation %u: %ld", call, op,
					 result);
		}
	}
}

static void test_virq_ctl(void **state)
{
	const unsigned int irq = 40;

	(void)state;
	virq_assign(dom0, irq);
	assert_ptr_equal(virq_owner(irq), dom0);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_ENABLE, irq, 0), 0);
	assert_true(arch_irq_is_enabled(irq));
	irq_dispatch(irq); /* stopped until its domain has handled it */
	assert_false(arch_irq_is_enabled(irq));
	assert_int_equal(dom0->vcpu[0]->words->pending[1], 1u << (irq - 32));
	assert_int_equal(fake_call(50, SIGMA_VIRQ_ROUTE, irq, 2), -XEN_EINVAL);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_ROUTE, irq, 1), 0);
	irq_dispatch(irq);
	assert_int_equal(dom0->vcpu[1]->words->pending[1], 1u << (irq - 32));
	assert_int_equal(fake_call(50, SIGMA_VIRQ_DISABLE, irq, 0), 0);
	/* not its own */
	assert_int_equal(fake_call(50, SIGMA_VIRQ_ENABLE, irq + 1, 0), -XEN_EPERM);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_ENABLE, SIGMA_VIRQ_TIMER, 0),
			 -XEN_EPERM);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_ENABLE, SIGMA_VIRQ_COUNT, 0),
			 -XEN_EINVAL);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_ROUTE, UINT32_MAX, 0), -XEN_EINVAL);
	fake_run(domu->vcpu[0]);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_ENABLE, irq, 0), -XEN_EPERM);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_DISABLE, irq, 0), -XEN_EPERM);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_ROUTE, irq, 0), -XEN_EPERM);
}

static void test_virq_send(void **state)
{
	struct vcpu *v = dom0->vcpu[0];

	(void)state;
	assert_int_equal(fake_call(50, SIGMA_VIRQ_SEND, 5, 2), 0);
	assert_int_equal(dom0->vcpu[1]->words->pending[0], 1u << 5);
	assert_int_equal(v->words->pending[0], 0);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_SEND, 15, 3), 0);
	assert_int_equal(v->words->pending[0], 1u << 15);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_SEND, 16, 1), -XEN_EINVAL);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_SEND, UINT32_MAX, 1), -XEN_EINVAL);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_SEND, 0, 4), -XEN_EINVAL);
	assert_int_equal(fake_call(50, SIGMA_VIRQ_SEND, 0, UINT32_MAX), -XEN_EINVAL);
	/* the line: only for what is not masked */
	v->arch.lines = 0;
	v->words->mask[0] = UINT32_MAX;
	assert_int_equal(fake_call(50, SIGMA_VIRQ_RAISE, 0, 0), 0);
	assert_int_equal(v->arch.lines, 0);
	v->words->mask[0] = 0;
	assert_int_equal(fake_call(50, SIGMA_VIRQ_RAISE, 0, 0), 0);
	assert_int_equal(v->arch.lines, 1);
}

static void test_nothing_there(void **state)
{
	(void)state;
	assert_int_equal(fake_call(__HYPERVISOR_xsm_op, NOWHERE, 0, 0), -XEN_ENOSYS);
	assert_int_equal(fake_call(__HYPERVISOR_physdev_op, 12, NOWHERE, 0), -XEN_ENOSYS);
}

static void test_vm_assist(void **state)
{
	(void)state;
	assert_int_equal(fake_call(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
				   VMASST_TYPE_runstate_update_flag, 0),
			 0);
	assert_int_equal(fake_call(__HYPERVISOR_vm_assist, VMASST_CMD_disable,
				   VMASST_TYPE_runstate_update_flag, 0),
			 0);
	assert_int_equal(fake_call(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 0, 0),
			 -XEN_EINVAL);
	assert_int_equal(
		fake_call(__HYPERVISOR_vm_assist, VMASST_CMD_enable, UINT32_MAX, 0),
		-XEN_EINVAL);
	assert_int_equal(
		fake_call(__HYPERVISOR_vm_assist, 2, VMASST_TYPE_runstate_update_flag, 0),
		-XEN_ENOSYS);
}

/* ---- console_io ---------------------------------------------------------------- */

static void test_console_io(void **state)
{
	uint32_t at = guest_put("hello\n", 6);

	(void)state;
	assert_int_equal(fake_call(__HYPERVISOR_console_io, CONSOLEIO_write, 6, at), 0);
	assert_non_null(strstr(fake_screen, "hello"));
	assert_int_equal(fake_call(__HYPERVISOR_console_io, CONSOLEIO_write, 6, NOWHERE),
			 -XEN_EFAULT);
	assert_int_equal(
		fake_call(__HYPERVISOR_console_io, CONSOLEIO_write, UINT32_MAX, at),
		-XEN_E2BIG);
	assert_int_equal(fake_call(__HYPERVISOR_console_io, CONSOLEIO_read, 10, at), 0);
	assert_int_equal(fake_call(__HYPERVISOR_console_io, 7, 1, at), -XEN_ENOSYS);
}

/* ---- xen_version --------------------------------------------------------------- */

static long version(unsigned int cmd, uint32_t arg)
{
	return fake_call(__HYPERVISOR_xen_version, cmd, arg, 0);
}

static uint32_t features(void)
{
	xen_feature_info_t info = {.submap_idx = 0};
	uint32_t at = guest_put(&info, sizeof(info));

	assert_int_equal(version(XENVER_get_features, at), 0);
	guest_get(&info, at, sizeof(info));
	return info.submap;
}

static void test_features(void **state)
{
	xen_feature_info_t info = {.submap_idx = XENFEAT_NR_SUBMAPS};

	(void)state;
	assert_int_equal(features(), 1u << XENFEAT_auto_translated_physmap |
					     1u << XENFEAT_dom0 |
					     1u << XENFEAT_direct_mapped);
	fake_run(domu->vcpu[0]);
	assert_int_equal(features(), 1u << XENFEAT_auto_translated_physmap |
					     1u << XENFEAT_not_direct_mapped);
	assert_int_equal(version(XENVER_get_features, guest_put(&info, sizeof(info))),
			 -XEN_EINVAL);
	assert_int_equal(version(XENVER_get_features, NOWHERE), -XEN_EFAULT);
}

static void test_version_strings(void **state)
{
	static const char expected[][20] = {[XENVER_extraversion] = ".0-sigma",
					    [XENVER_compile_info] = "C compiler ",
					    [XENVER_capabilities] = "xen-3.0-armv7l",
					    [XENVER_changeset] = SIGMA_VERSION,
					    [XENVER_guest_handle] = "",
					    [XENVER_commandline] = ""};
	struct xen_platform_parameters platform;
	static char room[1024];
	uint32_t at;

	(void)state;
	assert_int_equal(version(XENVER_version, 0), 4 << 16 | 17);
	memset(room, 'x', sizeof(room));
	for (unsigned int i = 0; i < ARRAY_SIZE(expected); i++) {
		if (i == XENVER_version || i == XENVER_platform_parameters ||
		    i == XENVER_get_features || i == XENVER_pagesize)
			continue;
		at = guest_put(room, sizeof(room));
		assert_int_equal(version(i, at), 0);
		assert_memory_equal(guest_ram(dom0, at), expected[i],
				    strnlen(expected[i], sizeof(expected[i]) - 1));
		assert_non_null(memchr(guest_ram(dom0, at), 0, sizeof(room)));
		assert_int_equal(version(i, NOWHERE), -XEN_EFAULT);
	}
	at = guest_put(room, sizeof(room));
	assert_int_equal(version(XENVER_platform_parameters, at), 0);
	guest_get(&platform, at, sizeof(platform));
	assert_int_equal(platform.virt_start, SIGMA_WINDOW_BASE);
	assert_int_equal(version(XENVER_pagesize, 0), 4096);
	assert_int_equal(version(XENVER_pagesize, at), -XEN_EINVAL);
	assert_int_equal(version(XENVER_build_id, at), -XEN_ENODATA);
	assert_int_equal(version(11, at), -XEN_ENOSYS);
	assert_int_equal(version(UINT32_MAX, at), -XEN_ENOSYS);
}

/* ---- hvm_op -------------------------------------------------------------------- */

static long hvm_param(unsigned int cmd, domid_t d, uint32_t index, uint64_t *value)
{
	struct xen_hvm_param op = {.domid = d, .index = index, .value = *value};
	uint32_t at = guest_put(&op, sizeof(op));
	long result = fake_call(__HYPERVISOR_hvm_op, cmd, at, 0);

	guest_get(&op, at, sizeof(op));
	*value = op.value;
	return result;
}

static void test_hvm_params(void **state)
{
	uint64_t value = 0x123456789abcdef;

	(void)state;
	assert_int_equal(
		hvm_param(HVMOP_set_param, domu->id, HVM_PARAM_STORE_PFN, &value), 0);
	value = 0;
	assert_int_equal(
		hvm_param(HVMOP_get_param, domu->id, HVM_PARAM_STORE_PFN, &value), 0);
	assert_int_equal(value, 0x123456789abcdef);
	domu->hvm_params[SIGMA_HVM_PARAM_RELAY_EVTCHN] = 77;
	assert_int_equal(hvm_param(HVMOP_get_param, domu->id,
				   SIGMA_HVM_PARAM_RELAY_EVTCHN, &value),
			 0);
	assert_int_equal(value, 77);
	fake_run(domu->vcpu[0]);
	value = 0;
	assert_int_equal(
		hvm_param(HVMOP_get_param, DOMID_SELF, HVM_PARAM_STORE_PFN, &value), 0);
	assert_int_equal(value, 0x123456789abcdef);
	assert_int_equal(
		hvm_param(HVMOP_set_param, DOMID_SELF, HVM_PARAM_STORE_PFN, &value),
		-XEN_EPERM);
	assert_int_equal(hvm_param(HVMOP_get_param, 0, HVM_PARAM_STORE_PFN, &value),
			 -XEN_EPERM);
	assert_int_equal(hvm_param(HVMOP_set_param, 0, HVM_PARAM_STORE_PFN, &value),
			 -XEN_EPERM);
	assert_int_equal(hvm_param(HVMOP_get_param, 9, HVM_PARAM_STORE_PFN, &value),
			 -XEN_ESRCH);
	assert_int_equal(hvm_param(HVMOP_get_param, DOMID_SELF, HVM_NR_PARAMS, &value),
			 -XEN_EINVAL);
	assert_int_equal(hvm_param(HVMOP_get_param, DOMID_SELF, SIGMA_HVM_PARAMS, &value),
			 -XEN_EINVAL);
	assert_int_equal(hvm_param(HVMOP_get_param, DOMID_SELF, UINT32_MAX, &value),
			 -XEN_EINVAL);
	assert_int_equal(
		hvm_param(HVMOP_get_param, DOMID_SELF, HVM_PARAM_IOREQ_PFN, &value),
		-XEN_EINVAL);
	assert_int_equal(hvm_param(HVMOP_flush_tlbs, DOMID_SELF, 0, &value), -XEN_ENOSYS);
	assert_int_equal(fake_call(__HYPERVISOR_hvm_op, HVMOP_get_param, NOWHERE, 0),
			 -XEN_EFAULT);
}

/* ---- vcpu_op ------------------------------------------------------------------- */

static long vcpu_op(unsigned int cmd, uint32_t id, const void *op, uint32_t bytes)
{
	return fake_call(__HYPERVISOR_vcpu_op, cmd, id, guest_put(op, bytes));
}

static void test_register_vcpu_info(void **state)
{
	struct vcpu_register_vcpu_info good = {.mfn = fake_gfn(dom0, 20), .offset = 64},
				       op;

	(void)state;
	op = good;
	op.offset = PAGE_SIZE - sizeof(struct vcpu_info) + 8;
	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 0, &op, sizeof(op)),
			 -XEN_EINVAL);
	op.offset = UINT32_MAX - 7;
	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 0, &op, sizeof(op)),
			 -XEN_EINVAL);
	op.offset = 4; /* its words must be aligned */
	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 0, &op, sizeof(op)),
			 -XEN_EINVAL);
	op = good;
	op.mfn = fake_gfn(dom0, 2); /* sigma' */
	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 0, &op, sizeof(op)),
			 -XEN_EINVAL);
	op.mfn = good.mfn | 1ull << 20;
	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 0, &op, sizeof(op)),
			 -XEN_EINVAL);
	op.mfn = UINT64_MAX;
	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 0, &op, sizeof(op)),
			 -XEN_EINVAL);
	assert_int_equal(fake_shared_maps, 0);

	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 0, &good, sizeof(good)), 0);
	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 0, &good, sizeof(good)),
			 -XEN_EINVAL);
	assert_int_equal(fake_shared_maps, 1);
	/* another vCPU's only while it is down */
	dom0->vcpu[1]->state = VCPU_RUNNABLE;
	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 1, &good, sizeof(good)),
			 -XEN_EINVAL);
	dom0->vcpu[1]->state = VCPU_OFFLINE;
	good.offset = 128;
	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 1, &good, sizeof(good)), 0);
	assert_int_equal(
		fake_call(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, NOWHERE),
		-XEN_EFAULT);
}

static void test_register_runstate(void **state)
{
	struct vcpu_runstate_info info;
	struct vcpu_register_runstate_memory_area op;

	(void)state;
	memset(&info, 0xff, sizeof(info));
	fake_clock = 500;
	op.addr.p = guest_put(&info, sizeof(info));
	assert_int_equal(
		vcpu_op(VCPUOP_register_runstate_memory_area, 0, &op, sizeof(op)), 0);
	guest_get(&info, (uint32_t)op.addr.p, sizeof(info));
	assert_int_equal(info.state, RUNSTATE_running);
	assert_int_equal(info.state_entry_time, 5000);
	assert_int_equal(info.time[RUNSTATE_blocked], 0);
	/* a 32-bit guest sets the low half only */
	op.addr.p |= 0xdeadull << 32;
	assert_int_equal(
		vcpu_op(VCPUOP_register_runstate_memory_area, 0, &op, sizeof(op)), 0);
	op.addr.p = NOWHERE;
	assert_int_equal(
		vcpu_op(VCPUOP_register_runstate_memory_area, 0, &op, sizeof(op)),
		-XEN_EFAULT);
	assert_int_equal(fake_call(__HYPERVISOR_vcpu_op,
				   VCPUOP_register_runstate_memory_area, 0, NOWHERE),
			 -XEN_EFAULT);
}

static void test_singleshot_timer(void **state)
{
	struct vcpu_set_singleshot_timer op = {.timeout_abs_ns = 1000000};
	struct vcpu *v = dom0->vcpu[0];

	(void)state;
	assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, 0, &op, sizeof(op)), 0);
	assert_true(v->arch.timer_armed);
	/* never early */
	assert_in_range(v->arch.timer_deadline, 100000, 100001);
	assert_int_equal(vcpu_op(VCPUOP_stop_singleshot_timer, 0, "", 1), 0);
	assert_false(v->arch.timer_armed);
	fake_clock = 200000;
	op.flags = VCPU_SSHOTTMR_future;
	assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, 0, &op, sizeof(op)),
			 -XEN_ETIME);
	assert_false(v->arch.timer_armed);
	op.flags = 0;
	assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, 0, &op, sizeof(op)), 0);
	assert_true(v->arch.timer_armed);
	op.timeout_abs_ns = UINT64_MAX;
	assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, 0, &op, sizeof(op)), 0);
	/* one's own only */
	assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, 1, &op, sizeof(op)),
			 -XEN_EINVAL);
	assert_int_equal(vcpu_op(VCPUOP_stop_singleshot_timer, 1, "", 1), -XEN_EINVAL);
	assert_int_equal(
		fake_call(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, NOWHERE),
		-XEN_EFAULT);
}

static void test_vcpu_misc(void **state)
{
	(void)state;
	assert_int_equal(vcpu_op(VCPUOP_is_up, 0, "", 1), 1);
	assert_int_equal(vcpu_op(VCPUOP_is_up, 1, "", 1), 0);
	assert_int_equal(vcpu_op(VCPUOP_is_up, 2, "", 1), -XEN_ENOENT);
	assert_int_equal(vcpu_op(VCPUOP_is_up, UINT32_MAX, "", 1), -XEN_ENOENT);
	assert_int_equal(vcpu_op(VCPUOP_initialise, 1, "", 1), -XEN_EINVAL);
	assert_int_equal(vcpu_op(VCPUOP_up, 1, "", 1), -XEN_EINVAL);
	assert_int_equal(vcpu_op(99, 0, "", 1), -XEN_EINVAL);
}

/* ---- sched_op ------------------------------------------------------------------ */

static long sched_op(unsigned int cmd, const void *op, uint32_t bytes)
{
	return fake_call(__HYPERVISOR_sched_op, cmd, guest_put(op, bytes), 0);
}

/* As after its first switch-in: the running vCPU is on no queue. */
static void dequeue(struct vcpu *v)
{
	list_remove(&v->sched.node);
}

static void test_yield_and_block(void **state)
{
	struct vcpu *v = dom0->vcpu[0];

	(void)state;
	dequeue(v);
	this_cpu()->need_resched = 0;
	assert_int_equal(sched_op(SCHEDOP_yield, "", 1), 0);
	assert_int_equal(this_cpu()->need_resched, 1);
	this_cpu()->need_resched = 0;
	assert_int_equal(sched_op(SCHEDOP_block, "", 1), 0);
	assert_int_equal(v->state, VCPU_BLOCKED);
	assert_int_equal(this_cpu()->need_resched, 1);
	vcpu_wake(v);
	/* not with something to do */
	v->words->pending[0] = 1u << SIGMA_VIRQ_EVENT;
	assert_int_equal(sched_op(SCHEDOP_block, "", 1), 0);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	v->words->mask[0] = 1u << SIGMA_VIRQ_EVENT;
	assert_int_equal(sched_op(SCHEDOP_block, "", 1), 0);
	assert_int_equal(v->state, VCPU_BLOCKED);
}

static void test_poll(void **state)
{
	struct vcpu *v = dom0->vcpu[0];
	uint32_t ports[2];
	struct sched_poll op = {.nr_ports = 2};

	(void)state;
	dequeue(v);
	for (unsigned int i = 0; i < 2; i++)
		ports[i] = (uint32_t)event_bind_hypervisor(dom0, 0, NULL);
	op.ports.q = guest_put(ports, sizeof(ports));
	assert_int_equal(sched_op(SCHEDOP_poll, &op, sizeof(op)), 0);
	assert_int_equal(v->state, VCPU_BLOCKED);
	assert_true(v->polling);
	event_raise(dom0, ports[1]); /* wakes, although nobody could be interrupted */
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_false(v->polling);
	/* pending already */
	this_cpu()->need_resched = 0;
	assert_int_equal(sched_op(SCHEDOP_poll, &op, sizeof(op)), 0);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_false(v->polling);

	/* time-out, on its own */
	op.nr_ports = 1;
	op.timeout = 1000000;
	assert_int_equal(sched_op(SCHEDOP_poll, &op, sizeof(op)), 0);
	assert_int_equal(v->state, VCPU_BLOCKED);
	fake_clock = 100002;
	fake_timer_fires();
	assert_int_equal(v->state, VCPU_RUNNABLE);
	assert_false(v->polling);
	/* a time-out that is left over does not end the next poll */
	op.timeout = 2000000;
	assert_int_equal(sched_op(SCHEDOP_poll, &op, sizeof(op)), 0);
	event_raise(dom0, ports[0]);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	op.nr_ports = 0;
	op.timeout = 0;
	assert_int_equal(sched_op(SCHEDOP_poll, &op, sizeof(op)), 0);
	fake_clock = 300000;
	fake_timer_fires();
	assert_int_equal(v->state, VCPU_BLOCKED);
}

static void test_poll_refused(void **state)
{
	uint32_t ports[128] = {[127] = EVENT_PORTS};
	struct sched_poll op = {.nr_ports = 129};

	(void)state;
	op.ports.q = guest_put(ports, sizeof(ports));
	assert_int_equal(sched_op(SCHEDOP_poll, &op, sizeof(op)), -XEN_EINVAL);
	op.nr_ports = UINT32_MAX;
	assert_int_equal(sched_op(SCHEDOP_poll, &op, sizeof(op)), -XEN_EINVAL);
	op.nr_ports = 128;
	assert_int_equal(sched_op(SCHEDOP_poll, &op, sizeof(op)), -XEN_EINVAL);
	op.ports.q = NOWHERE;
	assert_int_equal(sched_op(SCHEDOP_poll, &op, sizeof(op)), -XEN_EFAULT);
	op.ports.q = 1ull << 40;
	assert_int_equal(sched_op(SCHEDOP_poll, &op, sizeof(op)), -XEN_EFAULT);
	assert_int_equal(fake_call(__HYPERVISOR_sched_op, SCHEDOP_poll, NOWHERE, 0),
			 -XEN_EFAULT);
	assert_int_equal(dom0->vcpu[0]->state, VCPU_RUNNABLE);
}

static void test_shutdown(void **state)
{
	struct sched_shutdown op = {.reason = SHUTDOWN_crash};

	(void)state;
	assert_int_equal(fake_call(__HYPERVISOR_sched_op, SCHEDOP_shutdown, NOWHERE, 0),
			 -XEN_EFAULT);
	fake_run(domu->vcpu[0]);
	assert_int_equal(sched_op(SCHEDOP_shutdown, &op, sizeof(op)), 0);
	assert_int_equal(domu->state, DOMAIN_SHUTDOWN);
	assert_int_equal(domu->shutdown_reason, SHUTDOWN_crash);
	assert_int_equal(domu->vcpu[0]->state, VCPU_PAUSED);
}

static void test_remote_shutdown(void **state)
{
	struct sched_remote_shutdown op = {.domain_id = domu->id, .reason = 0x1ff};

	(void)state;
	op.domain_id = 5;
	assert_int_equal(sched_op(SCHEDOP_remote_shutdown, &op, sizeof(op)), -XEN_ESRCH);
	op.domain_id = DOMID_SELF;
	assert_int_equal(sched_op(SCHEDOP_remote_shutdown, &op, sizeof(op)), -XEN_ESRCH);
	fake_run(domu->vcpu[0]);
	op.domain_id = 0;
	assert_int_equal(sched_op(SCHEDOP_remote_shutdown, &op, sizeof(op)), -XEN_EPERM);
	fake_run(dom0->vcpu[0]);
	op.domain_id = domu->id;
	assert_int_equal(sched_op(SCHEDOP_remote_shutdown, &op, sizeof(op)), 0);
	assert_int_equal(domu->state, DOMAIN_SHUTDOWN);
	assert_int_equal(domu->shutdown_reason, 0xff);
	assert_int_equal(
		fake_call(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, NOWHERE, 0),
		-XEN_EFAULT);
	assert_int_equal(sched_op(SCHEDOP_watchdog, &op, sizeof(op)), -XEN_ENOSYS);
	assert_int_equal(sched_op(UINT32_MAX, &op, sizeof(op)), -XEN_ENOSYS);
}

/* ---- platform_op and the wall clock -------------------------------------------- */

static long settime(uint64_t secs, uint32_t nsecs, uint64_t system_time)
{
	struct xen_platform_op op = {.cmd = XENPF_settime64,
				     .interface_version = XENPF_INTERFACE_VERSION};

	op.u.settime64.secs = secs;
	op.u.settime64.nsecs = nsecs;
	op.u.settime64.system_time = system_time;
	return fake_call(__HYPERVISOR_platform_op, guest_put(&op, sizeof(op)), 0, 0);
}

static void test_wallclock(void **state)
{
	uint64_t seconds;
	uint32_t ns;

	(void)state;
	assert_int_equal(settime(1700000000, 500, 0), 0);
	wallclock_get(&seconds, &ns);
	assert_int_equal(seconds, 1700000000);
	assert_int_equal(ns, 500);
	assert_int_equal(settime(1700000000, 100, 3600000000200ull), 0);
	wallclock_get(&seconds, &ns);
	assert_int_equal(seconds, 1700000000 - 3601);
	assert_int_equal(ns, 999999900);
	assert_int_equal(settime(1700000000, 999999999, 18446744073709551615ull), 0);
	wallclock_get(&seconds, &ns);
	assert_int_equal(seconds, 1700000000 - 18446744073ull);
	assert_int_equal(ns, 999999999 - 709551615);
	assert_int_equal(settime(1, 1000000000, 0), -XEN_EINVAL);
}

static void test_wallclock_is_published(void **state)
{
	uint32_t gfn = fake_gfn(domu, 30);
	struct shared_info *s;
	maddr_t m;

	(void)state;
	assert_true(domain_frame_to_machine(domu, gfn, &m));
	assert_int_equal(settime(0x123456789, 7, 0), 0);
	assert_int_equal(event_adopt_shared_info(domu, m), 0);
	s = guest_ram(domu, gfn << PAGE_SHIFT);
	assert_int_equal(s->wc_sec, 0x23456789);
	assert_int_equal(s->wc_sec_hi, 1);
	assert_int_equal(s->wc_nsec, 7);
	assert_int_equal(s->wc_version % 2, 0);
	s->wc_version = 7; /* whatever the guest writes there, it ends even and new */
	assert_int_equal(settime(0x223456789, 8, 0), 0);
	assert_int_equal(s->wc_sec_hi, 2);
	assert_int_equal(s->wc_version, 8);
}

static void test_platform_op_refused(void **state)
{
	struct xen_platform_op op = {.cmd = XENPF_settime64,
				     .interface_version = XENPF_INTERFACE_VERSION};

	(void)state;
	op.u.settime64.mbz = 1;
	assert_int_equal(
		fake_call(__HYPERVISOR_platform_op, guest_put(&op, sizeof(op)), 0, 0),
		-XEN_EINVAL);
	op.cmd = XENPF_settime32;
	assert_int_equal(
		fake_call(__HYPERVISOR_platform_op, guest_put(&op, sizeof(op)), 0, 0),
		-XEN_ENOSYS);
	op.interface_version = 1;
	assert_int_equal(
		fake_call(__HYPERVISOR_platform_op, guest_put(&op, sizeof(op)), 0, 0),
		-XEN_EACCES);
	assert_int_equal(fake_call(__HYPERVISOR_platform_op, NOWHERE, 0, 0), -XEN_EFAULT);
	fake_run(domu->vcpu[0]);
	assert_int_equal(settime(1, 0, 0), -XEN_EPERM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_table),
		TEST(test_operations),
		TEST(test_virq_ctl),
		TEST(test_virq_send),
		TEST(test_nothing_there),
		TEST(test_vm_assist),
		TEST(test_console_io),
		TEST(test_features),
		TEST(test_version_strings),
		TEST(test_hvm_params),
		TEST(test_register_vcpu_info),
		TEST(test_register_runstate),
		TEST(test_singleshot_timer),
		TEST(test_vcpu_misc),
		TEST(test_yield_and_block),
		TEST(test_poll),
		TEST(test_poll_refused),
		TEST(test_shutdown),
		TEST(test_remote_shutdown),
		TEST(test_wallclock),
		TEST(test_wallclock_is_published),
		TEST(test_platform_op_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
