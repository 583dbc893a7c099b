// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages that a guest gives for events: shared_info and its vCPUs' vcpu_info.
 * Until it does, what is pending is kept in the hypervisor.
 */
#include "event_private.h"
#include <arch/memory.h>
#include <hv/wallclock.h>

/* v has a new vcpu_info, or ports: raise what is pending for it. */
static void vcpu_rescan(struct vcpu *v)
{
	struct event_channels *e = v->domain->events;
	uint32_t selector = 0;

	for (unsigned int w = 0; w < EVENT_WORDS; w++) {
		uint32_t bits = READ_ONCE(e->pending[w]) & ~READ_ONCE(e->mask[w]);

		for (; bits; bits &= bits - 1) {
			unsigned int port = w * 32 + (unsigned int)__builtin_ctz(bits);

			if (e->channel[port].vcpu == v->id)
				selector |= 1u << port / PORTS_PER_SELECTOR_BIT;
		}
	}
	if (selector)
		event_mark_vcpu(v, selector);
}

/* Does v's vcpu_info lie in the domain's shared_info, for want of a registered one? */
static bool vcpu_info_is_legacy(const struct vcpu *v)
{
	return v->domain->shared_info && v->info == &v->domain->shared_info->vcpu_info[0];
}

static void shared_info_set_wallclock(struct shared_info *s)
{
	uint64_t seconds;
	uint32_t nanoseconds, version = READ_ONCE(s->wc_version);

	wallclock_get(&seconds, &nanoseconds);
	WRITE_ONCE(s->wc_version, version | 1); /* odd: being changed */
	smp_mb();
	WRITE_ONCE(s->wc_sec, (uint32_t)seconds);
	WRITE_ONCE(s->wc_sec_hi, (uint32_t)(seconds >> 32));
	WRITE_ONCE(s->wc_nsec, nanoseconds);
	smp_mb();
	WRITE_ONCE(s->wc_version, (version | 1) + 1);
}

void event_publish_wallclock(struct domain *d)
{
	if (!d->events)
		return;
	spin_lock(&d->events->lock);
	if (d->shared_info)
		shared_info_set_wallclock(d->shared_info);
	spin_unlock(&d->events->lock);
}

/* Lock held; `s` is cleared.  Everything that pointed into the old page moves. */
static void shared_info_move(struct domain *d, struct shared_info *s, maddr_t m)
{
	struct event_channels *e = d->events;
	struct vcpu *v = d->vcpu[0];

	memcpy(s->evtchn_pending, e->pending, EVENT_WORDS * sizeof(uint32_t));
	memcpy(s->evtchn_mask, e->mask, EVENT_WORDS * sizeof(uint32_t));
	e->pending = (uint32_t *)(void *)s->evtchn_pending;
	e->mask = (uint32_t *)(void *)s->evtchn_mask;
	e->shared_info = m;
	shared_info_set_wallclock(s);
	if (v && (!v->info || vcpu_info_is_legacy(v))) {
		v->info = &s->vcpu_info[0];
		vcpu_rescan(v);
	}
	d->shared_info = s;
}

int event_adopt_shared_info(struct domain *d, maddr_t m)
{
	struct shared_info *old, *s;

	if (d->shared_info && d->events->shared_info.m == m.m)
		return 0;
	s = arch_map_shared(m, 1, false);
	if (!s)
		return -XEN_ENOMEM;
	memset(s, 0, PAGE_SIZE);
	spin_lock(&d->events->lock);
	old = d->shared_info;
	shared_info_move(d, s, m);
	spin_unlock(&d->events->lock);
	if (old)
		arch_unmap_shared(old, 1);
	return 0;
}

uint64_t event_shared_info_frame(const struct domain *d)
{
	if (!d->shared_info)
		return UINT64_MAX;
	return (d->events->shared_info.m - d->machine_base.m + d->ram_base.p) >>
	       PAGE_SHIFT;
}

int event_adopt_vcpu_info(struct vcpu *v, maddr_t m)
{
	struct event_channels *e = v->domain->events;
	char *page = arch_map_shared(maddr(m.m & ~PAGE_MASK), 1, false);
	struct vcpu_info *info;
	bool first;

	if (!page)
		return -XEN_ENOMEM;
	info = (struct vcpu_info *)(void *)(page + (m.m & PAGE_MASK));
	spin_lock(&e->lock);
	first = !v->info || vcpu_info_is_legacy(v);
	if (first) {
		if (v->info)
			memmove(info, v->info, sizeof(*info));
		else
			memset(info, 0, sizeof(*info));
		v->info = info;
		vcpu_rescan(v);
	}
	spin_unlock(&e->lock);
	if (first)
		return 0;
	arch_unmap_shared(page, 1);
	return -XEN_EINVAL;
}

static void vcpu_info_unmap(struct vcpu *v)
{
	if (v->info && !vcpu_info_is_legacy(v))
		arch_unmap_shared((void *)((uintptr_t)v->info & ~(uintptr_t)PAGE_MASK),
				  1);
	v->info = NULL;
}

void event_pages_destroy(struct domain *d)
{
	struct event_channels *e = d->events;
	struct shared_info *shared = d->shared_info;
	struct vcpu *v;

	spin_lock(&e->lock);
	vcpu_for_each(d, v)
		vcpu_info_unmap(v);
	e->pending = e->early_pending;
	e->mask = e->early_mask;
	d->shared_info = NULL;
	spin_unlock(&e->lock);
	if (shared)
		arch_unmap_shared(shared, 1);
}
