// SPDX-License-Identifier: GPL-2.0-only
/* Mapping, copying and flushing of granted pages: what drivers do all the time. */
#include "grant_private.h"
#include <arch/memory.h>
#include <hv/frames.h>
#include <hv/hypercall.h>

spinlock_t grant_lock = SPINLOCK_INIT;

/* ---- entries ---------------------------------------------------------------- */

grant_entry_v1_t *grant_entry_find(const struct grant_table *t, grant_ref_t ref)
{
	uint32_t frame = ref / ENTRIES_PER_FRAME;

	if (frame >= GRANT_FRAMES_MAX || !t->shared[frame])
		return NULL;
	if (t->shared[frame] == t->early && ref >= GNTTAB_NR_RESERVED_ENTRIES)
		return NULL;
	return &t->shared[frame][ref % ENTRIES_PER_FRAME];
}

static struct pin *pin_find(const struct grant_table *t, grant_ref_t ref)
{
	return &t->pins[ref / ENTRIES_PER_FRAME][ref % ENTRIES_PER_FRAME];
}

/* flags and domid as one word, for compare and swap */
static uint32_t *entry_header(grant_entry_v1_t *entry)
{
	return (uint32_t *)(void *)entry;
}

/* Mark the guest's entry as being used by `user`, if it allows that. */
static int16_t entry_claim(grant_entry_v1_t *entry, domid_t user, bool readonly)
{
	uint32_t use = readonly ? GTF_reading : GTF_reading | GTF_writing;

	/* a guest that keeps changing it does not keep us */
	for (unsigned int attempt = 0; attempt < 5; attempt++) {
		uint32_t header = READ_ONCE(*entry_header(entry));

		if ((header & GTF_type_mask) != GTF_permit_access ||
		    header >> 16 != user || (header & GTF_sub_page))
			return GNTST_general_error;
		if (!readonly && (header & GTF_readonly))
			return GNTST_general_error;
		if (atomic_cas(entry_header(entry), header, header | use))
			return GNTST_okay;
	}
	return GNTST_general_error;
}

/* Take back the marks that no pin stands for any more. */
static void entry_release(grant_entry_v1_t *entry, const struct pin *pin)
{
	uint32_t unused = 0;

	if (!pin->writers)
		unused |= GTF_writing;
	if (!pin->writers && !pin->readers)
		unused |= GTF_reading;
	smp_mb(); /* what was done to the page comes first */
	if (unused)
		atomic_andnot(entry_header(entry), unused);
}

/* Lock held.  Pin page `ref` of granter for `user`; on success *frame is the page. */
static int16_t pin_get(struct domain *granter, grant_ref_t ref, domid_t user,
		       bool readonly, maddr_t *frame)
{
	struct grant_table *t = granter->grants;
	grant_entry_v1_t *entry = grant_entry_find(t, ref);
	struct pin *pin;
	bool pinned;

	if (!entry)
		return GNTST_bad_gntref;
	pin = pin_find(t, ref);
	pinned = pin->readers || pin->writers;
	if (pinned && (pin->frame_user & PAGE_MASK) != user)
		return GNTST_general_error;
	if (pin->readers == UINT16_MAX || pin->writers == UINT16_MAX)
		return GNTST_no_space;
	if (!pinned || (!readonly && !pin->writers)) {
		int16_t status = entry_claim(entry, user, readonly);

		if (status)
			return status;
	}
	if (!pinned) {
		if (!domain_frame_to_machine(granter, READ_ONCE(entry->frame), frame)) {
			entry_release(entry, pin);
			return GNTST_bad_page;
		}
		pin->frame_user = (frame->m & ~PAGE_MASK) | user;
	}
	if (readonly)
		pin->readers++;
	else
		pin->writers++;
	t->in_use++;
	*frame = maddr(pin->frame_user & ~PAGE_MASK);
	return GNTST_okay;
}

static bool is_reapable(const struct domain *d)
{
	return d->state == DOMAIN_DYING && d->grants->in_use == 0;
}

/* Lock held.  True: granter is dying and this was its last page in use. */
static bool pin_put(struct domain *granter, grant_ref_t ref, bool readonly)
{
	struct grant_table *t = granter->grants;
	grant_entry_v1_t *entry = grant_entry_find(t, ref);
	struct pin *pin = pin_find(t, ref);

	if (readonly)
		pin->readers--;
	else
		pin->writers--;
	if (entry)
		entry_release(entry, pin);
	t->in_use--;
	return is_reapable(granter);
}

