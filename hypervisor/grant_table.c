// SPDX-License-Identifier: GPL-2.0-only
/* The grant tables themselves, and pages that dom0 maps without a grant. */
#include "grant_private.h"
#include <arch/memory.h>
#include <hv/frames.h>
#include <hv/printk.h>

static int16_t find_target(domid_t id, struct domain **d)
{
	*d = domain_by_id(id);
	if (!*d || !(*d)->grants)
		return GNTST_bad_domain;
	return domain_may_access(current_domain(), *d) ? GNTST_okay
						       : GNTST_permission_denied;
}

int16_t grant_query_size(struct gnttab_query_size *op)
{
	struct domain *d;
	int16_t status = find_target(op->dom, &d);

	if (status)
		return status;
	op->nr_frames = d->grants->frame_count;
	op->max_nr_frames = GRANT_FRAMES_MAX;
	return GNTST_okay;
}

/* A guest brings its own frames (add_to_physmap); this only tells where they are. */
int16_t grant_setup_table(const struct gnttab_setup_table *op)
{
	struct domain *d;
	int16_t status = find_target(op->dom, &d);
	vaddr_t list;

	if (status)
		return status;
	if (op->nr_frames > d->grants->frame_count ||
	    !handle_to_vaddr(op->frame_list.q, &list))
		return GNTST_general_error;
	for (uint32_t i = 0; i < op->nr_frames; i++) {
		xen_pfn_t gfn = d->grants->gfn[i];

		if (copy_to_guest(vaddr_add(list, i * (uint32_t)sizeof(gfn)), &gfn,
				  sizeof(gfn)))
			return GNTST_general_error;
	}
	return GNTST_okay;
}

long grant_set_version(const struct gnttab_set_version *op)
{
	if (op->version != 1 && op->version != 2)
		return -XEN_EINVAL;
	return op->version == 1 ? 0 : -XEN_ENOSYS;
}

long grant_get_version(struct gnttab_get_version *op)
{
	struct domain *d = domain_by_id(op->dom);

	if (!d)
		return -XEN_ESRCH;
	if (!domain_may_access(current_domain(), d))
		return -XEN_EPERM;
	op->version = 1;
	return 0;
}

int grants_create(struct domain *d)
{
	struct grant_table *t = heap_alloc(1);

	if (!t)
		return -XEN_ENOMEM;
	t->pins[0] = heap_alloc(1);
	if (!t->pins[0]) {
		heap_free(t, 1);
		return -XEN_ENOMEM;
	}
	t->shared[0] = t->early;
	d->grants = t;
	return 0;
}

/* Lock held.  Put `page` in the place of frame `index`, with what was there. */
static grant_entry_v1_t *frame_replace(struct grant_table *t, unsigned int index,
				       grant_entry_v1_t *page)
{
	grant_entry_v1_t *old = t->shared[index];

	if (old == t->early) {
		memcpy(page, old, sizeof(t->early));
		old = NULL;
	} else if (old) {
		memcpy(page, old, PAGE_SIZE);
	}
	t->shared[index] = page;
	if (t->frame_count <= index)
		t->frame_count = index + 1;
	return old;
}

int grant_adopt_frame(struct domain *d, unsigned int index, paddr_t p)
{
	struct grant_table *t = d->grants;
	grant_entry_v1_t *page, *old;
	maddr_t m;

	if (index >= GRANT_FRAMES_MAX ||
	    !domain_frame_to_machine(d, p.p >> PAGE_SHIFT, &m))
		return -XEN_EINVAL;
	if (index < t->frame_count && t->gfn[index] == p.p >> PAGE_SHIFT)
		return 0;
	if (!t->pins[index])
		t->pins[index] = heap_alloc(1);
	page = t->pins[index] ? arch_map_shared(m, 1, false) : NULL;
	if (!page)
		return -XEN_ENOMEM;
	memset(page, 0, PAGE_SIZE);
	spin_lock(&grant_lock);
	old = frame_replace(t, index, page);
	t->gfn[index] = p.p >> PAGE_SHIFT;
	spin_unlock(&grant_lock);
	if (old)
		arch_unmap_shared(old, 1);
	return 0;
}

void grant_preset(struct domain *d, grant_ref_t ref, paddr_t frame, domid_t to)
{
	grant_entry_v1_t *entry = grant_entry_find(d->grants, ref);

	CHECK(entry);
	entry->domid = to;
	entry->frame = frame.p >> PAGE_SHIFT;
	entry->flags = GTF_permit_access;
}

