// SPDX-License-Identifier: GPL-2.0-only
/* HVM parameters: where a domain finds its xenstore and console rings. */
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>

/* Those that mean something here; Xen refuses the rest as well. */
static bool param_is_ours(uint32_t index)
{
	switch (index) {
	case HVM_PARAM_CALLBACK_IRQ:
	case HVM_PARAM_STORE_PFN:
	case HVM_PARAM_STORE_EVTCHN:
	case HVM_PARAM_CONSOLE_PFN:
	case HVM_PARAM_CONSOLE_EVTCHN:
	case SIGMA_HVM_PARAM_RELAY_PFN:
	case SIGMA_HVM_PARAM_RELAY_EVTCHN:
		return true;
	default:
		return false;
	}
}

long do_hvm_op(uint32_t cmd, uint32_t arg, uint32_t a2, uint32_t a3, uint32_t a4)
{
	struct domain *caller = current_domain(), *d;
	struct xen_hvm_param op;

	(void)a2, (void)a3, (void)a4;
	if (cmd != HVMOP_get_param && cmd != HVMOP_set_param)
		return -XEN_ENOSYS;
	if (copy_from_guest_for_update(&op, vaddr(arg), sizeof(op)))
		return -XEN_EFAULT;
	d = domain_by_id(op.domid);
	if (!d)
		return -XEN_ESRCH;
	if (!domain_may_access(caller, d))
		return -XEN_EPERM;
	if (!param_is_ours(op.index))
		return -XEN_EINVAL;
	if (cmd == HVMOP_set_param) {
		/* its builder's to say, not its own */
		if (d == caller)
			return -XEN_EPERM;
		d->hvm_params[op.index] = op.value;
		return 0;
	}
	op.value = d->hvm_params[op.index];
	return copy_to_guest(vaddr(arg), &op, sizeof(op));
}
