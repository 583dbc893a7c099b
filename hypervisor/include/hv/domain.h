/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domains and their virtual CPUs.
 *
 * domains[id] is NULL or a domain; the table changes under domain_list_lock.  A
 * domain's fields without a remark are constant after domain_build.
 */
#ifndef HV_DOMAIN_H
#define HV_DOMAIN_H

#include <hv/types.h>
#include <hv/list.h>
#include <hv/timer.h>
#include <hv/xen.h>
#include <arch/cpu.h>
#include <arch/spinlock.h>
#include <asm/vcpu.h> /* struct arch_vcpu: engine and CPU state; struct arch_domain */
#include <public/manage.h>
#include <public/sigma.h>

#define MAX_DOMAINS      16
#define MAX_VCPUS        SIGMA_MAX_VCPUS
#define DOMAIN_NAME_SIZE 16
#define SIGMA_HVM_PARAMS (SIGMA_HVM_PARAM_RELAY_EVTCHN + 1)

struct domain;
struct event_channels;
struct grant_table;
struct console_source;

enum vcpu_state {
	VCPU_OFFLINE,  /* never started or switched off: on no list */
	VCPU_RUNNABLE, /* on a run queue or running */
	VCPU_BLOCKED,  /* waits for a virtual interrupt */
	VCPU_PAUSED,   /* its domain is paused, shut down or dying */
};

/*
 * One vCPU.  state, sched and cpu belong to the run queue lock of `cpu`.
 * The structure lies at the top of the vCPU's stack in the hypervisor; the
 * engine's assembler finds it there.
 */
struct vcpu {
	struct arch_vcpu arch; /* first: assembler uses its offsets */
	struct domain *domain;
	uint8_t id;    /* in its domain */
	uint8_t cpu;   /* physical CPU whose run queue holds it */
	uint8_t state; /* enum vcpu_state */
	bool paused;   /* would be runnable or blocked, but is held */
	bool polling;  /* blocked in SCHEDOP_poll: any pending event wakes */
	struct sigma_vcpu_words *words; /* in the descriptor */
	struct vcpu_info *info;         /* adopted from the guest, or NULL */
	struct timer timer;             /* PV timer while it is blocked off the CPU */
	struct timer poll_timer;        /* time-out of SCHEDOP_poll: vcpu_poll_expired */
	struct {
		struct list node;  /* run queue */
		uint64_t vruntime; /* fair policy: weighted ticks */
		uint32_t inverse_weight;
		uint32_t run_since; /* clock (low word) when it was put on the CPU */
		uint64_t run_total; /* ticks run until then */
		uint32_t switches;  /* times it was put on a CPU */
	} sched;
};

enum domain_state {
	DOMAIN_BUILDING,
	DOMAIN_RUNNING,
	DOMAIN_SHUTDOWN, /* shutdown_reason is valid; memory still there */
	DOMAIN_DYING,
};

struct domain {
	struct arch_domain arch;
	uint16_t id;
	uint8_t state;           /* enum domain_state, under lock */
	uint8_t shutdown_reason; /* SHUTDOWN_* of Xen */
	uint8_t pause_count;     /* by domctl, under lock */
	uint8_t vcpu_count;
	bool privileged;
	char name[DOMAIN_NAME_SIZE];
	xen_domain_handle_t handle; /* UUID that dom0 gave it, or zero */
	spinlock_t lock;

	paddr_t ram_base;     /* pseudo-physical, the same for every domain */
	uint32_t ram_size;    /* bytes, multiple of SLOT_SIZE */
	maddr_t machine_base; /* of ram_base */
	paddr_t foreign_base; /* = ram_base + ram_size */
	uint32_t foreign_size;
	paddr_t reserved_base; /* hypervisor's end of the RAM */
	uint32_t reserved_size;
	paddr_t entry;
	paddr_t dtb, initrd;
	uint32_t dtb_size, initrd_size;
	uint32_t weight; /* sched_set_weight() */

	struct sigma_descriptor *descriptor; /* mapped shared */
	uint32_t *sigma;                     /* sigma', mapped shared */
	uint32_t *foreign;                   /* foreign table, mapped shared */

	struct shared_info *shared_info; /* adopted, or NULL */
	struct event_channels *events;
	struct grant_table *grants;
	struct console_source *console;
	uint64_t hvm_params[SIGMA_HVM_PARAMS];
	uint32_t irqs[SIGMA_VIRQ_WORDS]; /* the board's interrupts it owns */

	struct vcpu *vcpu[MAX_VCPUS];
};

extern struct domain *domains[MAX_DOMAINS];

#define domain_for_each(d)                                         \
	for (unsigned int d##_i = 0; d##_i < MAX_DOMAINS; d##_i++) \
		if (((d) = domains[d##_i]) != NULL)

#define vcpu_for_each(d, v)                                            \
	for (unsigned int v##_i = 0; v##_i < (d)->vcpu_count; v##_i++) \
		if (((v) = (d)->vcpu[v##_i]) != NULL)

/* The vCPU and the domain that made the current hypercall. */
static inline struct vcpu *current_vcpu(void)
{
	return this_cpu()->current;
}

static inline struct domain *current_domain(void)
{
	return this_cpu()->current->domain;
}

/**
 * domain_create - an empty domain with the next free id
 * @name: for people, copied
 *
 * Allocates events, grants and vCPUs (offline); memory is placed by the builder.
 * Returns NULL and prints why when memory or ids have run out.
 */
struct domain *domain_create(const char *name, unsigned int vcpu_count, bool privileged);

/**
 * domain_by_id - DOMID_SELF or an id, from the current domain
 *
 * NULL: no such domain.
 */
struct domain *domain_by_id(domid_t id);

/* May the caller manage or read d?  dom0 all, others themselves. */
bool domain_may_access(const struct domain *caller, const struct domain *d);

/* Start vCPU 0 of a built domain. */
void domain_start(struct domain *d);

/* Count a pause; the vCPUs stop at once.  domctl's pausedomain. */
int domain_pause(struct domain *d);
int domain_unpause(struct domain *d);

/**
 * domain_shutdown - the domain ends itself or is ended
 * @reason: SHUTDOWN_poweroff, _reboot, _crash …
 *
 * All vCPUs stop; dom0 gets VIRQ_DOM_EXC.  When dom0 itself goes, the machine is
 * switched off or restarted.  Does not return to a caller of that domain.
 */
void domain_shutdown(struct domain *d, unsigned int reason);

/**
 * domain_destroy - end a domain for good: domctl's destroydomain
 *
 * It becomes DOMAIN_DYING: stopped, its ports closed, what it had mapped unmapped,
 * dom0 told.  Its memory goes back by domain_reap() as soon as nobody else has pages
 * of it mapped.  0, or -XEN_EINVAL for dom0.
 */
int domain_destroy(struct domain *d);

/* Free a dying domain unless grants_in_use(d); grants call it, no lock held. */
void domain_reap(struct domain *d);

/* Translate: false when p is not the domain's own RAM. */
bool domain_ram_to_machine(const struct domain *d, paddr_t p, uint32_t bytes, maddr_t *m);

/* poll_timer of a vCPU fired: it stops polling and wakes. */
void vcpu_poll_expired(struct timer *t);

/* Wake a blocked vCPU.  From any context, no run queue lock held. */
void vcpu_wake(struct vcpu *v);

#endif
