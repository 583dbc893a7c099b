# SPDX-License-Identifier: GPL-2.0-only
# Sigma's front door.  `make help` lists every target and variable.
#
# Each directory brings one .mk file; a file adds to the variables and targets
# below and never reaches into another directory's rules.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

# ---- variables a user may set (help reads the ## comments) ----------------
BUILD         ?= build                   ## where everything is built
CROSS_COMPILE ?= arm-linux-gnueabihf-    ## cross tool chain prefix
TOOLCHAIN     ?= gcc                     ## gcc or clang: what compiles the hypervisor
V             ?= 0                       ## 1 shows every command
GUESTS        ?= linux                   ## manifest to build and run: image/manifests/$(GUESTS).its
MEM           ?= 512M                    ## RAM of the QEMU machine
SIGMA_CACHE   ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sigma  ## downloads and built kernels

# strip the blanks that the aligned comments leave behind
override BUILD         := $(strip $(BUILD))
override CROSS_COMPILE := $(strip $(CROSS_COMPILE))
override TOOLCHAIN     := $(strip $(TOOLCHAIN))
override V             := $(strip $(V))
override GUESTS        := $(strip $(GUESTS))
override MEM           := $(strip $(MEM))
override SIGMA_CACHE   := $(strip $(SIGMA_CACHE))
export BUILD CROSS_COMPILE V SIGMA_CACHE

# One stamp for every artifact: the commit's date, so that two builds of the
# same commit are the same, bit for bit.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
export SOURCE_DATE_EPOCH
export LC_ALL := C
export TZ := UTC

Q    := $(if $(filter 1,$(V)),,@)
# $(call say,VERB,file): one line a step, in the manner of Kbuild
say   = @printf '  %-8s%s\n' '$(1)' '$(patsubst $(BUILD)/%,%,$(2))'

.PHONY: all
all: ## build the hypervisor, the guests and every image

include tools/tools.mk
include hypervisor/hypervisor.mk
include arch/arm/arch.mk
include guests/guests.mk
include guests/linux/linux.mk
include image/image.mk
include tests/tests.mk
include docs/docs.mk

.PHONY: clean distclean help
clean: ## remove what was built (the cache stays)
	$(Q)rm -rf $(BUILD)
distclean: clean ## remove what was built and the cache of downloads and kernels
	$(Q)rm -rf $(SIGMA_CACHE)

help: ## this list
	@echo 'Targets:'
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | sort -u | expand -t 22
	@echo
	@echo 'Variables:'
	@sed -n 's/^\([A-Z_]*\) *?= *\([^#]*[^# ]\) *## \(.*\)/  \1\t\3 [\2]/p' $(MAKEFILE_LIST) | sort -u | expand -t 22

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
