# SPDX-License-Identifier: GPL-2.0-only
# The hypervisor for ARMv7-A: build/sigma.elf (symbols) and build/hypervisor.bin.

ENGINE ?= trampoline

ARCH_SRCS := \
	arch/arm/head.S \
	arch/arm/boot.c \
	arch/arm/domain.c \
	arch/arm/guest_memory.c \
	arch/arm/mmu.c \
	arch/arm/drivers/gic.c \
	arch/arm/drivers/pl011.c \
	arch/arm/drivers/timers.c \
	arch/arm/drivers/vexpress_sysreg.c \
	arch/arm/lib/crc32.S \
	arch/arm/lib/div.S \
	arch/arm/lib/memcpy.S \
	arch/arm/lib/memset.S \
	arch/arm/lib/shift.S \
	arch/arm/engines/$(ENGINE)/fault.S \
	arch/arm/engines/$(ENGINE)/fault.c \
	arch/arm/engines/$(ENGINE)/hypercall_page.S \
	arch/arm/engines/$(ENGINE)/monitor.S \
	arch/arm/engines/$(ENGINE)/psci.c \
	arch/arm/engines/$(ENGINE)/switch.S \
	arch/arm/engines/$(ENGINE)/vcpu.c

ARCH_HOT_SRCS := arch/arm/drivers/gic.c arch/arm/guest_memory.c \
	arch/arm/engines/$(ENGINE)/vcpu.c

HV_DIR  := $(BUILD)/hypervisor-$(TOOLCHAIN)
HV_OBJS := $(patsubst %,$(HV_DIR)/%.o,$(ARCH_SRCS) $(HV_HOT_SRCS) $(HV_COLD_SRCS))
LIBFDT_OBJS := $(patsubst %,$(HV_DIR)/libfdt/%.o,$(LIBFDT_SRCS))

HV_CC := $(if $(filter clang,$(TOOLCHAIN)),clang --target=arm-linux-gnueabihf,$(CROSS_COMPILE)gcc)

# the GNU assembler for both: the hypercall page's macro needs it
HV_AS_FLAGS := $(if $(filter clang,$(TOOLCHAIN)),-fno-integrated-as)

HV_WARNINGS := -Wall -Wextra -Werror -Wshadow -Wconversion -Wvla -Wundef \
	-Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wformat=2
HV_INCLUDES := -Ihypervisor/include -Iarch/arm/include -I$(BUILD)/include -I$(HV_DIR)/include
HV_FLAGS := -std=gnu11 -g -ffreestanding -fno-common -fno-pie -fno-builtin-printf \
	-ffunction-sections -fno-asynchronous-unwind-tables -fno-stack-protector \
	-mcpu=cortex-a9 -mno-unaligned-access \
	-ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(abspath $(BUILD))=build
HV_FLAGS += $(if $(filter clang,$(TOOLCHAIN)),-mno-implicit-float -mfpu=vfpv3-d16,\
	-mgeneral-regs-only -ftrivial-auto-var-init=zero -Wstack-usage=1024)
HV_HOT  := -O2 -marm
HV_COLD := -Oz -mthumb -fdata-sections

# The cold files are optimised together at link time (gcc only): 3 KiB less.  Compiled each for
# itself are the hot ones, on whose shape the figures depend, and the functions that the
# compiler calls itself.
HV_LTO := $(if $(filter clang,$(TOOLCHAIN)),,-flto)
HV_LTO_SRCS := $(filter-out $(HV_HOT_SRCS) $(ARCH_HOT_SRCS) hypervisor/lib/string.c,\
	$(filter %.c,$(ARCH_SRCS) $(HV_COLD_SRCS)))

