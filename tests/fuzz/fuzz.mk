# SPDX-License-Identifier: GPL-2.0-only
# libFuzzer on the host: the real sources with clang's sanitizers, as tests/unit has
# them with gcc's.  A corpus grows in $(FUZZ_DIR)/<name>/corpus.

FUZZ_CC      ?= clang
FUZZ_DIR     ?= $(BUILD)/fuzz
FUZZ_SECONDS ?= 600    ## seconds that make fuzz spends on each target
override FUZZ_SECONDS := $(strip $(FUZZ_SECONDS))

FUZZ_TESTS := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_FLAGS := -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
# the sanitizers call the C library's sched_yield, not the scheduler's
FUZZ_FLAGS += -Dsched_yield=core_sched_yield
FUZZ_OBJS  := $(patsubst %,$(FUZZ_DIR)/%.o,$(UNIT_CORE)) \
	$(patsubst %,$(FUZZ_DIR)/libfdt/%.o,$(LIBFDT_SRCS))

$(FUZZ_DIR)/libfdt/%.c.o: | $(BUILD)/src/libfdt
	$(call say,FUZZCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -std=gnu11 -g -O1 -w $(FUZZ_FLAGS) -I$(BUILD)/src/libfdt \
		-c -o $@ $(BUILD)/src/libfdt/$*.c

$(FUZZ_DIR)/%.c.o: %.c $(BUILD)/include/hv/version.h | $(BUILD)/include/xen $(BUILD)/src/libfdt
	$(call say,FUZZCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -std=gnu11 -g -O1 -fno-omit-frame-pointer -Wall -Wextra -Werror \
		-Wno-sign-compare $(FUZZ_FLAGS) $(UNIT_INCLUDES) -MMD -c -o $@ $<

$(FUZZ_DIR)/core.a: $(FUZZ_OBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(FUZZ_DIR)/fake.a: $(FUZZ_DIR)/tests/unit/fake/fake.c.o
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

fuzz_users = $(patsubst tests/fuzz/%.c,$(FUZZ_DIR)/%,$(shell grep -l '"$(1)"' tests/fuzz/fuzz_*.c))
$(call fuzz_users,fake.h): $(FUZZ_DIR)/tests/unit/fake/fake.c.o $(FUZZ_DIR)/tests/unit/fake/heap.c.o
$(call fuzz_users,domain_fakes.h): $(FUZZ_DIR)/tests/unit/domain_fakes.c.o | $(BUILD)/board.dtb

$(FUZZ_DIR)/fuzz_%: $(FUZZ_DIR)/tests/fuzz/fuzz_%.c.o $(FUZZ_DIR)/core.a $(FUZZ_DIR)/fake.a
	$(call say,FUZZLD,$@)
	$(Q)$(FUZZ_CC) -fsanitize=address,undefined,fuzzer -o $@ $(filter %.o,$^) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group -lcmocka

.SECONDARY: $(FUZZ_TESTS:%=$(FUZZ_DIR)/tests/fuzz/%.c.o)

# Each in turn, whatever -j says: they share the processors well enough.
.PHONY: fuzz fuzz-brief
fuzz-brief: $(FUZZ_TESTS:%=$(FUZZ_DIR)/%) ## fuzz each target for 20 seconds
	$(Q)tests/fuzz/run.sh $(FUZZ_DIR) 20 $(FUZZ_TESTS:fuzz_%=%)
fuzz: $(FUZZ_TESTS:%=$(FUZZ_DIR)/%) ## fuzz each target for FUZZ_SECONDS
	$(Q)tests/fuzz/run.sh $(FUZZ_DIR) $(FUZZ_SECONDS) $(FUZZ_TESTS:fuzz_%=%)
