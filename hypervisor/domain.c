/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domains: made, started, paused, ended.
 */
#include <arch/cpu.h>
#include <arch/memory.h>
#include <arch/vcpu.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/frames.h>
#include <hv/grant.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/virq.h>
#include <string.h>

#define DOMAIN_PAGES ((sizeof(struct domain) + PAGE_SIZE - 1) / PAGE_SIZE)

struct domain *domains[MAX_DOMAINS];
static spinlock_t domain_list_lock = SPINLOCK_INIT;

static void vcpus_free(struct domain *d)
{
	for (unsigned int i = 0; i < d->vcpu_count; i++)
		if (d->vcpu[i])
			arch_vcpu_free(d->vcpu[i]);
}

static int vcpus_create(struct domain *d)
{
	for (unsigned int i = 0; i < d->vcpu_count; i++) {
		struct vcpu *v = arch_vcpu_alloc();

		if (!v)
			return -XEN_ENOMEM;
		v->domain = d;
		v->id = (uint8_t)i;
		v->state = VCPU_OFFLINE;
		list_init(&v->sched.node);
		timer_init(&v->poll_timer, vcpu_poll_expired);
		d->vcpu[i] = v;
	}
	return 0;
}

/* The next free id; MAX_DOMAINS: none.  Domains are created one at a time. */
static unsigned int free_id(void)
{
	unsigned int id = 0;

	while (id < MAX_DOMAINS && domains[id])
		id++;
	return id;
}

static void domain_publish(struct domain *d)
{
	spin_lock(&domain_list_lock);
	domains[d->id] = d;
	spin_unlock(&domain_list_lock);
}

struct domain *domain_create(const char *name, unsigned int vcpu_count, bool privileged)
{
	unsigned int id = free_id();
	const char *missing = "free domain ids";
	struct domain *d;

	if (id == MAX_DOMAINS)
		goto out;
	missing = "memory";
	d = heap_alloc(DOMAIN_PAGES);
	if (!d)
		goto out;
	d->id = (uint16_t)id;
	d->state = DOMAIN_BUILDING;
	d->vcpu_count = (uint8_t)vcpu_count;
	d->privileged = privileged;
	hv_snprintf(d->name, sizeof(d->name), "%s", name);
	if (vcpus_create(d))
		goto out_vcpus;
	if (events_create(d))
		goto out_vcpus;
	if (grants_create(d))
		goto out_events;
	if (console_create(d))
		goto out_grants;
	domain_publish(d);
	return d;

out_grants:
	grants_destroy(d);
	grants_free(d);
out_events:
	events_destroy(d);
out_vcpus:
	vcpus_free(d);
	heap_free(d, DOMAIN_PAGES);
out:
	printk("domain %s: no %s\n", name, missing);
	return NULL;
}

struct domain *domain_by_id(domid_t id)
{
	if (id == DOMID_SELF)
		return current_domain();
	return id < MAX_DOMAINS ? domains[id] : NULL;
}

bool domain_may_access(const struct domain *caller, const struct domain *d)
{
	return caller == d || caller->privileged;
}

void domain_start(struct domain *d)
{
	struct vcpu *v = d->vcpu[0];

	for (unsigned int i = 0; i < d->vcpu_count; i++)
		d->vcpu[i]->words = &d->descriptor->vcpu[i];
	for (unsigned int i = 0; i < d->vcpu_count; i++)
		d->vcpu[i]->arch.pending = d->vcpu[i]->words->pending;
	sched_set_weight(d, d->weight);
	arch_vcpu_reset(v, d->entry, 0, ~0u, d->dtb.p);
	d->state = DOMAIN_RUNNING;
	sched_make_runnable(v);
}

static void vcpu_hold(struct vcpu *v)
{
	if (v->state == VCPU_OFFLINE || v->paused)
		return;
	v->paused = true;
	sched_remove(v, VCPU_PAUSED);
}

static void vcpu_release(struct vcpu *v)
{
	if (!v->paused)
		return;
	v->paused = false;
	/* a spurious wake-up is harmless; a lost one is not */
	sched_make_runnable(v);
}

