# SPDX-License-Identifier: GPL-2.0-only
# Programs of ours for dom0, which manage the machine: guests/linux/dom0/NAME/*.c
# is one program, $(BUILD)/linux/dom0/bin/NAME.  They are linked with Debian's own
# armhf libraries, the same that stand in dom0's root file system.

DOM0_DIR      := guests/linux/dom0
DOM0_OUT      := $(BUILD)/linux/dom0
DOM0_SYSROOT  := $(BUILD)/src/dom0-sysroot
DOM0_PROGRAMS := $(patsubst $(DOM0_DIR)/%/,%,$(sort $(dir $(wildcard $(DOM0_DIR)/*/*.c))))
DOM0_BINARIES := $(DOM0_PROGRAMS:%=$(DOM0_OUT)/bin/%)

# Headers and libraries to build with, unpacked, not installed.  Of these, the
# root file system of dom0 needs DOM0_LIBRARIES as shared objects; libfdt is
# linked statically.
DOM0_LIBRARIES := libxenstore4 libxencall1 libxengnttab1 libxenevtchn1 \
	libxenforeignmemory1 libxentoolcore1 libxentoollog1 libxendevicemodel1
DOM0_SDK       := libxen-dev libfdt-dev $(DOM0_LIBRARIES)
DOM0_LIB_DIR   := $(DOM0_SYSROOT)/usr/lib/arm-linux-gnueabihf

# Sigma's public headers come first; __XEN_TOOLS__ shows the operations of dom0.
DOM0_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE -D__XEN_TOOLS__ \
	-Ihypervisor/include -isystem $(DOM0_SYSROOT)/usr/include \
	-ffile-prefix-map=$(abspath .)=.
DOM0_LDFLAGS := -Wl,--as-needed -L$(DOM0_LIB_DIR) -Wl,-rpath-link,$(DOM0_LIB_DIR)
DOM0_LIBS    := -lxenstore -lxencall -lxengnttab -lxenevtchn -lxenforeignmemory \
	-lxentoolcore -l:libfdt.a

$(DOM0_SYSROOT):
	$(call link_source,armhf $(DOM0_SDK))

# dom0_program,NAME: how to build one
define dom0_program
$(DOM0_OUT)/$(1)/%.o: $(DOM0_DIR)/$(1)/%.c $(DOM0_DIR)/dom0.mk | $(DOM0_SYSROOT)
	$$(call say,CC,$$@)
	@mkdir -p $$(dir $$@)
	$$(Q)$$(CROSS_COMPILE)gcc $$(DOM0_CFLAGS) -MMD -MP -c -o $$@ $$<

$(DOM0_OUT)/bin/$(1): $$(patsubst $(DOM0_DIR)/$(1)/%.c,$(DOM0_OUT)/$(1)/%.o,$(wildcard $(DOM0_DIR)/$(1)/*.c))
	$$(call say,LD,$$@)
	@mkdir -p $$(dir $$@)
	$$(Q)$$(CROSS_COMPILE)gcc -s -o $$@ $$^ $$(DOM0_LDFLAGS) $$(DOM0_LIBS)
endef
$(foreach program,$(DOM0_PROGRAMS),$(eval $(call dom0_program,$(program))))

# whole pictures go through here
$(DOM0_OUT)/fbback/picture.o: DOM0_CFLAGS += -O3 -mfpu=neon

.PHONY: dom0-programs
dom0-programs: $(DOM0_BINARIES) ## build the programs that manage the machine in dom0
