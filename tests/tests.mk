# SPDX-License-Identifier: GPL-2.0-only
# All tests.  `make test` is check, unit, fuzz-brief and system in this order.

include tests/unit/unit.mk
include tests/fuzz/fuzz.mk
include tests/bench/bench.mk

PYTEST      := PYTHONDONTWRITEBYTECODE=1 BUILD=$(abspath $(BUILD)) /usr/bin/python3 -m pytest \
	-p no:cacheprovider
PYTEST_ARGS ?= ## more arguments for pytest, as in PYTEST_ARGS='-k pingpong'

# Two at a time where python3-pytest-xdist is installed: a run of QEMU takes a core.
# Tests that share a booted machine stay together (xdist_group).
PYTEST_JOBS = $(shell /usr/bin/python3 -c 'import xdist' 2>/dev/null && printf '%s' '-n 2 --dist loadgroup')

.PHONY: check test system system-needs test-setup
check: $(BUILD)/include/hv/version.h $(HV_DIR)/include/asm/offsets.h | $(BUILD)/include/xen ## check style, licences, headers, scripts, generated documents
	$(Q)tests/check.sh

test-setup:
	$(Q)tools/setup.sh test

# What the system tests boot.  The image is the one of two Linuxes, whatever GUESTS is.
system-needs:
	@echo 'tests: building what the system tests boot'
	$(Q)$(MAKE) GUESTS=linux $(BUILD)/hypervisor.bin $(BUILD)/bootstrap.bin $(BUILD)/board.dtb \
		guests linux $(BUILD)/sigma.img $(BUILD)/sigma-flash.img $(BUILD)/u-boot.bin \
		$(BUILD)/sigma-sd.img

system: system-needs ## boot the images in QEMU and talk to their consoles
	@echo 'tests: system tests in QEMU; logs in $(BUILD)/tests/logs'
	$(Q)$(PYTEST) -q --tb=short -rA --no-header $(PYTEST_JOBS) --durations=10 $(PYTEST_ARGS) \
		tests/tools tests/system

.PHONY: soak
soak: system-needs ## kill a domU 200 times in the middle of disk and network load (half an hour)
	$(Q)SIGMA_KILLS=200 $(PYTEST) -q --tb=short -rA --no-header $(PYTEST_ARGS) \
		tests/system/test_faults.py -k 'killed or victims'

# One after the other, whatever -j says, so that the summary of pytest is the end.
test: test-setup ## run every test (the first time builds Linux and U-Boot too)
	$(Q)$(MAKE) check
	$(Q)$(MAKE) unit
	$(Q)$(MAKE) fuzz-brief
	$(Q)$(MAKE) system