/* A domain whose pages may be pinned.  Xen's map and copy take no DOMID_SELF here. */
static struct domain *granter_find(domid_t id)
{
	struct domain *d = id < DOMID_FIRST_RESERVED ? domain_by_id(id) : NULL;

	return d && d->grants && d->state != DOMAIN_DYING ? d : NULL;
}

/* ---- foreign window ------------------------------------------------------------- */

bool foreign_window_index(const struct domain *d, uint64_t p, uint32_t *index)
{
	if (p >> 32 ||
	    !range_in((uint32_t)p, PAGE_SIZE, d->foreign_base.p, d->foreign_size))
		return false;
	*index = ((uint32_t)p - d->foreign_base.p) >> PAGE_SHIFT;
	return true;
}

struct mapping *grant_mapping_find(const struct grant_table *t, uint32_t index)
{
	uint32_t page = index / MAPPINGS_PER_PAGE;

	if (page >= MAPPING_PAGES || !t->mappings[page])
		return NULL;
	return &t->mappings[page][index % MAPPINGS_PER_PAGE];
}

struct mapping *grant_mapping_make(const struct domain *d, uint32_t index)
{
	uint32_t first = index / MAPPINGS_PER_PAGE, last = first;
	struct grant_table *t = d->grants;

	if (d->privileged && !t->mappings[0]) {
		first = 0;
		last = ((d->foreign_size >> PAGE_SHIFT) - 1) / MAPPINGS_PER_PAGE;
	}
	for (; first <= last && first < MAPPING_PAGES; first++)
		if (!t->mappings[first])
			t->mappings[first] = heap_alloc(1);
	return grant_mapping_find(t, index);
}

void grant_mapping_set(struct domain *d, uint32_t index, struct mapping mapping,
		       maddr_t frame)
{
	*grant_mapping_find(d->grants, index) = mapping;
	d->grants->mapped_from[mapping.owner]++;
	arch_foreign_set(d, index, frame);
}

struct domain *grant_mapping_clear(struct domain *d, uint32_t index)
{
	struct mapping *mapping = grant_mapping_find(d->grants, index);
	struct domain *owner = domains[mapping->owner];
	bool reap;

	arch_foreign_set(d, index, maddr(0));
	d->grants->mapped_from[mapping->owner]--;
	if (mapping->kind == MAPPING_GRANT) {
		reap = pin_put(owner, mapping->ref, mapping->readonly);
	} else {
		owner->grants->in_use--;
		reap = is_reapable(owner);
	}
	mapping->kind = MAPPING_NONE;
	return reap ? owner : NULL;
}

/* ---- map and unmap ------------------------------------------------------------ */

static int16_t map_locked(struct domain *d, struct domain *granter, uint32_t index,
			  struct gnttab_map_grant_ref *op)
{
	struct mapping *mapping = grant_mapping_make(d, index);
	bool readonly = op->flags & GNTMAP_readonly;
	maddr_t frame;
	int16_t status;

	if (!mapping)
		return GNTST_no_space;
	if (mapping->kind != MAPPING_NONE)
		return GNTST_bad_virt_addr;
	status = pin_get(granter, op->ref, d->id, readonly, &frame);
	if (status)
		return status;
	grant_mapping_set(d, index,
			  (struct mapping){MAPPING_GRANT, readonly, granter->id, op->ref},
			  frame);
	op->handle = index;
	op->dev_bus_addr = frame.m;
	return GNTST_okay;
}

static int16_t grant_map(struct domain *d, struct gnttab_map_grant_ref *op)
{
	struct domain *granter = granter_find(op->dom);
	uint32_t index;
	int16_t status;

	if (!granter)
		return GNTST_bad_domain;
	if (!(op->flags & (GNTMAP_device_map | GNTMAP_host_map)))
		return GNTST_bad_gntref;
	if (!(op->flags & GNTMAP_host_map))
		return GNTST_no_device_space; /* no IOMMU that could map it alone */
	if (op->flags &
	    ~(uint32_t)(GNTMAP_device_map | GNTMAP_host_map | GNTMAP_readonly))
		return GNTST_general_error;
	if (!foreign_window_index(d, op->host_addr & ~(uint64_t)PAGE_MASK, &index))
		return GNTST_bad_virt_addr;
	spin_lock(&grant_lock);
	status = map_locked(d, granter, index, op);
	spin_unlock(&grant_lock);
	return status;
}