/* The first window frame from *index on in which something is mapped; false: none. */
static bool mapping_next(const struct grant_table *t, uint32_t *index)
{
	for (; *index < MAPPING_PAGES * MAPPINGS_PER_PAGE; ++*index) {
		if (!t->mappings[*index / MAPPINGS_PER_PAGE])
			*index |= MAPPINGS_PER_PAGE - 1; /* nothing in the whole page */
		else if (grant_mapping_find(t, *index)->kind != MAPPING_NONE)
			return true;
	}
	return false;
}

static void unmap_everything(struct domain *d)
{
	for (uint32_t index = 0; mapping_next(d->grants, &index); index++) {
		struct domain *reap;

		spin_lock(&grant_lock);
		reap = grant_mapping_clear(d, index);
		spin_unlock(&grant_lock);
		if (reap && reap != d)
			domain_reap(reap);
	}
}

void grants_destroy(struct domain *d)
{
	struct grant_table *t = d->grants;

	if (!t)
		return;
	unmap_everything(d);
	for (unsigned int i = 0; i < GRANT_FRAMES_MAX; i++) {
		grant_entry_v1_t *page;

		spin_lock(&grant_lock);
		page = t->shared[i];
		t->shared[i] = NULL;
		spin_unlock(&grant_lock);
		if (page && page != t->early)
			arch_unmap_shared(page, 1);
	}
	if (!grants_in_use(d))
		grants_free(d);
}

bool grants_in_use(const struct domain *d)
{
	return d->grants && d->grants->in_use;
}

void grants_free(struct domain *d)
{
	struct grant_table *t = d->grants;

	if (!t)
		return;
	CHECK(t->in_use == 0);
	d->grants = NULL;
	for (unsigned int i = 0; i < GRANT_FRAMES_MAX; i++)
		if (t->pins[i])
			heap_free(t->pins[i], 1);
	for (unsigned int i = 0; i < MAPPING_PAGES; i++)
		if (t->mappings[i])
			heap_free(t->mappings[i], 1);
	heap_free(t, 1);
}

/* ---- pages shown without a grant --------------------------------------------- */

int foreign_map(struct domain *d, uint64_t gpfn, struct domain *owner, uint64_t gfn)
{
	struct domain *reap = NULL;
	struct mapping *mapping;
	uint32_t index;
	maddr_t frame;
	int result = 0;

	if (gpfn >> 32 || !foreign_window_index(d, gpfn << PAGE_SHIFT, &index) ||
	    !domain_frame_to_machine(owner, gfn, &frame) || owner->state == DOMAIN_DYING)
		return -XEN_EINVAL;
	spin_lock(&grant_lock);
	mapping = grant_mapping_make(d, index);
	if (!mapping) {
		result = -XEN_ENOMEM;
	} else if (mapping->kind == MAPPING_GRANT) {
		result = -XEN_EBUSY;
	} else {
		owner->grants->in_use++;
		if (mapping->kind == MAPPING_FOREIGN)
			reap = grant_mapping_clear(d, index);
		grant_mapping_set(d, index,
				  (struct mapping){MAPPING_FOREIGN, false, owner->id, 0},
				  frame);
	}
	spin_unlock(&grant_lock);
	if (reap)
		domain_reap(reap);
	return result;
}

int foreign_unmap(struct domain *d, uint64_t gpfn)
{
	const struct mapping *mapping;
	struct domain *reap = NULL;
	uint32_t index;
	int result = 0;

	if (gpfn >> 32 || !foreign_window_index(d, gpfn << PAGE_SHIFT, &index))
		return -XEN_EINVAL;
	spin_lock(&grant_lock);
	mapping = grant_mapping_find(d->grants, index);
	if (!mapping || mapping->kind == MAPPING_NONE)
		result = -XEN_ENOENT;
	else if (mapping->kind == MAPPING_GRANT)
		result = -XEN_EBUSY;
	else
		reap = grant_mapping_clear(d, index);
	spin_unlock(&grant_lock);
	if (reap)
		domain_reap(reap);
	return result;
}

void grants_dump(const struct domain *d)
{
	const struct grant_table *t = d->grants;

	if (!t)
		return;
	printk("grants of %s: %u frames, %u pages in use by others\n", d->name,
	       t->frame_count, t->in_use);
	for (uint32_t index = 0; mapping_next(t, &index); index++) {
		const struct mapping *mapping = grant_mapping_find(t, index);

		printk("  maps %s %u of domain %u at %08x = machine %08x%s\n",
		       mapping->kind == MAPPING_GRANT ? "grant" : "page", mapping->ref,
		       mapping->owner, d->foreign_base.p + (index << PAGE_SHIFT),
		       arch_foreign_get(d, index).m, mapping->readonly ? " (read)" : "");
	}
}
