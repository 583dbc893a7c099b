// SPDX-License-Identifier: GPL-2.0-only
/*
 * A domain's memory as it sees it.  Its RAM is one run of whole slots that it keeps
 * for its life; what changes is which of its pages the hypervisor shares with it
 * (shared_info, grant frames) and what shows in its foreign window.
 */
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/frames.h>
#include <hv/grant.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>

/* The domain an operation is about, if the caller may. */
static long find_target(domid_t id, struct domain **d)
{
	*d = domain_by_id(id);
	if (!*d || (*d)->state == DOMAIN_DYING)
		return -XEN_ESRCH;
	return domain_may_access(current_domain(), *d) ? 0 : -XEN_EPERM;
}

/* ---- physical map ---------------------------------------------------------------- */

static long add_shared_info(struct domain *d, uint64_t index, uint64_t gpfn)
{
	maddr_t m;

	if (index != 0 || !domain_frame_to_machine(d, gpfn, &m))
		return -XEN_EINVAL;
	return event_adopt_shared_info(d, m);
}

static long add_grant_frame(struct domain *d, uint64_t index, uint64_t gpfn)
{
	if (index >= GRANT_FRAMES_MAX || gpfn >> (32 - PAGE_SHIFT))
		return -XEN_EINVAL;
	return grant_adopt_frame(d, (unsigned int)index,
				 paddr((uint32_t)gpfn << PAGE_SHIFT));
}

static long add_foreign(struct domain *d, domid_t owner_id, uint64_t index, uint64_t gpfn)
{
	struct domain *owner;
	long result = find_target(owner_id, &owner);

	return result ? result : foreign_map(d, gpfn, owner, index);
}

static long add_to_physmap(vaddr_t arg)
{
	struct xen_add_to_physmap op;
	struct domain *d;
	long result;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	result = find_target(op.domid, &d);
	if (result)
		return result;
	switch (op.space) {
	case XENMAPSPACE_shared_info:
		return add_shared_info(d, op.idx, op.gpfn);
	case XENMAPSPACE_grant_table:
		return add_grant_frame(d, op.idx, op.gpfn);
	default:
		return -XEN_ENOSYS;
	}
}

/* Element i of a 64-bit guest array. */
static int read_element(uint64_t *value, vaddr_t array, uint32_t i)
{
	return copy_from_guest(value, vaddr_add(array, i * (uint32_t)sizeof(*value)),
			       sizeof(*value));
}

static long add_foreign_batch(struct domain *d, const struct xen_add_to_physmap_batch *op)
{
	vaddr_t indices, gpfns, errors;

	if (!handle_to_vaddr(op->idxs.q, &indices) ||
	    !handle_to_vaddr(op->gpfns.q, &gpfns) ||
	    !handle_to_vaddr(op->errs.q, &errors))
		return -XEN_EFAULT;
	for (uint32_t i = 0; i < op->size; i++) {
		uint64_t index, gpfn;
		vaddr_t where = vaddr_add(errors, i * (uint32_t)sizeof(int32_t));
		int32_t error;

		if (read_element(&index, indices, i) || read_element(&gpfn, gpfns, i) ||
		    copy_from_guest_for_update(&error, where, sizeof(error)))
			return -XEN_EFAULT;
		error = (int32_t)add_foreign(d, op->u.foreign_domid, index, gpfn);
		if (copy_to_guest(where, &error, sizeof(error)))
			return -XEN_EFAULT;
	}
	return 0;
}

static long add_to_physmap_batch(vaddr_t arg)
{
	struct xen_add_to_physmap_batch op;
	struct domain *d;
	long result;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	if (op.space != XENMAPSPACE_gmfn_foreign)
		return -XEN_ENOSYS;
	if (op.size > GRANT_BATCH_MAX)
		return -XEN_E2BIG;
	result = find_target(op.domid, &d);
	return result ? result : add_foreign_batch(d, &op);
}

static long remove_from_physmap(vaddr_t arg)
{
	struct xen_remove_from_physmap op;
	struct domain *d;
	long result;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	result = find_target(op.domid, &d);
	return result ? result : foreign_unmap(d, op.gpfn);
}

/* ---- reservation ---------------------------------------------------------------- */

/*
 * Ballooning.  A domain's RAM cannot be given back in part: sigma' maps it in
 * sections.  Pages that a guest puts into its balloon stay its own, unused, and it
 * gets the same ones again; a guest asks for no others.  Returns how many.
 */
static long balloon(vaddr_t arg)
{
	struct xen_memory_reservation op;
	struct domain *d;
	uint32_t i, count;
	vaddr_t list;
	long result;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	result = find_target(op.domid, &d);
	if (result)
		return result;
	if (op.extent_order != 0 || !handle_to_vaddr(op.extent_start.q, &list))
		return -XEN_EINVAL;
	count = op.nr_extents < GRANT_BATCH_MAX ? (uint32_t)op.nr_extents
						: GRANT_BATCH_MAX;
	for (i = 0; i < count; i++) {
		uint64_t gpfn;
		maddr_t m;

		if (read_element(&gpfn, list, i) || !domain_frame_to_machine(d, gpfn, &m))
			break;
	}
	return (long)i;
}

static long reservation(uint32_t cmd, vaddr_t arg)
{
	struct xen_memory_domain op;
	struct domain *d;
	long result;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	result = find_target(op.domid, &d);
	if (result)
		return result;
	if (cmd == XENMEM_maximum_gpfn)
		return (long)((d->ram_base.p + (d->ram_size - 1)) >> PAGE_SHIFT);
	return (long)(d->ram_size >> PAGE_SHIFT);
}

long do_memory_op(uint32_t cmd, uint32_t arg, uint32_t a2, uint32_t a3, uint32_t a4)
{
	(void)a2, (void)a3, (void)a4;
	switch (cmd) {
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		return balloon(vaddr(arg));
	case XENMEM_current_reservation:
	case XENMEM_maximum_reservation:
	case XENMEM_maximum_gpfn:
		return reservation(cmd, vaddr(arg));
	case XENMEM_add_to_physmap:
		return add_to_physmap(vaddr(arg));
	case XENMEM_add_to_physmap_batch:
		return add_to_physmap_batch(vaddr(arg));
	case XENMEM_remove_from_physmap:
		return remove_from_physmap(vaddr(arg));
	default:
		return -XEN_ENOSYS;
	}
}