int domain_pause(struct domain *d)
{
	struct vcpu *v;

	spin_lock(&d->lock);
	if (d->pause_count == UINT8_MAX) {
		spin_unlock(&d->lock);
		return -XEN_EBUSY;
	}
	if (d->pause_count++ == 0)
		vcpu_for_each(d, v)
			vcpu_hold(v);
	spin_unlock(&d->lock);
	return 0;
}

int domain_unpause(struct domain *d)
{
	struct vcpu *v;

	spin_lock(&d->lock);
	if (d->pause_count == 0) {
		spin_unlock(&d->lock);
		return -XEN_EINVAL;
	}
	if (--d->pause_count == 0 && d->state == DOMAIN_RUNNING)
		vcpu_for_each(d, v)
			vcpu_release(v);
	spin_unlock(&d->lock);
	return 0;
}

static const char *shutdown_text(unsigned int reason)
{
	static const char *const texts[] = {"powers off", "reboots",  "suspends",
					    "crashed",    "watchdog", "soft reset"};

	return reason < ARRAY_SIZE(texts) ? texts[reason] : "ended";
}

/* The machine lives as long as dom0, which has everybody's disks and networks. */
static void machine_end(unsigned int reason)
{
	struct domain *d;

	domain_for_each(d)
		if (d->state == DOMAIN_RUNNING)
			printk("%s ends with it, as it was running\n", d->name);
	printk("the machine is %s\n",
	       reason == SHUTDOWN_reboot ? "restarted" : "switched off");
	console_flush();
	if (reason == SHUTDOWN_reboot)
		arch_reset();
	arch_power_off();
}

void domain_shutdown(struct domain *d, unsigned int reason)
{
	struct vcpu *v;

	spin_lock(&d->lock);
	if (d->state != DOMAIN_RUNNING) {
		spin_unlock(&d->lock);
		return;
	}
	d->state = DOMAIN_SHUTDOWN;
	d->shutdown_reason = (uint8_t)reason;
	vcpu_for_each(d, v)
		vcpu_hold(v);
	spin_unlock(&d->lock);
	printk("%s %s\n", d->name, shutdown_text(reason));
	if (d->privileged)
		machine_end(reason);
	event_raise_global_virq(VIRQ_DOM_EXC);
}

int domain_destroy(struct domain *d)
{
	struct vcpu *v;

	if (d->privileged)
		return -XEN_EINVAL;
	spin_lock(&d->lock);
	if (d->state == DOMAIN_DYING) {
		spin_unlock(&d->lock);
		return 0;
	}
	d->state = DOMAIN_DYING;
	vcpu_for_each(d, v)
		vcpu_hold(v);
	spin_unlock(&d->lock);
	virq_release(d);
	events_destroy(d);
	grants_destroy(d);
	event_raise_global_virq(VIRQ_DOM_EXC);
	domain_reap(d);
	return 0;
}

/* The caller runs in another domain, so none of d's stacks is in use. */
void domain_reap(struct domain *d)
{
	struct vcpu *v;

	if (d->state != DOMAIN_DYING || grants_in_use(d))
		return;
	spin_lock(&domain_list_lock);
	domains[d->id] = NULL;
	spin_unlock(&domain_list_lock);
	vcpu_for_each(d, v) {
		CHECK(v != current_vcpu());
		timer_cancel(&v->timer);
		timer_cancel(&v->poll_timer);
	}
	grants_free(d);
	console_destroy(d);
	arch_domain_free(d);
	slots_free(d->machine_base, d->ram_size);
	vcpus_free(d);
	heap_free(d, DOMAIN_PAGES);
}

bool domain_ram_to_machine(const struct domain *d, paddr_t p, uint32_t bytes, maddr_t *m)
{
	if (!range_in(p.p, bytes, d->ram_base.p, d->ram_size))
		return false;
	*m = maddr_add(d->machine_base, p.p - d->ram_base.p);
	return true;
}

void vcpu_poll_expired(struct timer *t)
{
	struct vcpu *v = container_of(t, struct vcpu, poll_timer);

	v->polling = false;
	vcpu_wake(v);
}
