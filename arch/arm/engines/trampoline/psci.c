/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PSCI for guests, by SMC as their device tree says (Arm DEN0022, version 1.0).
 */
#include <arch/vcpu.h>
#include <asm/engine.h>
#include <asm/percpu.h>
#include <hv/domain.h>
#include <hv/sched.h>

#define PSCI_VERSION           0x84000000
#define PSCI_CPU_SUSPEND       0x84000001
#define PSCI_CPU_OFF           0x84000002
#define PSCI_CPU_ON            0x84000003
#define PSCI_AFFINITY_INFO     0x84000004
#define PSCI_MIGRATE_INFO_TYPE 0x84000006
#define PSCI_SYSTEM_OFF        0x84000008
#define PSCI_SYSTEM_RESET      0x84000009
#define PSCI_FEATURES          0x8400000a

#define PSCI_VERSION_1_0        0x10000
#define PSCI_SUCCESS            0
#define PSCI_NOT_SUPPORTED      (-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED             (-3)
#define PSCI_ALREADY_ON         (-4)
#define PSCI_INVALID_ADDRESS    (-9)
#define AFFINITY_ON             0
#define AFFINITY_OFF            1
#define MIGRATE_NOT_NEEDED      2

static int psci_features(uint32_t function)
{
	switch (function) {
	case PSCI_VERSION:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON:
	case PSCI_AFFINITY_INFO:
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
		return PSCI_SUCCESS;
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

static int psci_cpu_on(struct domain *d, uint32_t target, uint32_t entry,
		       uint32_t context)
{
	struct vcpu *v;
	maddr_t m;

	if (target >= d->vcpu_count)
		return PSCI_INVALID_PARAMETERS;
	if (!domain_ram_to_machine(d, paddr(entry), 4, &m))
		return PSCI_INVALID_ADDRESS;
	v = d->vcpu[target];
	if (v->state != VCPU_OFFLINE)
		return PSCI_ALREADY_ON;
	arch_vcpu_reset(v, paddr(entry & ~3u), context, ~0u, 0);
	sched_make_runnable(v);
	return PSCI_SUCCESS;
}

static int psci_affinity_info(const struct domain *d, uint32_t target)
{
	if (target >= d->vcpu_count)
		return PSCI_INVALID_PARAMETERS;
	return d->vcpu[target]->state == VCPU_OFFLINE ? AFFINITY_OFF : AFFINITY_ON;
}

static int psci_cpu_off(struct vcpu *v)
{
	if (v->id == 0)
		return PSCI_DENIED;
	sched_remove(v, VCPU_OFFLINE);
	sched_request();
	return PSCI_SUCCESS;
}

/* r: r0-r3 of the caller in its frame; the result goes to r[0]. */
void monitor_psci(uint32_t *r)
{
	struct vcpu *v = this_cpu()->current;
	int result = PSCI_NOT_SUPPORTED;

	switch (r[0]) {
	case PSCI_VERSION:
		result = PSCI_VERSION_1_0;
		break;
	case PSCI_FEATURES:
		result = psci_features(r[1]);
		break;
	case PSCI_CPU_ON:
		result = psci_cpu_on(v->domain, r[1], r[2], r[3]);
		break;
	case PSCI_CPU_OFF:
		result = psci_cpu_off(v);
		break;
	case PSCI_AFFINITY_INFO:
		result = psci_affinity_info(v->domain, r[1]);
		break;
	case PSCI_MIGRATE_INFO_TYPE:
		result = MIGRATE_NOT_NEEDED;
		break;
	case PSCI_SYSTEM_OFF:
		domain_shutdown(v->domain, SHUTDOWN_poweroff);
		break;
	case PSCI_SYSTEM_RESET:
		domain_shutdown(v->domain, SHUTDOWN_reboot);
		break;
	default:
		break;
	}
	r[0] = (uint32_t)result;
	if (this_cpu()->need_resched)
		schedule();
}
