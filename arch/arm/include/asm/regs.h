/* SPDX-License-Identifier: GPL-2.0-only */
/* Processor modes and bits (ARM ARM DDI0406C B1.3, B4.1). */
#ifndef ASM_REGS_H
#define ASM_REGS_H

#define MODE_USR 0x10
#define MODE_FIQ 0x11
#define MODE_IRQ 0x12
#define MODE_SVC 0x13
#define MODE_MON 0x16
#define MODE_ABT 0x17
#define MODE_UND 0x1b
#define MODE_SYS 0x1f
#define PSR_F    0x40
#define PSR_I    0x80
#define PSR_A    0x100

/* Entry of a domain: SVC, I masked, F clear (the hypervisor needs its FIQ). */
#define PSR_ENTRY (PSR_I | MODE_SVC)

/* SCTLR: M, C, Z, I on; vectors by VBAR; TEX remap off */
#define SCTLR_ENTRY 0x00c5187d
#define TTBR_FLAGS  0x4a /* inner and outer write-back write-allocate, shareable */
#define PRRR_LINUX  0xff0a81a8
#define NMRR_LINUX  0x40e040e0
#define SCR_FIQ     0x4 /* FIQ is taken in Monitor mode; secure state; F maskable */

#endif
