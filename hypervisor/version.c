// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who we are, in Xen's words.  The version is that of the interface: Debian 12's
 * tools (Xen 4.17) ask for it.
 */
#include <hv/domain.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/version.h>

#define XEN_MAJOR 4
#define XEN_MINOR 17

/* Structures whose unused parts are zero. */
static const xen_extraversion_t extraversion = ".0-sigma";
static const xen_compile_info_t compile_info = {
	.compiler = "C compiler " __VERSION__,
	.compile_by = "sigma",
};
static const char capabilities[] = "xen-3.0-armv7l";
static const xen_changeset_info_t changeset = SIGMA_VERSION;
static const struct xen_platform_parameters platform = {.virt_start = SIGMA_WINDOW_BASE};

static uint32_t features(const struct domain *d)
{
	uint32_t map = 1u << XENFEAT_auto_translated_physmap;

	if (d->privileged)
		map |= 1u << XENFEAT_dom0;
	map |= d->machine_base.m == d->ram_base.p ? 1u << XENFEAT_direct_mapped
						  : 1u << XENFEAT_not_direct_mapped;
	return map;
}

static long get_features(vaddr_t arg)
{
	struct xen_feature_info info;

	if (copy_from_guest_for_update(&info, arg, sizeof(info)))
		return -XEN_EFAULT;
	if (info.submap_idx >= XENFEAT_NR_SUBMAPS)
		return -XEN_EINVAL;
	info.submap = features(current_domain());
	return copy_to_guest(arg, &info, sizeof(info));
}

long do_xen_version(uint32_t cmd, uint32_t arg, uint32_t a2, uint32_t a3, uint32_t a4)
{
	(void)a2, (void)a3, (void)a4;
	switch (cmd) {
	case XENVER_version:
		return XEN_MAJOR << 16 | XEN_MINOR;
	case XENVER_extraversion:
		return copy_to_guest(vaddr(arg), extraversion, sizeof(extraversion));
	case XENVER_compile_info:
		return copy_to_guest(vaddr(arg), &compile_info, sizeof(compile_info));
	case XENVER_capabilities: /* of 1024 bytes, those that matter */
		return copy_to_guest(vaddr(arg), capabilities, sizeof(capabilities));
	case XENVER_changeset:
		return copy_to_guest(vaddr(arg), changeset, sizeof(changeset));
	case XENVER_platform_parameters:
		return copy_to_guest(vaddr(arg), &platform, sizeof(platform));
	case XENVER_get_features:
		return get_features(vaddr(arg));
	case XENVER_pagesize:
		return arg ? -XEN_EINVAL : (long)PAGE_SIZE;
	case XENVER_guest_handle:
		return copy_to_guest(vaddr(arg), current_domain()->handle,
				     sizeof(xen_domain_handle_t));
	case XENVER_commandline: /* there is none */
		return copy_to_guest(vaddr(arg), "", 1);
	case XENVER_build_id:
		return -XEN_ENODATA;
	default:
		return -XEN_ENOSYS;
	}
}