static int16_t unmap_locked(struct domain *d, const struct gnttab_unmap_grant_ref *op,
			    struct domain **reap)
{
	const struct mapping *mapping = grant_mapping_find(d->grants, op->handle);
	uint32_t index;

	if (!mapping || mapping->kind != MAPPING_GRANT)
		return GNTST_bad_handle;
	if (op->dev_bus_addr && op->dev_bus_addr != arch_foreign_get(d, op->handle).m)
		return GNTST_bad_dev_addr;
	if (!op->host_addr)
		return GNTST_okay; /* only the device's view, which is nothing of its own */
	if (!foreign_window_index(d, op->host_addr & ~(uint64_t)PAGE_MASK, &index) ||
	    index != op->handle)
		return GNTST_bad_virt_addr;
	*reap = grant_mapping_clear(d, index);
	return GNTST_okay;
}

static int16_t grant_unmap(struct domain *d, const struct gnttab_unmap_grant_ref *op)
{
	struct domain *reap = NULL;
	int16_t status;

	spin_lock(&grant_lock);
	status = unmap_locked(d, op, &reap);
	spin_unlock(&grant_lock);
	if (reap)
		domain_reap(reap);
	return status;
}

/* ---- copy ----------------------------------------------------------------------- */

struct copy_side {
	struct domain *granter; /* NULL: a frame of the caller's own */
	grant_ref_t ref;
	bool readonly;
	maddr_t frame;
};

static int16_t copy_side_get(struct domain *d, const struct gnttab_copy_ptr *ptr,
			     bool by_ref, struct copy_side *side)
{
	int16_t status;

	if (!by_ref) {
		if (ptr->domid != DOMID_SELF)
			return GNTST_permission_denied;
		return domain_frame_to_machine(d, ptr->u.gmfn, &side->frame)
			       ? GNTST_okay
			       : GNTST_bad_page;
	}
	side->granter = granter_find(ptr->domid == DOMID_SELF ? d->id : ptr->domid);
	if (!side->granter)
		return GNTST_bad_domain;
	side->ref = ptr->u.ref;
	spin_lock(&grant_lock);
	status = pin_get(side->granter, side->ref, d->id, side->readonly, &side->frame);
	spin_unlock(&grant_lock);
	if (status)
		side->granter = NULL;
	return status;
}

static void copy_side_put(struct copy_side *side)
{
	bool reap;

	if (!side->granter)
		return;
	spin_lock(&grant_lock);
	reap = pin_put(side->granter, side->ref, side->readonly);
	spin_unlock(&grant_lock);
	if (reap)
		domain_reap(side->granter);
}

static int16_t grant_copy(struct domain *d, const struct gnttab_copy *op)
{
	struct copy_side source = {.readonly = true}, dest = {.readonly = false};
	int16_t status;

	if (op->source.offset + op->len > (int)PAGE_SIZE ||
	    op->dest.offset + op->len > (int)PAGE_SIZE)
		return GNTST_bad_copy_arg;
	status = copy_side_get(d, &op->source, op->flags & GNTCOPY_source_gref, &source);
	if (!status)
		status =
			copy_side_get(d, &op->dest, op->flags & GNTCOPY_dest_gref, &dest);
	if (!status)
		memmove(arch_map_frame(maddr_add(dest.frame, op->dest.offset), 1),
			arch_map_frame(maddr_add(source.frame, op->source.offset), 0),
			op->len);
	copy_side_put(&dest);
	copy_side_put(&source);
	return status;
}

/* ---- cache maintenance ------------------------------------------------------ */

/* May d maintain the caches of the frame at m: its own, or of a lender to it? */
static bool cache_flush_allowed(const struct domain *d, maddr_t m)
{
	const struct domain *owner;

	domain_for_each(owner) {
		if (m.m - owner->machine_base.m < owner->ram_size)
			return owner == d || d->grants->mapped_from[owner->id];
	}
	return false;
}

/*
 * Xen's invalidation may throw away what was written; here everything is cleaned
 * as well, so that it can harm nobody.
 */
