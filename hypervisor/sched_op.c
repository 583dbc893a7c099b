// SPDX-License-Identifier: GPL-2.0-only
/* What a guest asks of the scheduler, and how a domain ends. */
#include <hv/domain.h>
#include <hv/event.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/sched.h>
#include <hv/timer.h>

#define POLL_PORTS_MAX 128 /* Xen's limit */

static int read_poll_ports(uint32_t *ports, const struct sched_poll *op)
{
	vaddr_t list;

	if (!handle_to_vaddr(op->ports.q, &list) ||
	    copy_from_guest(ports, list, op->nr_ports * (uint32_t)sizeof(*ports)))
		return -XEN_EFAULT;
	for (unsigned int i = 0; i < op->nr_ports; i++)
		if (ports[i] >= EVENT_PORTS)
			return -XEN_EINVAL;
	return 0;
}

static long poll(vaddr_t arg)
{
	struct vcpu *v = current_vcpu();
	uint32_t ports[POLL_PORTS_MAX];
	struct sched_poll op;
	int error;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	if (op.nr_ports > POLL_PORTS_MAX)
		return -XEN_EINVAL;
	error = read_poll_ports(ports, &op);
	if (error)
		return error;
	timer_cancel(&v->poll_timer); /* of a poll that ended before its time */
	if (event_poll_begin(v, ports, op.nr_ports))
		return 0;
	if (op.timeout)
		timer_set(&v->poll_timer, ns_to_ticks(op.timeout));
	sched_block();
	if (!READ_ONCE(v->polling)) /* over before we were blocked */
		vcpu_wake(v);
	return 0;
}

static long shutdown(vaddr_t arg)
{
	struct sched_shutdown op;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	domain_shutdown(current_domain(), op.reason & 0xff);
	return 0;
}

static long remote_shutdown(vaddr_t arg)
{
	struct sched_remote_shutdown op;
	struct domain *d;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	d = domain_by_id(op.domain_id);
	if (!d || op.domain_id == DOMID_SELF)
		return -XEN_ESRCH;
	if (!current_domain()->privileged)
		return -XEN_EPERM;
	domain_shutdown(d, op.reason & 0xff);
	return 0;
}

long do_sched_op(uint32_t cmd, uint32_t arg, uint32_t a2, uint32_t a3, uint32_t a4)
{
	(void)a2, (void)a3, (void)a4;
	switch (cmd) {
	case SCHEDOP_yield:
		sched_yield();
		return 0;
	case SCHEDOP_block:
		sched_block();
		return 0;
	case SCHEDOP_shutdown:
		return shutdown(vaddr(arg));
	case SCHEDOP_poll:
		return poll(vaddr(arg));
	case SCHEDOP_remote_shutdown:
		return remote_shutdown(vaddr(arg));
	default:
		return -XEN_ENOSYS;
	}
}
