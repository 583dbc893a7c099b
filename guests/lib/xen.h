/* SPDX-License-Identifier: MIT */
/* Xen's public headers (Debian's libxen-dev), those that a guest uses. */
#ifndef GUEST_XEN_H
#define GUEST_XEN_H

#define __XEN_TOOLS__ 1 /* domctl and sysctl */

#include <stdint.h>
void *memcpy(void *to, const void *from, __SIZE_TYPE__ bytes);

#include <xen/errno.h>
#include <xen/xen.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include <xen/version.h>

#endif
