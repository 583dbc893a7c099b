# SPDX-License-Identifier: GPL-2.0-only
# Tests of the core on the host: the real sources over a fake arch (tests/unit/fake),
# with AddressSanitizer and UndefinedBehaviorSanitizer.
#
# The core is an archive; a test takes from it what it does not define itself, so a
# test may play any neighbour of the file that it tests.  A test that includes
# "fake.h" gets the whole fake machine, one that includes "domain_fakes.h" those; any
# other takes from the fake arch what is still missing.

HOSTCC        ?= gcc
UNIT_DIR      ?= $(BUILD)/unit
UNIT_SANITIZE ?= -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_CFLAGS   := -std=gnu11 -g -O1 -fno-omit-frame-pointer -Wall -Wextra -Werror \
	-Wno-sign-compare -Wno-format-truncation -Wno-format-overflow -Wstrict-prototypes
UNIT_INCLUDES := -Itests/unit/fake/include -Itests/unit/fake -Itests/unit \
	-Ihypervisor/include -I$(BUILD)/include -isystem $(BUILD)/src/libfdt

UNIT_TESTS := $(patsubst tests/unit/%.c,%,$(sort $(wildcard tests/unit/test_*.c)))
# init.c is the start of the real machine; the host has its own string functions
UNIT_CORE  := $(filter-out hypervisor/init.c hypervisor/lib/string.c, \
	$(HV_HOT_SRCS) $(HV_COLD_SRCS))
UNIT_OBJS  := $(patsubst %,$(UNIT_DIR)/%.o,$(UNIT_CORE)) \
	$(patsubst %,$(UNIT_DIR)/libfdt/%.o,$(LIBFDT_SRCS))

# unit_users,FILE: the programs whose source includes it
unit_users = $(patsubst tests/unit/%.c,$(UNIT_DIR)/%,$(shell grep -l '"$(1)"' tests/unit/test_*.c))
$(call unit_users,fake.h): $(UNIT_DIR)/tests/unit/fake/fake.c.o $(UNIT_DIR)/tests/unit/fake/heap.c.o
$(call unit_users,domain_fakes.h): $(UNIT_DIR)/tests/unit/domain_fakes.c.o

$(UNIT_DIR)/libfdt/%.c.o: | $(BUILD)/src/libfdt
	$(call say,HOSTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 -g -O1 -w -I$(BUILD)/src/libfdt \
		-c -o $@ $(BUILD)/src/libfdt/$*.c

$(UNIT_DIR)/%.c.o: %.c $(BUILD)/include/hv/version.h | $(BUILD)/include/xen $(BUILD)/src/libfdt
	$(call say,HOSTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(UNIT_CFLAGS) $(UNIT_SANITIZE) $(UNIT_INCLUDES) -MMD -c -o $@ $<

$(UNIT_DIR)/core.a: $(UNIT_OBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(UNIT_DIR)/fake.a: $(UNIT_DIR)/tests/unit/fake/fake.c.o
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(UNIT_DIR)/test_%: $(UNIT_DIR)/tests/unit/test_%.c.o $(UNIT_DIR)/core.a $(UNIT_DIR)/fake.a
	$(call say,HOSTLD,$@)
	$(Q)$(HOSTCC) $(UNIT_SANITIZE) -o $@ $(filter %.o,$^) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group -lcmocka

.SECONDARY: $(UNIT_TESTS:%=$(UNIT_DIR)/tests/unit/%.c.o)

# the builder's tests read the reference board's tree
unit: | $(BUILD)/board.dtb

.PHONY: unit unit-coverage
unit: $(UNIT_TESTS:%=$(UNIT_DIR)/%) ## test the core on the host, with sanitizers
	$(Q)tests/unit/run.sh $^

unit-coverage: ## lines of the core that the host's tests run
	$(Q)$(MAKE) UNIT_DIR=$(BUILD)/unit-coverage UNIT_SANITIZE='--coverage -O0' unit
	$(Q)cd $(BUILD)/unit-coverage && for file in $(UNIT_CORE); do \
		gcov -n -o $$file.o $(CURDIR)/$$file 2>/dev/null | \
			sed -n "/^Lines/{s|.*:\([0-9.]*%\) of \([0-9]*\).*|\1 of \2 $$file|p;q}"; \
	done | column -t
