/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's public headers (Debian's libxen-dev), always with ARM's layout: the
 * unit tests compile the core for the host, whose own layout differs.
 */
#ifndef HV_XEN_H
#define HV_XEN_H

#include <stdint.h>
#include <string.h>

#pragma push_macro("__x86_64__")
#pragma push_macro("__i386__")
#pragma push_macro("__aarch64__")
#pragma push_macro("__arm__")
#undef __x86_64__
#undef __i386__
#undef __aarch64__
#undef __arm__
#define __arm__       1
#define __XEN_TOOLS__ 1 /* domctl and sysctl */

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <xen/errno.h>
#include <xen/xen.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/io/xs_wire.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include <xen/version.h>
#pragma GCC diagnostic pop

#pragma pop_macro("__arm__")
#pragma pop_macro("__aarch64__")
#pragma pop_macro("__i386__")
#pragma pop_macro("__x86_64__")

#endif
