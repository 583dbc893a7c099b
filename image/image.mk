# SPDX-License-Identifier: GPL-2.0-only
# The board's device tree, the bootstrap, and the images made of them.

# ---- the board -----------------------------------------------------------
BOARD := vexpress-a9

# -@ keeps the labels: a manifest may name a device by its label.  The kernel's
# trees of this board draw warnings of dtc that are not ours to fix.
$(BUILD)/board.dtb: image/boards/$(BOARD).dts | $(BUILD)/src/linux-files
	$(call say,DTC,$@)
	$(Q)mkdir -p $(BUILD)/image
	$(Q)$(CROSS_COMPILE)cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp \
		-I$(LINUX_DTS)/arch/arm/boot/dts/arm -I$(LINUX_DTS)/include \
		-MMD -MP -MT $@ -MF $(BUILD)/image/board.dts.d -o $(BUILD)/image/board.dts $<
	$(Q)dtc -@ -q -I dts -O dtb -o $@ $(BUILD)/image/board.dts

# ---- the bootstrap -------------------------------------------------------
BOOT_OUT     := $(BUILD)/image/bootstrap
BOOT_OBJS    := $(addprefix $(BOOT_OUT)/,head.o cache.o main.o console.o board.o memory.o \
		  mmu.o payload.o fit.o lib.o)
# libfdt and LZ4 as they are, less their warnings
BOOT_LIBFDT  := $(addprefix $(BOOT_OUT)/,fdt.o fdt_ro.o fdt_rw.o fdt_wip.o fdt_addresses.o)
BOOT_LZ4     := $(addprefix $(BOOT_OUT)/,lz4.o lz4frame.o xxhash.o)

# __NO_INLINE__: none of the C library's inline functions, they use floating point
BOOT_CFLAGS  := -std=gnu11 -O2 -g -marm -mcpu=cortex-a9 -mgeneral-regs-only -D__NO_INLINE__ -ffreestanding \
		-fPIE -fvisibility=hidden -fno-common -fno-stack-protector \
		-fno-tree-loop-distribute-patterns -ffunction-sections -fdata-sections \
		-ffile-prefix-map=$(CURDIR)=. \
		-I$(LIBFDT_SRC) -I$(LZ4_SRC) -MMD -MP
BOOT_WARN    := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
		-Wundef -Wvla -Wno-format
# no unaligned word before the MMU is on
BOOT_ALIGNED := -mno-unaligned-access

$(BOOT_OUT):
	$(Q)mkdir -p $@

$(BOOT_OUT)/%.o: image/bootstrap/%.S | $(BOOT_OUT)
	$(call say,AS,$@)
	$(Q)$(CROSS_COMPILE)gcc $(BOOT_CFLAGS) -c -o $@ $<

$(BOOT_OUT)/%.o: image/bootstrap/%.c | $(BOOT_OUT) $(LIBFDT_SRC) $(LZ4_SRC)
	$(call say,CC,$@)
	$(Q)$(CROSS_COMPILE)gcc $(BOOT_CFLAGS) $(BOOT_ALIGNED) $(BOOT_WARN) -c -o $@ $<

$(BOOT_LIBFDT): $(BOOT_OUT)/%.o: | $(BOOT_OUT) $(LIBFDT_SRC)
	$(call say,CC,$@)
	$(Q)$(CROSS_COMPILE)gcc $(BOOT_CFLAGS) $(BOOT_ALIGNED) -w -c -o $@ $(LIBFDT_SRC)/$*.c

# the decoder alone may use NEON, which payload.c switches on for it
$(BOOT_LZ4): $(BOOT_OUT)/%.o: image/bootstrap/lz4_copy.h | $(BOOT_OUT) $(LZ4_SRC)
	$(call say,CC,$@)
	$(Q)$(CROSS_COMPILE)gcc $(filter-out -mgeneral-regs-only,$(BOOT_CFLAGS)) -mfpu=neon \
		$(BOOT_LZ4_X) -include $< -w -c -o $@ $(LZ4_SRC)/$*.c

$(BUILD)/bootstrap.elf: $(BOOT_OBJS) $(BOOT_LIBFDT) $(BOOT_LZ4) image/bootstrap/boot.lds
	$(call say,LD,$@)
	$(Q)$(CROSS_COMPILE)ld -pie --no-dynamic-linker --gc-sections --build-id=none \
		-T image/bootstrap/boot.lds -o $@ $(filter %.o,$^)

$(BUILD)/bootstrap.bin: $(BUILD)/bootstrap.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(CROSS_COMPILE)objcopy -O binary $< $@

# ---- the images ----------------------------------------------------------
# GUESTS is a manifest (image/manifests/GUESTS.its) or small guests (a+b: a as
# dom0, b as domU), for which a manifest is made.
IMAGE_TOOL     := tools/sigma-image
image_named    := $(wildcard image/manifests/$(GUESTS).its)
image_guests   := $(if $(image_named),,$(subst +, ,$(GUESTS)))
image_includes := $(if $(image_named),$(shell sed -n \
	's|.*/incbin/ *("\([^"]*\)").*|\1|p' $(image_named)),\
	hypervisor.bin board.dtb $(patsubst %,guests/%.elf,$(image_guests)))
image_parts    := $(addprefix $(BUILD)/,$(sort $(image_includes)))

.PHONY: image FORCE
image: $(BUILD)/sigma.img $(BUILD)/sigma-flash.img ## the images of GUESTS: sigma.img, sigma-flash.img

