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
		-MMD -MT $@ -MF $(BUILD)/image/board.dts.d -o $(BUILD)/image/board.dts $<
	$(Q)dtc -@ -q -I dts -O dtb -o $@ $(BUILD)/image/board.dts
