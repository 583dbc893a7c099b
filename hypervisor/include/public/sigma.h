/* SPDX-License-Identifier: MIT */
/*
 * Sigma's additions to the Xen guest ABI: the trampoline, the domain
 * descriptor, the virtual interrupt bitmasks, the PV timer.
 *
 * Everything else that a guest speaks is Xen's own public ABI (hypercall
 * numbers, 2-level event channels, grant tables version 1, HVM parameters,
 * xenstore and console rings), whose headers are Xen's.  The call numbers of
 * both are listed once, in hypercalls.def beside this file; docs/abi.md is made
 * from it.
 *
 * Usable from C and from assembler, by a guest of any licence.
 */
#ifndef SIGMA_PUBLIC_SIGMA_H
#define SIGMA_PUBLIC_SIGMA_H

/* "SIGM", little endian: first word of the descriptor. */
#define SIGMA_DESCRIPTOR_MAGIC 0x4d474953
/* Grows when the descriptor or a sigma call changes incompatibly. */
#define SIGMA_ABI_VERSION 1

/*
 * The hypervisor's window: virtual addresses that every address space of every
 * domain maps alike and that a guest must leave alone.  sigma' holds its first
 * level entries; a guest copies them into each first-level table of its own.
 */
#define SIGMA_WINDOW_BASE 0xff000000
#define SIGMA_WINDOW_SIZE 0x00800000

/*
 * sigma': the domain's first-level table (4096 words, ARM short descriptors),
 * at the base of the domain's RAM, so at pseudo-physical descriptor.ram_base.
 * Index = pseudo-physical address >> 20.
 *   section     RAM or a device: bits 31:20 are the machine address
 *   page table  the foreign window: see sigma_descriptor.foreign_table
 *   0           a hole: nothing may be mapped from there
 */
#define SIGMA_TABLE_SIZE 0x4000

/* Virtual interrupts: one bit each, per vCPU, in SIGMA_VIRQ_WORDS words. */
#define SIGMA_VIRQ_WORDS 4
#define SIGMA_VIRQ_COUNT 128
#define SIGMA_VIRQ_IPI_COUNT 16 /* 0..15: between the vCPUs of a domain */
#define SIGMA_VIRQ_TIMER 29     /* PV timer; in a device tree <1 13 0xf04> */
#define SIGMA_VIRQ_EVENT 31     /* Xen event channels; <1 15 0xf08> */
#define SIGMA_VIRQ_SPI_BASE 32  /* 32..127: the board's shared interrupts */

#define SIGMA_MAX_VCPUS 4

/* sigma_descriptor.flags */
#define SIGMA_DOMAIN_PRIVILEGED 0x1 /* dom0: may manage other domains */
#define SIGMA_DOMAIN_DIRECT 0x2     /* pseudo-physical RAM is machine RAM (delta 0) */

/* Byte offsets in the descriptor that assembler needs (asserted in C). */
#define SIGMA_DESC_MAGIC 0
#define SIGMA_DESC_HYPERCALL_PAGE 20
#define SIGMA_DESC_RAM_BASE 24
#define SIGMA_DESC_RAM_SIZE 28
#define SIGMA_DESC_MACHINE_BASE 32
#define SIGMA_DESC_VCPU 256
#define SIGMA_DESC_VCPU_SIZE 64

/*
 * First argument of SIGMA_virq_ctl (a call, not a leaf).
 */
#define SIGMA_VIRQ_ENABLE 0  /* irq: let the board's interrupt reach this domain */
#define SIGMA_VIRQ_DISABLE 1 /* irq: stop it at the interrupt controller */
#define SIGMA_VIRQ_RAISE 2   /* 0: look at pending & ~mask again, raise the line */
#define SIGMA_VIRQ_SEND 3    /* irq 0..15, mask of vCPUs: an interprocessor interrupt */
#define SIGMA_VIRQ_ROUTE 4   /* irq 32..127, vCPU: whose words it sets from now on */

#ifndef __ASSEMBLER__
#include <stdint.h>

/*
 * Interrupt words of one vCPU.  The hypervisor sets bits of `pending`; the
 * guest takes them with an atomic exchange and is the only one to write `mask`
 * (1 = masked).  When a bit is set, the hypervisor raises the vCPU's line: an
 * ordinary IRQ, taken through the guest's own vector as soon as CPSR.I allows.
 * The handler first calls SIGMA_virq_ack, then scans pending & ~mask.  A line
 * may rise with nothing to scan; that is not an error.  A guest that clears a
 * mask bit and finds its pending bit set handles it or calls SIGMA_VIRQ_RAISE.
 */
struct sigma_vcpu_words {
	uint32_t pending[SIGMA_VIRQ_WORDS];
	uint32_t mask[SIGMA_VIRQ_WORDS];
	uint32_t reserved[8];
};

/*
 * The domain descriptor ("descripteur local"): one page, in the hypervisor's
 * window, made by the hypervisor before the domain starts.  Its virtual address
 * is in r12 at entry and in the device tree (/sigma, "sigma,descriptor").  The
 * guest reads it and writes nothing but its vCPUs' interrupt words.
 */
struct sigma_descriptor {
	uint32_t magic;		 /* SIGMA_DESCRIPTOR_MAGIC */
	uint32_t version;	 /* SIGMA_ABI_VERSION */
	uint32_t size;		 /* bytes of this structure that are valid */
	uint32_t domain_id;	 /* Xen domain id: 0 = dom0 */
	uint32_t flags;		 /* SIGMA_DOMAIN_* */
	uint32_t hypercall_page; /* virtual: the trampoline to call */
	uint32_t ram_base;	 /* pseudo-physical, the same for every domain */
	uint32_t ram_size;	 /* bytes */
	uint32_t machine_base;	 /* machine address of ram_base (sigma' of it) */
	uint32_t dtb;		 /* pseudo-physical: the domain's device tree, 0 = none */
	uint32_t dtb_size;	 /* bytes */
	uint32_t initrd;	 /* pseudo-physical, 0 = none */
	uint32_t initrd_size;	 /* bytes */
	uint32_t vcpu_count;	 /* 1..SIGMA_MAX_VCPUS */
	uint32_t clock;		 /* virtual: low word of the 64-bit clock, high word at +4;
				    read only; read high, low, high again */
	uint32_t clock_hz;	 /* its frequency */
	uint32_t foreign_base;	 /* pseudo-physical: frames with no RAM behind them, */
	uint32_t foreign_size;	 /* bytes, into which grants are mapped */
	uint32_t foreign_table;	 /* virtual, read only: a word a foreign frame,
				    machine address | 2 while something is mapped, else 0 */
	uint32_t reserved_base;	 /* pseudo-physical: the end of RAM that the hypervisor */
	uint32_t reserved_size;	 /* keeps (rings, tables); also a /memreserve/ */
	uint32_t reserved[43];
	struct sigma_vcpu_words vcpu[SIGMA_MAX_VCPUS]; /* at SIGMA_DESC_VCPU */
};

#endif /* !__ASSEMBLER__ */
#endif /* SIGMA_PUBLIC_SIGMA_H */