# Changes only when GUESTS or the manifest does.
$(BUILD)/manifest.its: FORCE
	@mkdir -p $(BUILD)
	$(Q)$(if $(image_named),cp $(image_named),$(IMAGE_TOOL) manifest $(GUESTS) -o) $@.new
	$(Q)if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# One run makes all three.
$(BUILD)/sigma.img: $(BUILD)/manifest.its $(image_parts) $(BUILD)/bootstrap.bin \
		$(IMAGE_TOOL) $(wildcard tools/sigma_image/*.py)
	$(call say,PACK,$@)
	$(Q)$(IMAGE_TOOL) pack $< --build $(BUILD) --bootstrap $(BUILD)/bootstrap.bin \
		--ram $(MEM) --fit $(BUILD)/sigma.fit --flash $(BUILD)/sigma-flash.img -o $@

$(BUILD)/sigma.fit $(BUILD)/sigma-flash.img: $(BUILD)/sigma.img
	@touch -c $@

.PHONY: verify
verify: $(BUILD)/sigma.img ## compute every hash of the built images again
	$(Q)$(IMAGE_TOOL) verify $(BUILD)/sigma.img
	$(Q)$(IMAGE_TOOL) verify $(BUILD)/sigma-flash.img

# ---- U-Boot and its SD card ----------------------------------------------
UBOOT_OUT := $(BUILD)/image/uboot

$(BUILD)/u-boot.bin: image/uboot/build.sh image/uboot/sigma.config
	$(call say,U-BOOT,$@)
	@mkdir -p $(BUILD)
	$(Q)image/uboot/build.sh $@

$(UBOOT_OUT)/sigma.itb: $(BUILD)/sigma.img $(BUILD)/board.dtb image/uboot/sigma.its
	$(call say,MKIMAGE,$@)
	@mkdir -p $(UBOOT_OUT)
	$(Q)tail -c +65 $< > $(UBOOT_OUT)/sigma.raw # less the uImage header
	$(Q)cp image/uboot/sigma.its $(UBOOT_OUT)/sigma.its
	$(Q)mkimage -f $(UBOOT_OUT)/sigma.its $@ > $(UBOOT_OUT)/mkimage.log || \
		{ cat $(UBOOT_OUT)/mkimage.log >&2; exit 1; }

$(UBOOT_OUT)/boot.scr: image/uboot/boot.cmd
	$(call say,MKIMAGE,$@)
	@mkdir -p $(UBOOT_OUT)
	$(Q)mkimage -A arm -O linux -T script -C none -n Sigma -d $< $@ > /dev/null

$(BUILD)/sigma-sd.img: image/uboot/make-sd.sh $(UBOOT_OUT)/boot.scr $(UBOOT_OUT)/sigma.itb \
		$(BUILD)/sigma.img
	$(call say,SD,$@)
	$(Q)image/uboot/make-sd.sh $@ $(filter-out %.sh,$^)

# ---- running -------------------------------------------------------------
SMP       ?= 1 ## cores of the QEMU machine
QEMU_ARGS ?= ## more arguments for QEMU
HOST_PORT ?= ## port of this host that leads to domU's HTTP server (8080, or the next free one)
CARD      ?= smsc911x ## dom0's network card: smsc911x, the board's, or virtio, which is faster
SCREEN    ?= none ## how QEMU shows the board's screen: none, gtk, sdl or vnc=:1

# A manifest that gives a domain dom0's disk /dev/vda is run with one: a copy of domU's
# root file system.  What domU writes stays from run to run, until that is built anew.
image_disk := $(if $(image_named),$(if $(shell grep -l 'phy:/dev/vda' $(image_named)),$(BUILD)/disk.img))
RUN := MEM='$(MEM)' SMP='$(strip $(SMP))' QEMU_ARGS='$(QEMU_ARGS)' DISK='$(image_disk)' \
	HOST_PORT='$(strip $(HOST_PORT))' CARD='$(strip $(CARD))' SCREEN='$(strip $(SCREEN))' \
	tools/run-qemu.sh

$(BUILD)/disk.img: $(LINUX_OUT)/domU.ext4
	@if [ -e $@ ]; then echo "run: domU's root file system was built anew: the disk $@ starts afresh"; fi
	$(call say,COPY,$@)
	$(Q)cp --sparse=always $< $@

# Missing packages come first: nothing can be built, or even asked for, without.
.PHONY: run run-flash run-uboot debug all
run: setup ## build and boot GUESTS: QEMU loads the image
	@$(MAKE) $(BUILD)/sigma.img $(image_disk)
	@$(RUN) kernel $(BUILD)/sigma.img

run-flash: setup ## the same from reset, out of NOR flash
	@$(MAKE) $(BUILD)/sigma-flash.img $(image_disk)
	@$(RUN) flash $(BUILD)/sigma-flash.img

run-uboot: setup ## the same through U-Boot, from an SD card
	@$(MAKE) $(BUILD)/u-boot.bin $(BUILD)/sigma-sd.img $(BUILD)/sigma-flash.img $(image_disk)
	@$(RUN) uboot $(BUILD)/u-boot.bin $(BUILD)/sigma-sd.img $(BUILD)/sigma-flash.img

debug: setup ## the same as run, waiting for a debugger; prints the second command
	@$(MAKE) $(BUILD)/sigma.img $(image_disk)
	@$(RUN) --debug kernel $(BUILD)/sigma.img

all: image $(image_disk) $(BUILD)/u-boot.bin $(BUILD)/sigma-sd.img