$(HV_DIR)/include/asm/offsets.h: arch/arm/asm_offsets.c | $(BUILD)/include/xen
	$(call say,OFFSETS,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HV_CC) $(HV_FLAGS) $(HV_WARNINGS) $(HV_INCLUDES) -MD -MT $@ -MF $(HV_DIR)/offsets.d \
		-S -o $(HV_DIR)/offsets.s $<
	$(Q)sed -n 's/.*"->\([A-Z0-9_]*\) [#$$]*\([0-9-]*\)".*/#define \1 \2/p' \
		$(HV_DIR)/offsets.s > $@
	$(Q)$(HV_CC) $(HV_FLAGS) $(HV_INCLUDES) -DVERIFY -fsyntax-only $<

$(HV_DIR)/%.S.o: %.S $(HV_DIR)/include/asm/offsets.h
	$(call say,AS,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HV_CC) $(HV_AS_FLAGS) $(filter-out -mgeneral-regs-only -mno-implicit-float -mfpu=vfpv3-d16,$(HV_FLAGS)) -mfpu=vfpv3 \
		$(HV_INCLUDES) -D__ASSEMBLER__ -MMD -c -o $@ $<

$(HV_DIR)/%.c.o: %.c arch/arm/arch.mk hypervisor/hypervisor.mk $(HV_DIR)/include/asm/offsets.h $(BUILD)/include/hv/version.h \
		| $(BUILD)/include/xen $(BUILD)/src/libfdt
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HV_CC) $(HV_FLAGS) $(HV_WARNINGS) $(HV_INCLUDES) -isystem $(BUILD)/src/libfdt \
		$(if $(filter $<,$(HV_HOT_SRCS) $(ARCH_HOT_SRCS)),$(HV_HOT),$(HV_COLD)) \
		$(if $(filter $<,$(HV_LTO_SRCS)),$(HV_LTO)) -MMD -c -o $@ $<

$(HV_DIR)/libfdt/%.c.o: | $(BUILD)/src/libfdt
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HV_CC) $(HV_FLAGS) $(HV_COLD) $(HV_LTO) -w -I$(BUILD)/src/libfdt -Ihypervisor/include \
		-c -o $@ $(BUILD)/src/libfdt/$*.c

$(HV_DIR)/hypervisor.lds: arch/arm/hypervisor.lds.S | $(BUILD)/include/xen
	$(Q)mkdir -p $(@D)
	$(Q)$(HV_CC) -E -P -x assembler-with-cpp -D__ASSEMBLER__ $(HV_INCLUDES) -MMD -MT $@ \
		-MF $@.d -o $@ $<

# gcc and not ld: the link runs the compiler, which wants the options again
HV_LINK := -nostdlib -static $(if $(HV_LTO),$(HV_LTO) -flto-partition=one $(HV_FLAGS) $(HV_COLD)) \
	-Wl,--gc-sections,--build-id=none,--no-warn-mismatch,-z,noexecstack \
	-Wl,-z,max-page-size=4096,--no-warn-rwx-segments,-Map,$(HV_DIR)/sigma.map

$(HV_DIR)/sigma.elf: $(HV_DIR)/hypervisor.lds $(HV_OBJS) $(LIBFDT_OBJS)
	$(call say,LD,$@)
	$(Q)$(CROSS_COMPILE)gcc $(HV_LINK) -T $< -o $@ $(HV_OBJS) $(LIBFDT_OBJS)

$(BUILD)/sigma.elf: $(HV_DIR)/sigma.elf
	$(Q)cp $< $@
$(BUILD)/hypervisor.bin: $(BUILD)/sigma.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(CROSS_COMPILE)objcopy -O binary $< $@

all: $(BUILD)/hypervisor.bin

.PHONY: size
size: $(BUILD)/sigma.elf ## sizes of the hypervisor: text and data, of these boot code; RAM
	$(Q)$(CROSS_COMPILE)size -A $< | awk '/^\.(text|rodata|data|init|bss) / { \
		printf "  %-8s %7d bytes\n", $$1, $$2; if ($$1 != ".bss") sum += $$2 } \
		END { printf "  text+data %6d bytes, .init of it is given to the heap after boot\n", sum }'
