# SPDX-License-Identifier: GPL-2.0-only
# The Linux guests: one kernel, which runs as dom0, as domU and without a
# hypervisor, and root file systems:
#
#	dom0.cpio domU.cpio	small, of busybox and our own programs: manifest mini
#	dom0-full.cpio.lz4	dom0 with Debian's Xen tools: manifest linux
#	domU.ext4		domU's disk: manifest linux

include guests/linux/dom0/dom0.mk

LINUX_CONFIG   := guests/linux/sigma.config
LINUX_OUT      := $(BUILD)/linux
LINUX_LISTS    := guests/linux/rootfs
LINUX_DOMAINS  := dom0 domU
LINUX_KERNEL   := $(addprefix $(LINUX_OUT)/,Image zImage System.map vmlinux config)
LINUX_MINI     := $(LINUX_DOMAINS:%=$(LINUX_OUT)/%.cpio)
LINUX_FULL     := $(LINUX_OUT)/dom0-full.cpio.lz4
LINUX_DISK     := $(LINUX_OUT)/domU.ext4
LINUX_DISK_MIB := 64
LINUX_ROOTFS   := $(LINUX_MINI) $(LINUX_FULL) $(LINUX_DISK)

# Programs of ours: guests/linux/NAME.c is /bin/NAME.  The small root file systems
# have neither network nor screen; each of the programs is 370 KB to copy at boot.
LINUX_PROGRAMS      := $(patsubst guests/linux/%.c,%,$(wildcard guests/linux/*.c))
LINUX_MINI_PROGRAMS := bench load

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

# linux_programs,DOMAIN,PROGRAMS: a list of our programs that run in any Linux
linux_programs = for program in $(2); do \
		echo "file /bin/$$program $(LINUX_OUT)/bin/$$program 755"; \
	done >$(LINUX_OUT)/$(1).list
# linux_cpio,DOMAIN,LISTS: the archive, to standard output
linux_cpio = guests/linux/mkcpio.py -D domain=$(1) -D here=$(LINUX_LISTS) \
	-D busybox=$(LINUX_OUT)/bin/busybox $(LINUX_LISTS)/base.list $(LINUX_OUT)/$(1).list $(2)

LINUX_ROOTFS_NEEDS := guests/linux/linux.mk guests/linux/mkcpio.py \
	$(shell find $(LINUX_LISTS) -type f) $(LINUX_OUT)/bin/busybox \
	$(LINUX_PROGRAMS:%=$(LINUX_OUT)/bin/%)

$(LINUX_MINI): $(LINUX_OUT)/%.cpio: $(LINUX_ROOTFS_NEEDS)
	$(call say,CPIO,$@)
	$(Q)$(call linux_programs,$*,$(LINUX_MINI_PROGRAMS))
	$(Q)$(call linux_cpio,$*) >$@

include guests/linux/vled/vled.mk

# ---- dom0's root file system with Debian's Xen tools ---------------------
# What is taken of these packages: rootfs/dom0/debian.list and the libraries that
# those files need; debian.py says which library no package of these holds.
DEBIAN_PACKAGES := libc6 libfdt1 libgcc-s1 libncurses6 libtinfo6 libuuid1 libxencall1 \
	libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1 \
	libxenmisc4.17 libxenstore4 libxentoolcore1 libxentoollog1 libyajl2 libnl-3-200 \
	libnl-route-3-200 ncurses-base xen-utils-4.17 xen-utils-common xenstore-utils zlib1g
DEBIAN_SRC := $(BUILD)/src/dom0-debian

$(DEBIAN_SRC): guests/linux/linux.mk
	$(call link_source,armhf $(DEBIAN_PACKAGES))
	$(Q)touch -h $@

# LZ4's legacy format is the one that Linux unpacks.
$(LINUX_FULL): $(LINUX_ROOTFS_NEEDS) $(VLED_FILES) $(DOM0_BINARIES) guests/linux/debian.py | $(DEBIAN_SRC)
	$(call say,CPIO,$@)
	$(Q)$(call linux_programs,dom0-full,$(LINUX_PROGRAMS))
	$(Q)for program in $(DOM0_PROGRAMS); do \
		echo "file /usr/sbin/$$program $(DOM0_OUT)/bin/$$program 755"; \
	done >$(LINUX_OUT)/dom0-own.list
	$(Q)guests/linux/debian.py $(DEBIAN_SRC) $(LINUX_LISTS)/dom0/debian.list \
		$(DOM0_BINARIES) >$(LINUX_OUT)/dom0-debian.list
	$(Q)guests/linux/mkcpio.py -D domain=dom0 -D here=$(LINUX_LISTS) \
		-D busybox=$(LINUX_OUT)/bin/busybox $(VLED_DEFINES) $(LINUX_LISTS)/base.list \
		$(VLED_DIR)/dom0.list $(LINUX_OUT)/dom0-full.list $(LINUX_LISTS)/dom0/dom0.list \
		$(LINUX_OUT)/dom0-own.list $(LINUX_OUT)/dom0-debian.list >$(LINUX_OUT)/dom0-full.cpio
	$(Q)lz4 -q -l -9 -f $(LINUX_OUT)/dom0-full.cpio $@

# ---- domU's disk ---------------------------------------------------------
$(LINUX_DISK): $(LINUX_ROOTFS_NEEDS) $(VLED_FILES) guests/linux/mkext4.py
	$(call say,EXT4,$@)
	$(Q)$(call linux_programs,domU-disk,$(LINUX_PROGRAMS))
	$(Q)guests/linux/mkext4.py -o $@ -s $(LINUX_DISK_MIB) -D domain=domU \
		-D here=$(LINUX_LISTS) -D busybox=$(LINUX_OUT)/bin/busybox $(VLED_DEFINES) \
		$(LINUX_LISTS)/base.list $(VLED_DIR)/domU.list $(LINUX_OUT)/domU-disk.list $(LINUX_LISTS)/domU/domU.list

.PHONY: linux run-native check-linux
linux: $(LINUX_KERNEL) $(LINUX_ROOTFS) ## build the Linux kernel and the root file systems of dom0 and domU

run-native: $(LINUX_OUT)/zImage $(LINUX_OUT)/dom0.cpio $(BUILD)/board.dtb ## boot the same kernel without the hypervisor
	$(Q)qemu-system-arm -M vexpress-a9 -m $(MEM) -nographic -kernel $(LINUX_OUT)/zImage \
		-dtb $(BUILD)/board.dtb -initrd $(LINUX_OUT)/dom0.cpio -append console=ttyAMA0

check-linux: ## does the Linux series apply, and agree with the public headers?
	$(Q)tools/linux-series.sh check
