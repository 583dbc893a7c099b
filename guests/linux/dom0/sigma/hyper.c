// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xencall.h>

#include <public/manage.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/sysctl.h>

#include "hyper.h"
#include "util.h"

static xencall_handle *hypervisor;
static void *write_buffer; /* SIGMA_BUILD_WRITE_MAX bytes, made when first needed */

bool hyper_open(void)
{
	hypervisor = xencall_open(NULL, 0);
	if (hypervisor == NULL)
		return complain("no way to the hypervisor (%s): is this dom0, and is "
				"xenfs mounted on /proc/xen?",
				strerror(errno));
	return true;
}

/* Calls `number` with a copy of the structure that the hypervisor can reach. */
static int call(unsigned int number, bool command_first, unsigned int command,
		void *structure, size_t bytes)
{
	void *copy = xencall_alloc_buffer(hypervisor, bytes);
	int result;

	if (copy == NULL)
		return -ENOMEM;
	memcpy(copy, structure, bytes);
	result = command_first ? xencall2(hypervisor, number, command, (uintptr_t)copy)
			       : xencall1(hypervisor, number, (uintptr_t)copy);
	if (result < 0)
		result = -errno;
	memcpy(structure, copy, bytes);
	xencall_free_buffer(hypervisor, copy);
	return result;
}

int hyper_domains(struct xen_domctl_getdomaininfo *list, unsigned int max)
{
	struct xen_sysctl op = {
		.cmd = XEN_SYSCTL_getdomaininfolist,
		.interface_version = XEN_SYSCTL_INTERFACE_VERSION,
	};
	void *buffer = xencall_alloc_buffer(hypervisor, max * sizeof(list[0]));
	int result;

	if (buffer == NULL)
		return -ENOMEM;
	op.u.getdomaininfolist.max_domains = max;
	set_xen_guest_handle(op.u.getdomaininfolist.buffer, buffer);
	result = call(__HYPERVISOR_sysctl, false, 0, &op, sizeof(op));
	if (result >= 0) {
		result = (int)op.u.getdomaininfolist.num_domains;
		memcpy(list, buffer, (unsigned int)result * sizeof(list[0]));
	}
	xencall_free_buffer(hypervisor, buffer);
	return result;
}

static int domctl(struct xen_domctl *op, uint32_t command, unsigned int id)
{
	op->cmd = command;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = (domid_t)id;
	return call(__HYPERVISOR_domctl, false, 0, op, sizeof(*op));
}

int hyper_domain(unsigned int id, struct xen_domctl_getdomaininfo *info)
{
	struct xen_domctl op = {0};
	int result = domctl(&op, XEN_DOMCTL_getdomaininfo, id);

	/* the hypervisor answers with the first domain from this id on */
	if (result == 0 && op.domain != id)
		result = -ESRCH;
	if (result == 0)
		*info = op.u.getdomaininfo;
	return result;
}

int hyper_param(unsigned int id, uint32_t index, uint64_t *value)
{
	struct xen_hvm_param op = {.domid = (domid_t)id, .index = index};
	int result = call(__HYPERVISOR_hvm_op, true, HVMOP_get_param, &op, sizeof(op));

	*value = op.value;
	return result;
}

static int simple_domctl(uint32_t command, unsigned int id)
{
	struct xen_domctl op = {0};

	return domctl(&op, command, id);
}

int hyper_pause(unsigned int id)
{
	return simple_domctl(XEN_DOMCTL_pausedomain, id);
}

int hyper_unpause(unsigned int id)
{
	return simple_domctl(XEN_DOMCTL_unpausedomain, id);
}

int hyper_destroy(unsigned int id)
{
	return simple_domctl(XEN_DOMCTL_destroydomain, id);
}

int hyper_set_uuid(unsigned int id, const char *uuid)
{
	struct xen_domctl op = {0};
	unsigned int byte;

	for (unsigned int i = 0; i < sizeof(op.u.setdomainhandle.handle); i++) {
		uuid += *uuid == '-';
		if (sscanf(uuid, "%2x", &byte) != 1)
			return -EINVAL;
		op.u.setdomainhandle.handle[i] = (uint8_t)byte;
		uuid += 2;
	}
	return domctl(&op, XEN_DOMCTL_setdomainhandle, id);
}

int hyper_build(unsigned int command, void *structure, size_t bytes)
{
	int result;

	if (bytes != 0)
		return call(SIGMA_BUILD_CALL, true, command, structure, bytes);
	result = xencall2(hypervisor, SIGMA_BUILD_CALL, command, 0);
	return result < 0 ? -errno : result;
}

int hyper_build_write(uint32_t offset, const void *data, uint32_t bytes)
{
	struct sigma_build_write op;
	uint32_t piece;
	int result = 0;

	if (write_buffer == NULL)
		write_buffer = xencall_alloc_buffer(hypervisor, SIGMA_BUILD_WRITE_MAX);
	if (write_buffer == NULL)
		return -ENOMEM;
	for (; bytes != 0 && result >= 0; bytes -= piece, offset += piece) {
		piece = bytes < SIGMA_BUILD_WRITE_MAX ? bytes : SIGMA_BUILD_WRITE_MAX;
		memcpy(write_buffer, data, piece);
		data = (const char *)data + piece;
		op = (struct sigma_build_write){offset, piece, (uintptr_t)write_buffer};
		result = hyper_build(SIGMA_BUILD_WRITE, &op, sizeof(op));
	}
	return result;
}
