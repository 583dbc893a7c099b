/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor in its window.  Sections of one permission start on a page.  The
 * raw image is entered at its first byte, head_start, with the MMU off.
 */
#include <asm/percpu.h>
#include <asm/window.h>

OUTPUT_ARCH(arm)
ENTRY(head_start)

SECTIONS
{
	. = SIGMA_WINDOW_BASE;
	__text_start = .;
	.text : {
		*(.text.head)
		. = ALIGN(32);
		*(.text.hot)
		*(.text .text.*)
	}
	. = ALIGN(4096);
	__text_end = .;
	.rodata : {
		*(.rodata .rodata.*)
	}
	. = ALIGN(4096);
	__rodata_end = .;
	.data : {
		*(.data .data.*)
	}
	. = ALIGN(4096);
	__data_end = .;
	.init : {
		__init_start = .;
		*(.init.text)
		*(.init.data)
	}
	. = ALIGN(4096);
	__init_end = .;
	__image_end = .;
	.bss (NOLOAD) : {
		. = ALIGN(65536);
		__bss_start = .;
		*(SORT_BY_ALIGNMENT(.bss.*) .bss COMMON)
		. = ALIGN(4096);
		__bss_end = .;
	}
	__slot_end = SIGMA_WINDOW_BASE + 0x100000;

	ASSERT(__bss_end <= __slot_end, "the hypervisor does not fit its 1 MiB slot")

	.comment 0 : { *(.comment) }
	.debug_info 0 : { *(.debug_info) }
	.debug_abbrev 0 : { *(.debug_abbrev) }
	.debug_line 0 : { *(.debug_line) }
	.debug_line_str 0 : { *(.debug_line_str) }
	.debug_str 0 : { *(.debug_str) }
	.debug_ranges 0 : { *(.debug_ranges) }
	.debug_rnglists 0 : { *(.debug_rnglists) }
	.debug_loclists 0 : { *(.debug_loclists) }
	.debug_loc 0 : { *(.debug_loc) }
	.debug_aranges 0 : { *(.debug_aranges) }
	.debug_frame 0 : { *(.debug_frame) }
	.ARM.attributes 0 : { *(.ARM.attributes) }
	/DISCARD/ : { *(.ARM.exidx*) *(.ARM.extab*) *(.note*) *(.eh_frame*) }
}
