/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of the interrupt controller (GIC architecture IHI0048A, GICv1 with
 * Security Extensions, as in the Cortex-A9 MPCore) and how Sigma uses it: every
 * physical interrupt is group 0 and taken as FIQ in Monitor mode; one software
 * generated interrupt of group 1 is the line of virtual interrupts.
 */
#ifndef ASM_GIC_H
#define ASM_GIC_H

/* CPU interface, from GICC_OFFSET */
#define GICC_CTLR        0x00
#define GICC_PMR         0x04
#define GICC_BPR         0x08
#define GICC_IAR         0x0c
#define GICC_EOIR        0x10
#define GICC_HPPIR       0x18
#define GICC_CTLR_ENABLE 0xf /* group 0, group 1, AckCtl, group 0 as FIQ */

#define GIC_SPURIOUS 1023 /* IAR, HPPIR: nothing pending (IHI0048A 3.2.5) */

/* Distributor */
#define GICD_CTLR       0x000
#define GICD_TYPER      0x004
#define GICD_IGROUPR    0x080
#define GICD_ISENABLER  0x100
#define GICD_ICENABLER  0x180
#define GICD_ISPENDR    0x200
#define GICD_ICPENDR    0x280
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR  0x800
#define GICD_ICFGR      0xc00
#define GICD_SGIR       0xf00

/* The virtual interrupt line: SGI 8, group 1 (NSATT), to the requesting CPU only. */
#define LINE_SGI   8
#define LINE_RAISE 0x02008008

#define PRIORITY_PHYSICAL 0x40
#define PRIORITY_LINE     0xa0

#define IRQ_PRIVATE_TIMER 29
#define IRQ_WATCHDOG      30

#endif
