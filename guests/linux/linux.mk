# SPDX-License-Identifier: GPL-2.0-only
# The Linux guests: one kernel, which runs as dom0, as domU and without a
# hypervisor, and a root file system for each domain.

LINUX_CONFIG   := guests/linux/sigma.config
LINUX_OUT      := $(BUILD)/linux
LINUX_DOMAINS  := dom0 domU
LINUX_KERNEL   := $(addprefix $(LINUX_OUT)/,Image zImage System.map vmlinux config)
LINUX_ROOTFS   := $(LINUX_DOMAINS:%=$(LINUX_OUT)/%.cpio)

include guests/linux/dom0/dom0.mk

# Programs of ours in both root file systems: guests/linux/NAME.c is /bin/NAME.
LINUX_PROGRAMS := $(patsubst guests/linux/%.c,%,$(wildcard guests/linux/*.c))

# ---- the kernel ----------------------------------------------------------
$(LINUX_KERNEL) &: $(LINUX_CONFIG) guests/linux/build.sh tools/linux-series.sh \
		linux-patches/series $(wildcard linux-patches/*.patch)
	$(call say,LINUX,$(LINUX_OUT)/Image)
	$(Q)guests/linux/build.sh $(LINUX_CONFIG) $(LINUX_OUT)

# ---- root file systems ---------------------------------------------------
$(LINUX_OUT)/bin/%: guests/linux/%.c
	$(call say,CC,$@)
	@mkdir -p $(dir $@)
	$(Q)$(CROSS_COMPILE)gcc -std=gnu11 -marm -O2 -Wall -Wextra -Werror -static -s -o $@ $<

# Debian's busybox asks the terminal where its cursor is before each line that
# it edits (ESC [ 6 n).  The answer would go to the domain that has the input,
# which may be another: make the question the empty string.
$(LINUX_OUT)/bin/busybox:
	$(call say,FETCH,$@)
	@mkdir -p $(dir $@)
	$(Q)directory=$$($(FETCH) armhf busybox-static) && \
		sed 's/\x1b\[6n/\x00\x00\x00\x00/' "$$directory/bin/busybox" >$@.new && \
		test "$$(cmp -l "$$directory/bin/busybox" $@.new | wc -l)" = 4 || \
		{ echo 'linux: busybox-static is not the one that linux.mk knows how to edit' >&2; exit 1; }
	$(Q)mv $@.new $@

$(LINUX_ROOTFS): $(LINUX_OUT)/%.cpio: guests/linux/linux.mk guests/linux/mkcpio.py \
		$(wildcard guests/linux/rootfs/*) $(LINUX_OUT)/bin/busybox \
		$(LINUX_PROGRAMS:%=$(LINUX_OUT)/bin/%)
	$(call say,CPIO,$@)
	$(Q)printf 'file /bin/%s $(LINUX_OUT)/bin/%s 755\n' \
		$(foreach program,$(LINUX_PROGRAMS),$(program) $(program)) >$(LINUX_OUT)/$*.list
	$(Q)guests/linux/mkcpio.py -D domain=$* -D here=guests/linux/rootfs \
		-D busybox=$(LINUX_OUT)/bin/busybox guests/linux/rootfs/base.list \
		$(LINUX_OUT)/$*.list >$@

.PHONY: linux run-native check-linux
linux: $(LINUX_KERNEL) $(LINUX_ROOTFS) ## build the Linux kernel and the root file systems of dom0 and domU

run-native: $(LINUX_OUT)/zImage $(LINUX_OUT)/dom0.cpio $(BUILD)/board.dtb ## boot the same kernel without the hypervisor
	$(Q)qemu-system-arm -M vexpress-a9 -m $(MEM) -nographic -kernel $(LINUX_OUT)/zImage \
		-dtb $(BUILD)/board.dtb -initrd $(LINUX_OUT)/dom0.cpio -append console=ttyAMA0

check-linux: ## does the Linux series apply, and agree with the public headers?
	$(Q)tools/linux-series.sh check
