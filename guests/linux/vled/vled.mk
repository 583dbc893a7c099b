# SPDX-License-Identifier: GPL-2.0-only
# The worked example of a split driver (docs/split-drivers.md): two modules, which
# are built outside of the kernel as anybody's would be.

VLED_DIR     := guests/linux/vled
VLED_OUT     := $(LINUX_OUT)/vled
VLED_MODULES := $(VLED_OUT)/vled_frontend.ko $(VLED_OUT)/vled_backend.ko
VLED_SOURCES := $(addprefix $(VLED_DIR)/,Kbuild vled.h frontend.c backend.c)
# what root file systems depend on, and their lists need to find it
VLED_FILES   := $(VLED_MODULES) $(addprefix $(VLED_DIR)/,vled-attach dom0.list domU.list)
VLED_DEFINES := -D vled=$(VLED_DIR) -D vled_modules=$(VLED_OUT)

# Kbuild leaves what it makes beside the sources: give it copies of them.
$(VLED_MODULES) &: $(VLED_SOURCES) $(LINUX_OUT)/Image
	$(call say,MODULE,$(VLED_OUT))
	@mkdir -p $(VLED_OUT)
	$(Q)cp -p $(VLED_SOURCES) $(VLED_OUT)
	$(Q)env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL $(MAKE) -s -C $(LINUX_OUT)/module-tree \
		ARCH=arm CROSS_COMPILE=$(CROSS_COMPILE) M=$(abspath $(VLED_OUT)) modules

.PHONY: vled
vled: $(VLED_MODULES) ## build the example of a split driver, two modules
