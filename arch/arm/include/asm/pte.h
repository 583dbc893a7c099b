/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Short-descriptor translation tables (ARM ARM DDI0406C B3.5.1).
 *
 * The attributes decode alike with SCTLR.TRE clear (guests at entry) and set with
 * Linux's PRRR/NMRR: TEX=001 C=1 B=1 is normal write-back memory, TEX=000 C=0 B=0
 * is strongly ordered, under both.
 */
#ifndef ASM_PTE_H
#define ASM_PTE_H

#define L1_ENTRIES 4096
#define L2_ENTRIES 256

#define L1_TABLE     0x1
#define L1_TYPE_MASK 0x3
#define L1_SECTION   0x2
/* sections: normal memory, shareable, access for all | for the kernel only */
#define SECTION_RAM        0x11c0e
#define SECTION_RAM_KERNEL 0x1140e
#define SECTION_XN         0x10
#define SECTION_DEVICE     0xc12 /* strongly ordered, execute never */

/* small pages, privileged access only, domain by the first level (0) */
#define PAGE_TEXT      0x65e /* read only, executable */
#define PAGE_RODATA    0x65f /* read only */
#define PAGE_DATA      0x45f /* read, write, execute never */
#define PAGE_DEVICE    0x413
#define PAGE_DEVICE_RO 0x613
#define PAGE_FOREIGN   0x47e /* like SECTION_RAM */

#endif
