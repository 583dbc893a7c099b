/* SPDX-License-Identifier: MIT */
/*
 * Layout of a small guest.  GUEST_BASE is 0 for the position independent image
 * (ET_DYN: the hypervisor adds where it puts it) and a pseudo-physical address
 * for the fixed one (ET_EXEC).
 */
ENTRY(_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	data PT_LOAD FLAGS(6);
#if GUEST_BASE == 0
	dynamic PT_DYNAMIC FLAGS(6);
#endif
}

SECTIONS
{
	. = GUEST_BASE;
	.text : {
		guest_image = .;
		*(.text.start)
		*(.text .text.*)
	} :text
	.rodata : { *(.rodata .rodata.*) } :text
	.rel.dyn : { *(.rel.*) } :text
	.dynsym : { *(.dynsym) } :text
	.dynstr : { *(.dynstr) } :text
	.hash : { *(.hash) *(.gnu.hash) } :text

	. = ALIGN(4096);
	.data : { *(.data.rel.ro .data.rel.ro.*) *(.data .data.*) } :data
	.got : { *(.got .got.*) } :data
#if GUEST_BASE == 0
	.dynamic : { *(.dynamic) } :data :dynamic
#endif
	.bss : { *(.bss .bss.*) } :data

	/DISCARD/ : {
		*(.ARM.exidx* .ARM.extab* .eh_frame* .interp .note.* .comment)
	}
	.ARM.attributes 0 : { *(.ARM.attributes) }
}
