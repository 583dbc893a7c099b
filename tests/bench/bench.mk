# SPDX-License-Identifier: GPL-2.0-only
# Figures, in instructions: the same from run to run.  bench.py holds the table of
# measures; one more is one more entry there.

BENCH_DIR    := $(BUILD)/bench
BENCH_PLUGIN := $(BENCH_DIR)/insn_count.so

$(BENCH_PLUGIN): tests/bench/insn_count.c
	$(call say,HOSTCC,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden -o $@ $<

.PHONY: bench
bench: $(BENCH_PLUGIN) ## measure the hypervisor and Linux on it, in instructions; BENCH_ONLY=guests, linux, io or sizes
	$(Q)$(MAKE) GUESTS=linux $(BUILD)/hypervisor.bin $(BUILD)/bootstrap.bin $(BUILD)/board.dtb \
		guests linux $(BUILD)/sigma.img
	$(Q)PYTHONDONTWRITEBYTECODE=1 tests/bench/bench.py --build $(BUILD) $(addprefix --only ,$(BENCH_ONLY))
