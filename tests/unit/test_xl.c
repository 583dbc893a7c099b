// SPDX-License-Identifier: GPL-2.0-only
/* What dom0's tools ask beside the list of domains: processors, scheduler, messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include <arch/cpu.h>
#include <hv/message_log.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include "fake.h"

#define NOWHERE  0x1000u /* not in any domain's memory */
#define TOO_HIGH (1ull << 35)

static struct domain *dom0, *domu;

static int setup_waiting(void **state)
{
	(void)state;
	fake_power_on();
	dom0 = fake_domain("dom0", 1, true);
	domu = fake_domain("domU", 2, false);
	return 0;
}

static int setup(void **state)
{
	setup_waiting(state);
	fake_run(dom0->vcpu[0]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_power_off();
	return 0;
}

static long sysctl(uint32_t cmd, struct xen_sysctl *op)
{
	uint32_t at;
	long result;

	op->cmd = cmd;
	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	at = guest_put(op, sizeof(*op));
	result = fake_call(__HYPERVISOR_sysctl, at, 0, 0);
	guest_get(op, at, sizeof(*op));
	return result;
}

static long domctl(uint32_t cmd, const struct domain *d, struct xen_domctl *op)
{
	uint32_t at;
	long result;

	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = d->id;
	at = guest_put(op, sizeof(*op));
	result = fake_call(__HYPERVISOR_domctl, at, 0, 0);
	guest_get(op, at, sizeof(*op));
	return result;
}

/* Room in the guest's memory, every byte of it 0xff. */
static uint32_t room(uint32_t bytes)
{
	uint8_t text[1024];

	assert_true(bytes <= sizeof(text));
	memset(text, 0xff, bytes);
	return guest_put(text, bytes);
}

/* ---- processors and memory ----------------------------------------------------- */

static void test_cpu_info(void **state)
{
	struct xen_sysctl_cpuinfo info[CPU_COUNT_MAX + 1];
	struct xen_sysctl op = {0};
	uint32_t at = room(sizeof(info));

	(void)state;
	fake_clock = 500;
	percpu_of(0)->rq.idle = 100;
	percpu_of(1)->rq.idle = 7;
	percpu_of(1)->rq.idle_since = 300;
	percpu_of(1)->idle = true;
	op.u.getcpuinfo.max_cpus = CPU_COUNT_MAX + 1;
	op.u.getcpuinfo.info.q = at;
	assert_int_equal(sysctl(XEN_SYSCTL_getcpuinfo, &op), 0);
	assert_int_equal(op.u.getcpuinfo.nr_cpus, CPU_COUNT_MAX);
	guest_get(info, at, sizeof(info));
	assert_int_equal(info[0].idletime, 1000); /* 10 ns a tick */
	assert_int_equal(info[1].idletime, 2070); /* and it goes on */
	assert_int_equal(info[2].idletime, 0);
	assert_int_equal(info[CPU_COUNT_MAX].idletime, UINT64_MAX); /* not touched */

	at = room(sizeof(info));
	op.u.getcpuinfo.max_cpus = 1;
	op.u.getcpuinfo.info.q = at;
	assert_int_equal(sysctl(XEN_SYSCTL_getcpuinfo, &op), 0);
	assert_int_equal(op.u.getcpuinfo.nr_cpus, 1);
	guest_get(info, at, sizeof(info));
	assert_int_equal(info[1].idletime, UINT64_MAX);
	op.u.getcpuinfo.info.q = NOWHERE;
	assert_int_equal(sysctl(XEN_SYSCTL_getcpuinfo, &op), -XEN_EFAULT);
	op.u.getcpuinfo.info.q = TOO_HIGH;
	assert_int_equal(sysctl(XEN_SYSCTL_getcpuinfo, &op), -XEN_EFAULT);
}

static void test_cpu_topology(void **state)
{
	struct xen_sysctl_cputopo cpus[CPU_COUNT_MAX];
	struct xen_sysctl op = {0};
	uint32_t at = room(sizeof(cpus));

	(void)state;
	op.u.cputopoinfo.num_cpus = 0; /* how many are there? */
	assert_int_equal(sysctl(XEN_SYSCTL_cputopoinfo, &op), 0);
	assert_int_equal(op.u.cputopoinfo.num_cpus, CPU_COUNT_MAX);
	op.u.cputopoinfo.cputopo.q = at;
	percpu_of(2)->current = domu->vcpu[0];
	assert_int_equal(sysctl(XEN_SYSCTL_cputopoinfo, &op), 0);
	percpu_of(2)->current = NULL;
	guest_get(cpus, at, sizeof(cpus));
	assert_int_equal(cpus[0].core, 0);
	assert_int_equal(cpus[0].socket, 0);
	assert_int_equal(cpus[0].node, 0);
	assert_int_equal(cpus[1].core, XEN_INVALID_CORE_ID); /* runs no guest */
	assert_int_equal(cpus[1].node, XEN_INVALID_NODE_ID);
	assert_int_equal(cpus[2].core, 2);
	assert_int_equal(cpus[2].socket, 0);
	op.u.cputopoinfo.cputopo.q = NOWHERE;
	assert_int_equal(sysctl(XEN_SYSCTL_cputopoinfo, &op), -XEN_EFAULT);
}

static void test_numa_info(void **state)
{
	struct xen_sysctl op = {0};
	struct xen_sysctl_meminfo memory;
	uint32_t distance;

	(void)state;
	assert_int_equal(sysctl(XEN_SYSCTL_numainfo, &op), 0);
	assert_int_equal(op.u.numainfo.num_nodes, 1);
	op.u.numainfo.meminfo.q = room(sizeof(memory));
	op.u.numainfo.distance.q = room(sizeof(distance));
	assert_int_equal(sysctl(XEN_SYSCTL_numainfo, &op), 0);
	guest_get(&memory, (uint32_t)op.u.numainfo.meminfo.q, sizeof(memory));
	guest_get(&distance, (uint32_t)op.u.numainfo.distance.q, sizeof(distance));
	assert_int_equal(memory.memsize, FAKE_RAM_SIZE);
	assert_int_equal(memory.memfree, FAKE_RAM_SIZE / 2);
	assert_int_equal(distance, 10);
	op.u.numainfo.distance.q = NOWHERE;
	assert_int_equal(sysctl(XEN_SYSCTL_numainfo, &op), -XEN_EFAULT);
	op.u.numainfo.meminfo.q = TOO_HIGH;
	assert_int_equal(sysctl(XEN_SYSCTL_numainfo, &op), -XEN_EFAULT);
}

/* ---- pool and scheduler -------------------------------------------------------- */

static void test_cpupool(void **state)
{
	struct xen_sysctl op = {0};
	struct xen_sysctl_cpupool_op *pool = &op.u.cpupool_op;
	uint8_t map[24];

	(void)state;
	pool->op = XEN_SYSCTL_CPUPOOL_OP_INFO;
	pool->cpumap.nr_bits = 4;
	pool->cpumap.bitmap.q = room(sizeof(map));
	assert_int_equal(sysctl(XEN_SYSCTL_cpupool_op, &op), 0);
	assert_int_equal(pool->cpupool_id, 0);
	assert_int_equal(pool->sched_id, XEN_SCHEDULER_CREDIT);
	assert_int_equal(pool->n_dom, 2);
	guest_get(map, (uint32_t)pool->cpumap.bitmap.q, sizeof(map));
	assert_int_equal(map[0], 1);
	assert_int_equal(map[1], 0xff); /* four bits are one byte */

	pool->cpumap.nr_bits = UINT32_MAX; /* no more than 128 are written */
	assert_int_equal(sysctl(XEN_SYSCTL_cpupool_op, &op), 0);
	guest_get(map, (uint32_t)pool->cpumap.bitmap.q, sizeof(map));
	assert_int_equal(map[0], 1);
	for (unsigned int i = 1; i < sizeof(map); i++)
		assert_int_equal(map[i], i < 16 ? 0 : 0xff);

	pool->op = XEN_SYSCTL_CPUPOOL_OP_FREEINFO;
	pool->cpumap.nr_bits = 9;
	assert_int_equal(sysctl(XEN_SYSCTL_cpupool_op, &op), 0);
	guest_get(map, (uint32_t)pool->cpumap.bitmap.q, sizeof(map));
	assert_int_equal(map[0], 0);

	pool->cpumap.bitmap.q = NOWHERE;
	assert_int_equal(sysctl(XEN_SYSCTL_cpupool_op, &op), -XEN_EFAULT);
	pool->cpumap.bitmap.q = TOO_HIGH;
	assert_int_equal(sysctl(XEN_SYSCTL_cpupool_op, &op), -XEN_EFAULT);
	pool->op = XEN_SYSCTL_CPUPOOL_OP_INFO;
	pool->cpupool_id = 1; /* the list ends */
	assert_int_equal(sysctl(XEN_SYSCTL_cpupool_op, &op), -XEN_ENOENT);
	pool->op = XEN_SYSCTL_CPUPOOL_OP_CREATE;
	assert_int_equal(sysctl(XEN_SYSCTL_cpupool_op, &op), -XEN_EOPNOTSUPP);
}

static long slice(uint32_t cmd, uint32_t ms, struct xen_sysctl *op)
{
	op->u.scheduler_op = (struct xen_sysctl_scheduler_op){
		.sched_id = XEN_SCHEDULER_CREDIT, .cmd = cmd};
	op->u.scheduler_op.u.sched_credit.tslice_ms = ms;
	return sysctl(XEN_SYSCTL_scheduler_op, op);
}

static void test_slice(void **state)
{
	struct xen_sysctl op;
	struct xen_sysctl_credit_schedule *credit = &op.u.scheduler_op.u.sched_credit;

	(void)state;
	assert_int_equal(slice(XEN_SYSCTL_SCHEDOP_getinfo, 77, &op), 0);
	assert_int_equal(credit->tslice_ms, 10);
	assert_int_equal(credit->ratelimit_us, 0);
	assert_int_equal(credit->vcpu_migr_delay_us, 0);
	assert_int_equal(slice(XEN_SYSCTL_SCHEDOP_putinfo, 5, &op), 0);
	assert_int_equal(sched_slice_us(), 5000);
	assert_int_equal(slice(XEN_SYSCTL_SCHEDOP_putinfo, 0, &op), -XEN_EINVAL);
	assert_int_equal(slice(XEN_SYSCTL_SCHEDOP_putinfo, 31, &op), -XEN_EINVAL);
	/* times 1000 it would be 704 us more than a whole number of words */
	assert_int_equal(slice(XEN_SYSCTL_SCHEDOP_putinfo, 4294968, &op), -XEN_EINVAL);
	assert_int_equal(sched_slice_us(), 5000);
	/* the tools write back what they have read: nothing is lost */
	assert_int_equal(sched_set_slice(1500), 0);
	assert_int_equal(slice(XEN_SYSCTL_SCHEDOP_putinfo, 1, &op), 0);
	assert_int_equal(sched_slice_us(), 1500);

	credit->ratelimit_us = 1000;
	assert_int_equal(sysctl(XEN_SYSCTL_scheduler_op, &op), -XEN_EOPNOTSUPP);
	credit->ratelimit_us = 0;
	credit->vcpu_migr_delay_us = 1;
	assert_int_equal(sysctl(XEN_SYSCTL_scheduler_op, &op), -XEN_EOPNOTSUPP);
	op.u.scheduler_op.cmd = 9;
	assert_int_equal(sysctl(XEN_SYSCTL_scheduler_op, &op), -XEN_ENOSYS);
	op.u.scheduler_op.sched_id = XEN_SCHEDULER_CREDIT2;
	assert_int_equal(sysctl(XEN_SYSCTL_scheduler_op, &op), -XEN_EINVAL);
	op.u.scheduler_op.cpupool_id = 1;
	assert_int_equal(sysctl(XEN_SYSCTL_scheduler_op, &op), -XEN_ENOENT);
}

static long credit_op(const struct domain *d, uint32_t cmd, uint32_t weight, uint32_t cap,
		      struct xen_domctl *op)
{
	op->u.scheduler_op = (struct xen_domctl_scheduler_op){
		.sched_id = XEN_SCHEDULER_CREDIT, .cmd = cmd};
	op->u.scheduler_op.u.credit.weight = (uint16_t)weight;
	op->u.scheduler_op.u.credit.cap = (uint16_t)cap;
	return domctl(XEN_DOMCTL_scheduler_op, d, op);
}

static void test_weight(void **state)
{
	struct xen_domctl op;

	(void)state;
	assert_int_equal(credit_op(domu, XEN_DOMCTL_SCHEDOP_putinfo, 65535, 0, &op), 0);
	assert_int_equal(domu->weight, 65535);
	assert_int_equal(credit_op(domu, XEN_DOMCTL_SCHEDOP_getinfo, 1, 1, &op), 0);
	assert_int_equal(op.u.scheduler_op.u.credit.weight, 65535);
	assert_int_equal(op.u.scheduler_op.u.credit.cap, 0);
	assert_int_equal(credit_op(dom0, XEN_DOMCTL_SCHEDOP_putinfo, 1, 65535, &op), 0);
	assert_int_equal(dom0->weight, 1);
	/* 0: it stays; a cap, there is none: nothing is changed then */
	assert_int_equal(credit_op(dom0, XEN_DOMCTL_SCHEDOP_putinfo, 0, 0, &op), 0);
	assert_int_equal(credit_op(dom0, XEN_DOMCTL_SCHEDOP_putinfo, 9, 50, &op),
			 -XEN_EOPNOTSUPP);
	assert_int_equal(dom0->weight, 1);
	assert_int_equal(credit_op(dom0, XEN_DOMCTL_SCHEDOP_getvcpuinfo, 9, 0, &op),
			 -XEN_ENOSYS);
	op.u.scheduler_op.sched_id = XEN_SCHEDULER_RTDS;
	assert_int_equal(domctl(XEN_DOMCTL_scheduler_op, dom0, &op), -XEN_EINVAL);
}

/* The weight is more than a number: from now on it decides who runs how long. */
static void test_weight_changes_the_share(void **state)
{
	struct vcpu *a = dom0->vcpu[0], *b = domu->vcpu[0];
	uint64_t a_ran, b_ran;
	struct xen_domctl op;

	(void)state;
	schedule();
	fake_compute_until(100000000);
	a_ran = sched_run_time(a);
	b_ran = sched_run_time(b);
	assert_in_range(a_ran * 100 / b_ran, 90, 110);
	while (this_cpu()->current != a)
		fake_compute_until(fake_clock + 100000);
	assert_int_equal(credit_op(domu, XEN_DOMCTL_SCHEDOP_putinfo, 768, 0, &op), 0);
	fake_compute_until(fake_clock + 400000000);
	a_ran = sched_run_time(a) - a_ran;
	b_ran = sched_run_time(b) - b_ran;
	assert_in_range(b_ran * 100 / a_ran, 290, 310);
}

/* ---- vCPUs --------------------------------------------------------------------- */

static void test_vcpu_info(void **state)
{
	struct xen_domctl op;
	const struct xen_domctl_getvcpuinfo *info = &op.u.getvcpuinfo;

	(void)state;
	memset(&op, 0xff, sizeof(op));
	fake_clock = 1000;
	op.u.getvcpuinfo.vcpu = 0;
	assert_int_equal(domctl(XEN_DOMCTL_getvcpuinfo, dom0, &op), 0);
	assert_int_equal(info->online, 1);
	assert_int_equal(info->running, 1);
	assert_int_equal(info->blocked, 0);
	assert_int_equal(info->cpu_time, 10000);
	assert_int_equal(info->cpu, 0);
	assert_int_equal(domctl(XEN_DOMCTL_getvcpuinfo, domu, &op), 0);
	assert_int_equal(info->online, 1);
	assert_int_equal(info->running, 0); /* it would like to */
	assert_int_equal(info->cpu_time, 0);
	domu->vcpu[0]->state = VCPU_BLOCKED;
	assert_int_equal(domctl(XEN_DOMCTL_getvcpuinfo, domu, &op), 0);
	assert_int_equal(info->blocked, 1);
	domu->vcpu[0]->state = VCPU_RUNNABLE;
	op.u.getvcpuinfo.vcpu = 1; /* never started */
	assert_int_equal(domctl(XEN_DOMCTL_getvcpuinfo, domu, &op), 0);
	assert_int_equal(info->online, 0);
	assert_int_equal(info->cpu, domu->vcpu[1]->cpu);
	op.u.getvcpuinfo.vcpu = 2;
	assert_int_equal(domctl(XEN_DOMCTL_getvcpuinfo, domu, &op), -XEN_ENOENT);
	op.u.getvcpuinfo.vcpu = UINT32_MAX;
	assert_int_equal(domctl(XEN_DOMCTL_getvcpuinfo, domu, &op), -XEN_ENOENT);
}

static void test_affinity(void **state)
{
	struct xen_domctl op = {0};
	struct xen_domctl_vcpuaffinity *affinity = &op.u.vcpuaffinity;
	uint8_t hard, soft;

	(void)state;
	percpu_of(3)->current = domu->vcpu[1];
	affinity->flags = XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT;
	affinity->vcpu = 1;
	affinity->cpumap_hard.nr_bits = affinity->cpumap_soft.nr_bits = 4;
	affinity->cpumap_hard.bitmap.q = room(1);
	affinity->cpumap_soft.bitmap.q = room(1);
	assert_int_equal(domctl(XEN_DOMCTL_getvcpuaffinity, domu, &op), 0);
	guest_get(&hard, (uint32_t)affinity->cpumap_hard.bitmap.q, 1);
	guest_get(&soft, (uint32_t)affinity->cpumap_soft.bitmap.q, 1);
	percpu_of(3)->current = NULL;
	assert_int_equal(hard, 1 << domu->vcpu[1]->cpu);
	assert_int_equal(soft, 9); /* CPUs 0 and 3 */
	affinity->cpumap_hard.bitmap.q = NOWHERE;
	assert_int_equal(domctl(XEN_DOMCTL_getvcpuaffinity, domu, &op), -XEN_EFAULT);
	affinity->flags = XEN_VCPUAFFINITY_SOFT; /* the other one is not looked at */
	assert_int_equal(domctl(XEN_DOMCTL_getvcpuaffinity, domu, &op), 0);
	affinity->vcpu = 2;
	assert_int_equal(domctl(XEN_DOMCTL_getvcpuaffinity, domu, &op), -XEN_ENOENT);
	/* where it is cannot be changed */
	affinity->vcpu = 1;
	assert_int_equal(domctl(XEN_DOMCTL_setvcpuaffinity, domu, &op), -XEN_ENOSYS);

	op.u.nodeaffinity.nodemap.nr_bits = 1;
	op.u.nodeaffinity.nodemap.bitmap.q = room(1);
	assert_int_equal(domctl(XEN_DOMCTL_getnodeaffinity, domu, &op), 0);
	guest_get(&hard, (uint32_t)op.u.nodeaffinity.nodemap.bitmap.q, 1);
	assert_int_equal(hard, 1);
}

static void test_handle(void **state)
{
	static const xen_domain_handle_t handle = {1, 2, 3, [15] = 0xff};
	struct xen_domctl op = {0};
	uint32_t at = room(16);
	uint8_t seen[16];

	(void)state;
	memcpy(op.u.setdomainhandle.handle, handle, sizeof(handle));
	assert_int_equal(domctl(XEN_DOMCTL_setdomainhandle, domu, &op), 0);
	memset(&op, 0, sizeof(op));
	assert_int_equal(domctl(XEN_DOMCTL_getdomaininfo, domu, &op), 0);
	assert_memory_equal(op.u.getdomaininfo.handle, handle, sizeof(handle));
	assert_int_equal(fake_call(__HYPERVISOR_xen_version, XENVER_guest_handle, at, 0),
			 0);
	guest_get(seen, at, sizeof(seen));
	assert_memory_equal(seen, (xen_domain_handle_t){0}, sizeof(seen)); /* dom0's */
}

/* ---- messages and keys --------------------------------------------------------- */

/* xl dmesg: what it reads in one call of so many bytes, from index on or (-1) anew. */
static uint32_t dmesg(long index, uint32_t bytes, bool clear, char *text, uint32_t *next)
{
	struct xen_sysctl op = {0};
	struct xen_sysctl_readconsole *read = &op.u.readconsole;

	read->incremental = index >= 0;
	read->index = (uint32_t)index;
	read->clear = clear;
	read->count = bytes;
	read->buffer.q = FAKE_RAM_BASE + FAKE_DOMAIN_RAM / 4;
	assert_int_equal(sysctl(XEN_SYSCTL_readconsole, &op), 0);
	assert_true(read->count <= bytes);
	guest_get(text, (uint32_t)read->buffer.q, read->count);
	text[read->count] = '\0';
	*next = read->index;
	return read->count;
}

static void test_dmesg(void **state)
{
	static char text[MESSAGE_LOG_SIZE + 1],
		line[] = "a line of some length, number 123\n";
	uint32_t next, next2;
	struct xen_sysctl op = {0};

	(void)state;
	dmesg(-1, MESSAGE_LOG_SIZE, true, text, &next);
	assert_int_equal(dmesg(-1, MESSAGE_LOG_SIZE, false, text, &next), 0);
	printk("first %d\n", 1);
	assert_int_equal(dmesg(-1, 4096, false, text, &next), 8);
	assert_string_equal(text, "first 1\n");
	printk("second");
	assert_int_equal(dmesg(next, 4096, false, text, &next), 7);
	assert_string_equal(text, "second\n");
	assert_int_equal(dmesg(next, 4096, false, text, &next2), 0);
	assert_int_equal(next2, next);
	assert_int_equal(dmesg(-1, 5, false, text, &next), 5);
	assert_string_equal(text, "first");
	/* without -c it is all there again, with it nothing but what comes then */
	assert_int_equal(dmesg(-1, 4096, true, text, &next), 15);
	assert_int_equal(dmesg(-1, 4096, false, text, &next), 0);
	assert_int_equal(dmesg(0, 4096, false, text, &next), 0); /* as xl begins */
	printk("third\n");
	dmesg(-1, 4096, false, text, &next);
	assert_string_equal(text, "third\n");
	dmesg(0, 4096, false, text, &next);
	assert_string_equal(text, "third\n");

	/* more than is kept: the last of it, in order, in one piece or in several */
	for (unsigned int i = 0; i < 1000; i++)
		printk("a line of some length, number %03u\n", i);
	assert_int_equal(dmesg(-1, UINT32_MAX, false, text, &next), MESSAGE_LOG_SIZE);
	assert_string_equal(text + MESSAGE_LOG_SIZE - strlen(line),
			    "a line of some length, number 999\n");
	memset(text, 0, sizeof(text));
	assert_int_equal(dmesg(next - MESSAGE_LOG_SIZE - 1000, 300, false, text, &next2),
			 300);
	assert_int_equal(next2, next - MESSAGE_LOG_SIZE + 300);
	/* one that is not there yet is that of the oldest too */
	dmesg(next + 77, 300, false, text, &next2);
	assert_int_equal(next2, next - MESSAGE_LOG_SIZE + 300);

	op.u.readconsole.buffer.q = TOO_HIGH;
	op.u.readconsole.count = 10;
	assert_int_equal(sysctl(XEN_SYSCTL_readconsole, &op), -XEN_EFAULT);
	op.u.readconsole.buffer.q = NOWHERE;
	op.u.readconsole.clear = 1;
	assert_int_equal(sysctl(XEN_SYSCTL_readconsole, &op), -XEN_EFAULT);
	/* and nothing was cleared */
	assert_int_equal(dmesg(-1, MESSAGE_LOG_SIZE, false, text, &next2),
			 MESSAGE_LOG_SIZE);
}

static long press(const char *keys)
{
	struct xen_sysctl op = {0};

	op.u.debug_keys.nr_keys = (uint32_t)strlen(keys);
	op.u.debug_keys.keys.q = guest_put(keys, op.u.debug_keys.nr_keys);
	return sysctl(XEN_SYSCTL_debug_keys, &op);
}

static void test_debug_keys(void **state)
{
	static char text[MESSAGE_LOG_SIZE + 1], many[130];
	struct xen_sysctl op = {0};
	uint32_t next;

	(void)state;
	dmesg(-1, MESSAGE_LOG_SIZE, true, text, &next);
	assert_int_equal(press("ds"), 0);
	dmesg(-1, MESSAGE_LOG_SIZE, true, text, &next);
	assert_non_null(strstr(text, "domain 1 domU: running"));
	assert_non_null(strstr(text, "CPU 0: idle"));
	assert_int_equal(press(""), 0);
	/* a question is answered in the same string or not at all */
	assert_int_equal(press("w1 60000000"), 0);
	dmesg(-1, MESSAGE_LOG_SIZE, true, text, &next);
	assert_non_null(strstr(text, "domain 1 domU vCPU 0, virtual 0x60000000"));
	assert_int_equal(press("R"), 0);
	assert_int_equal(press("R"), 0);
	assert_int_equal(fake_resets, 0);
	dmesg(-1, MESSAGE_LOG_SIZE, true, text, &next);
	assert_non_null(strstr(text, "not restarted"));
	assert_null(strstr(text, "restarting"));

	memset(many, 'h', sizeof(many) - 1);
	assert_int_equal(press(many), -XEN_E2BIG);
	many[128] = '\0';
	assert_int_equal(press(many), 0);
	op.u.debug_keys.nr_keys = 1;
	op.u.debug_keys.keys.q = NOWHERE;
	assert_int_equal(sysctl(XEN_SYSCTL_debug_keys, &op), -XEN_EFAULT);
	op.u.debug_keys.keys.q = TOO_HIGH;
	assert_int_equal(sysctl(XEN_SYSCTL_debug_keys, &op), -XEN_EFAULT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_cpu_info),
		TEST(test_cpu_topology),
		TEST(test_numa_info),
		TEST(test_cpupool),
		TEST(test_slice),
		TEST(test_weight),
		cmocka_unit_test_setup_teardown(test_weight_changes_the_share,
						setup_waiting, teardown),
		TEST(test_vcpu_info),
		TEST(test_affinity),
		TEST(test_handle),
		TEST(test_dmesg),
		TEST(test_debug_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
