# SPDX-License-Identifier: GPL-2.0-only
# Small guests: a domain of a page of C each, bootable as dom0 or domU.
#
#	$(BUILD)/guests/NAME.elf		position independent (ET_DYN)
#	$(BUILD)/guests/NAME-fixed.elf		the same at GUEST_FIXED_BASE (ET_EXEC)
#
# A new guest is a directory with one or more .c or .S files and a guest_main(),
# and its name in SMALL_GUESTS.

SMALL_GUESTS := hello ticker spinner selftest pingpong hostile echo bench badfront builder

# ET_EXEC guests know where they lie: 2 MiB into the RAM of the reference board.
GUEST_FIXED_BASE ?= 0x60200000

guest_cc    := $(CROSS_COMPILE)gcc
guest_out   := $(BUILD)/guests
guest_flags := -std=gnu11 -ffreestanding -marm -mcpu=cortex-a9 -mfloat-abi=soft -O2 -g \
	-fvisibility=hidden -fno-common -fno-asynchronous-unwind-tables \
	-fno-tree-loop-distribute-patterns -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(abspath $(BUILD))=build \
	-Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef \
	-Ihypervisor/include -Iguests/lib -I$(BUILD)/include

guest_lib_sources := $(sort $(wildcard guests/lib/*.c guests/lib/*.S))
guest_lib_sources := $(filter-out %.lds.S,$(guest_lib_sources))

# guest_objects,NAME: every object of a guest; the library is built once a guest
# because it knows the guest's name.
guest_objects = $(patsubst guests/%,$(guest_out)/obj/$(1)/%.o,$(guest_lib_sources) \
	$(sort $(wildcard guests/$(1)/*.c guests/$(1)/*.S)))

.PHONY: guests
guests: $(foreach g,$(SMALL_GUESTS),$(guest_out)/$(g).elf $(guest_out)/$(g)-fixed.elf) ## build the small guests

define guest_rules
$(guest_out)/obj/$(1)/%.c.o: guests/%.c | $(BUILD)/include/xen
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$(Q)$(guest_cc) $(guest_flags) -fpie -DGUEST_NAME='"$(1)"' -MMD -MP -c -o $$@ $$<

$(guest_out)/obj/$(1)/%.S.o: guests/%.S
	$$(call say,AS,$$@)
	@mkdir -p $$(@D)
	$(Q)$(guest_cc) $(guest_flags) -fpie -MMD -MP -c -o $$@ $$<

$(guest_out)/$(1).elf: $(guest_out)/pie.lds $(call guest_objects,$(1))
	$$(call say,LD,$$@)
	$(Q)$(guest_cc) -nostdlib -static-pie -Wl,--no-dynamic-linker,-z,text,-z,noexecstack,--build-id=none \
		-Wl,-Bsymbolic,-z,max-page-size=4096 -T $$< -o $$@ $$(filter %.o,$$^)
	$(Q)if $(CROSS_COMPILE)readelf -rW $$@ | grep R_ARM_ | grep -v R_ARM_RELATIVE; then \
		echo '$(1): only R_ARM_RELATIVE is relocated by the hypervisor' >&2; exit 1; fi

$(guest_out)/$(1)-fixed.elf: $(guest_out)/fixed.lds $(call guest_objects,$(1))
	$$(call say,LD,$$@)
	$(Q)$(guest_cc) -nostdlib -static -Wl,--build-id=none,-z,noexecstack,-z,max-page-size=4096 \
		-T $$< -o $$@ $$(filter %.o,$$^)
endef
$(foreach g,$(SMALL_GUESTS),$(eval $(call guest_rules,$(g))))

$(guest_out)/pie.lds $(guest_out)/fixed.lds: guests/lib/guest.lds.S
	@mkdir -p $(@D)
	$(Q)$(guest_cc) -E -P -x assembler-with-cpp -o $@ $< \
		-DGUEST_BASE=$(if $(findstring fixed,$@),$(GUEST_FIXED_BASE),0)