static long grant_cache_flush(struct domain *d, const struct gnttab_cache_flush *op)
{
	if (op->op & ~(GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL |
		       GNTTAB_CACHE_SOURCE_GREF) ||
	    op->offset >= PAGE_SIZE || op->length > PAGE_SIZE ||
	    op->offset + op->length > (int)PAGE_SIZE)
		return -XEN_EINVAL;
	if (op->length == 0 || op->op == 0)
		return 0;
	if (op->op & GNTTAB_CACHE_SOURCE_GREF)
		return -XEN_EOPNOTSUPP;
	if (op->a.dev_bus_addr >> 32 ||
	    !cache_flush_allowed(d, maddr((uint32_t)op->a.dev_bus_addr)))
		return -XEN_EPERM;
	arch_cache_flush(maddr(((uint32_t)op->a.dev_bus_addr & ~PAGE_MASK) + op->offset),
			 op->length);
	return 0;
}

/* ---- the call ------------------------------------------------------------------- */

union grant_op {
	struct gnttab_map_grant_ref map;
	struct gnttab_unmap_grant_ref unmap;
	struct gnttab_setup_table setup_table;
	struct gnttab_copy copy;
	struct gnttab_query_size query_size;
	struct gnttab_set_version set_version;
	struct gnttab_get_version get_version;
	struct gnttab_cache_flush cache_flush;
};

/* One element.  Nonzero ends the batch and is the call's result. */
static long grant_op(struct domain *d, uint32_t cmd, union grant_op *op)
{
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
		op->map.status = grant_map(d, &op->map);
		return 0;
	case GNTTABOP_unmap_grant_ref:
		op->unmap.status = grant_unmap(d, &op->unmap);
		return 0;
	case GNTTABOP_setup_table:
		op->setup_table.status = grant_setup_table(&op->setup_table);
		return 0;
	case GNTTABOP_copy:
		op->copy.status = grant_copy(d, &op->copy);
		return 0;
	case GNTTABOP_query_size:
		op->query_size.status = grant_query_size(&op->query_size);
		return 0;
	case GNTTABOP_set_version:
		return grant_set_version(&op->set_version);
	case GNTTABOP_get_version:
		return grant_get_version(&op->get_version);
	default: /* GNTTABOP_cache_flush: see op_limits */
		return grant_cache_flush(d, &op->cache_flush);
	}
}

/* Bytes of each operation's element (0: not one of ours) and the longest batch. */
static const struct {
	uint16_t size, batch;
} op_limits[] = {
	[GNTTABOP_map_grant_ref] = {sizeof(struct gnttab_map_grant_ref), GRANT_BATCH_MAX},
	[GNTTABOP_unmap_grant_ref] = {sizeof(struct gnttab_unmap_grant_ref),
				      GRANT_BATCH_MAX},
	[GNTTABOP_setup_table] = {sizeof(struct gnttab_setup_table), 1},
	[GNTTABOP_copy] = {sizeof(struct gnttab_copy), GRANT_COPY_BATCH_MAX},
	[GNTTABOP_query_size] = {sizeof(struct gnttab_query_size), 1},
	[GNTTABOP_set_version] = {sizeof(struct gnttab_set_version), 1},
	[GNTTABOP_get_version] = {sizeof(struct gnttab_get_version), GRANT_BATCH_MAX},
	[GNTTABOP_cache_flush] = {sizeof(struct gnttab_cache_flush),
				  GRANT_COPY_BATCH_MAX},
};

long do_grant_table_op(uint32_t cmd, uint32_t arg, uint32_t count, uint32_t a3,
		       uint32_t a4)
{
	struct domain *d = current_domain();
	vaddr_t va = vaddr(arg);
	union grant_op op;
	uint32_t size;

	(void)a3, (void)a4;
	if (cmd >= ARRAY_SIZE(op_limits) || op_limits[cmd].size == 0)
		return -XEN_ENOSYS;
	if (count > op_limits[cmd].batch)
		return op_limits[cmd].batch == 1 ? -XEN_EINVAL : -XEN_E2BIG;
	size = op_limits[cmd].size;
	for (uint32_t i = 0; i < count; i++, va = vaddr_add(va, size)) {
		long result;

		if (copy_from_guest_for_update(&op, va, size))
			return -XEN_EFAULT;
		result = grant_op(d, cmd, &op);
		if (result)
			return result;
		if (copy_to_guest(va, &op, size))
			return -XEN_EFAULT;
	}
	return 0;
}
