// SPDX-License-Identifier: GPL-2.0-only
/* The platform's calls: dom0 sets the wall clock; the others have nothing to do. */
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/wallclock.h>

#define NS_PER_SECOND 1000000000u

/* Changed by dom0 only, which has one vCPU in a call that ends here at a time. */
static spinlock_t wallclock_lock = SPINLOCK_INIT;
static uint64_t wallclock_seconds;
static uint32_t wallclock_ns;

void wallclock_get(uint64_t *seconds, uint32_t *nanoseconds)
{
	spin_lock(&wallclock_lock);
	*seconds = wallclock_seconds;
	*nanoseconds = wallclock_ns;
	spin_unlock(&wallclock_lock);
}

/* ns -> whole seconds and the rest, one bit after the other: no 64-bit division. */
static uint64_t split_ns(uint64_t ns, uint32_t *rest)
{
	uint64_t seconds = 0, remainder = 0;

	for (int bit = 63; bit >= 0; bit--) {
		remainder = remainder << 1 | (ns >> bit & 1);
		seconds <<= 1;
		if (remainder >= NS_PER_SECOND) {
			remainder -= NS_PER_SECOND;
			seconds |= 1;
		}
	}
	*rest = (uint32_t)remainder;
	return seconds;
}

/* It is secs + nsecs when the clock shows system_time: what was it at tick 0? */
static long settime64(const struct xenpf_settime64 *op)
{
	struct domain *d;
	uint64_t seconds;
	uint32_t ns;

	if (op->mbz || op->nsecs >= NS_PER_SECOND)
		return -XEN_EINVAL;
	seconds = split_ns(op->system_time, &ns);
	spin_lock(&wallclock_lock);
	wallclock_seconds = op->secs - seconds - (op->nsecs < ns);
	wallclock_ns = op->nsecs - ns + (op->nsecs < ns ? NS_PER_SECOND : 0);
	spin_unlock(&wallclock_lock);
	domain_for_each(d)
		event_publish_wallclock(d);
	return 0;
}

long do_platform_op(uint32_t arg, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4)
{
	struct xen_platform_op op;

	(void)a1, (void)a2, (void)a3, (void)a4;
	if (copy_from_guest(&op, vaddr(arg), sizeof(op)))
		return -XEN_EFAULT;
	if (op.interface_version != XENPF_INTERFACE_VERSION)
		return -XEN_EACCES;
	if (!current_domain()->privileged)
		return -XEN_EPERM;
	return op.cmd == XENPF_settime64 ? settime64(&op.u.settime64) : -XEN_ENOSYS;
}

/* The one option that is there on ARM; the run state area never changes anyway. */
long do_vm_assist(uint32_t cmd, uint32_t type, uint32_t a2, uint32_t a3, uint32_t a4)
{
	(void)a2, (void)a3, (void)a4;
	if (cmd != VMASST_CMD_enable && cmd != VMASST_CMD_disable)
		return -XEN_ENOSYS;
	return type == VMASST_TYPE_runstate_update_flag ? 0 : -XEN_EINVAL;
}

long do_xsm_op(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4)
{
	return do_unknown(a0, a1, a2, a3, a4);
}

long do_physdev_op(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4)
{
	return do_unknown(a0, a1, a2, a3, a4);
}
