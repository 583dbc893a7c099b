# SPDX-License-Identifier: GPL-2.0-only
# The portable core: its sources, and the headers it is built against.

# hot: on the path of interrupts, hypercalls and switches; cold: everything else
HV_HOT_SRCS := \
	hypervisor/event.c \
	hypervisor/guest_access.c \
	hypervisor/sched.c \
	hypervisor/sched_fair.c \
	hypervisor/timer.c \
	hypervisor/virq.c

HV_COLD_SRCS := \
	hypervisor/archive.c \
	hypervisor/board.c \
	hypervisor/boot_domains.c \
	hypervisor/build_op.c \
	hypervisor/console.c \
	hypervisor/console_line.c \
	hypervisor/console_relay.c \
	hypervisor/domain.c \
	hypervisor/domain_build.c \
	hypervisor/domain_devices.c \
	hypervisor/domain_plan.c \
	hypervisor/domain_tree.c \
	hypervisor/domctl.c \
	hypervisor/elf.c \
	hypervisor/event_op.c \
	hypervisor/fit.c \
	hypervisor/frames.c \
	hypervisor/grant.c \
	hypervisor/grant_table.c \
	hypervisor/hvm_op.c \
	hypervisor/hypercall.c \
	hypervisor/init.c \
	hypervisor/keys.c \
	hypervisor/lib/crc32.c \
	hypervisor/lib/sha256.c \
	hypervisor/lib/string.c \
	hypervisor/lib/vsnprintf.c \
	hypervisor/manifest.c \
	hypervisor/manifest_split.c \
	hypervisor/memory_op.c \
	hypervisor/message_log.c \
	hypervisor/panic.c \
	hypervisor/platform_op.c \
	hypervisor/printk.c \
	hypervisor/sched_op.c \
	hypervisor/shared_info.c \
	hypervisor/sysctl.c \
	hypervisor/tree.c \
	hypervisor/tree_interrupt.c \
	hypervisor/vcpu_op.c \
	hypervisor/version.c

LIBFDT_SRCS := fdt.c fdt_addresses.c fdt_empty_tree.c fdt_ro.c fdt_rw.c fdt_strerror.c \
	fdt_sw.c fdt_wip.c

# Xen's public headers, from Debian's libxen-dev, without the rest of /usr/include
$(BUILD)/include/xen:
	$(Q)mkdir -p $(@D) && ln -sfn /usr/include/xen $@

# What `git describe` says, in a header that changes only when it does.
HV_VERSION := $(shell git describe --always --dirty --tags 2>/dev/null || echo unknown)
$(BUILD)/include/hv/version.h: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '#define SIGMA_VERSION "$(HV_VERSION)"' > $@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@
.PHONY: FORCE
FORCE:
