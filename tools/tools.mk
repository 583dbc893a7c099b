# SPDX-License-Identifier: GPL-2.0-only
# Sources of others, fetched when first needed.  Depend on them order-only:
#
#	$(BUILD)/foo/%.o: $(LIBFDT_SRC)/%.c | $(LIBFDT_SRC)
#
# Each is a symbolic link into the cache, so nothing is fetched twice.

LINUX_PACKAGE ?= linux-source-6.12

LIBFDT_SRC := $(BUILD)/src/libfdt   # fdt*.c, libfdt*.h, fdt.h
LZ4_SRC    := $(BUILD)/src/lz4      # lz4.c lz4frame.c lz4hc.c xxhash.c and headers
LINUX_DTS  := $(BUILD)/src/linux-files
LIBFDT_SRC := $(strip $(LIBFDT_SRC))
LZ4_SRC    := $(strip $(LZ4_SRC))

FETCH := tools/fetch.sh

# link_source,COMMAND,SUBDIRECTORY: the directory that fetch.sh prints
define link_source
	@mkdir -p $(dir $@)
	$(Q)directory=$$($(FETCH) $(1)) && ln -sfn "$$directory$(2)" $@
endef

# The few files of the Linux source that are wanted without Linux: the board's
# device tree, and libfdt (the kernel's copy of it is upstream's, unchanged).
$(BUILD)/src/linux-files:
	$(call link_source,kernel-files base $(LINUX_PACKAGE) 'scripts/dtc/libfdt/*' 'arch/arm/boot/dts/arm/vexpress*' 'include/dt-bindings/*')

$(LIBFDT_SRC): | $(BUILD)/src/linux-files
	$(Q)ln -sfn linux-files/scripts/dtc/libfdt $@

$(LZ4_SRC):
	$(call link_source,source lz4,/lib)

.PHONY: setup
setup: ## install the Debian packages that are missing (run does it by itself)
	$(Q)tools/setup.sh
