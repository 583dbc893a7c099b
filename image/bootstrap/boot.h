/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bootstrap: what stands between reset (or a loader) and the hypervisor.
 *
 * It is position independent, runs from NOR flash at address 0 or from RAM, and
 * writes nothing in place: all that it writes lies in the work area, the first
 * MiB of RAM, and where it puts its results.  Until mmu_on() every access is
 * strongly ordered, so that code must not use unaligned words.
 *
 * Addresses are machine addresses (the map is flat), sizes are bytes.
 */
#ifndef SIGMA_BOOT_H
#define SIGMA_BOOT_H

/* Header at the start of the image, written by tools/sigma-image (pack). */
#define BOOT_MAGIC       0x54424753 /* "SGBT" */
#define BOOT_VERSION     1
#define BOOT_HEADER_SIZE 0x40

/* Byte offsets in struct boot_header that head.S needs. */
#define BOOT_RAM_BASE      0x20
#define BOOT_CPU_MAILBOX   0x28
#define BOOT_GIC_INTERFACE 0x2c
#define BOOT_RAM_COPIES    0x30

/* The work area, offsets from the base of RAM. */
#define WORK_SIZE      0x100000
#define WORK_TABLE     0x0    /* first-level translation table, 16 KiB */
#define WORK_DTB       0x4000 /* the board's tree, while it is edited */
#define WORK_DTB_SIZE  0x3c000
#define WORK_HEAP      0x40000 /* for the LZ4 decoder */
#define WORK_HEAP_SIZE 0xb0000
#define WORK_STATE     0xf0000 /* struct boot; the stack has the rest */

/* Room that is left in the board's tree for those who edit it next. */
#define DTB_ROOM 0x4000

#define MIB              0x100000u
#define HYPERVISOR_SLOT  MIB
#define HYPERVISOR_MAGIC 0x42474953 /* "SIGB": r0 at the hypervisor's entry */

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct boot_header {
	uint32_t branch;     /* to the code */
	uint32_t magic;      /* BOOT_MAGIC */
	uint32_t version;    /* BOOT_VERSION */
	uint32_t checksum;   /* crc32 of all before the payload, this word as 0 */
	uint32_t dtb_offset; /* the board's device tree */
	uint32_t dtb_size;
	uint32_t payload_offset; /* one LZ4 frame that holds the FIT */
	uint32_t payload_size;
	uint32_t ram_base;      /* from the board's tree, known before it is read */
	uint32_t uart;          /* its PL011: to report even a damaged tree */
	uint32_t cpu_mailbox;   /* where secondary cores look for their entry, 0 = none */
	uint32_t gic_interface; /* the GIC's CPU interface, whose SGI wakes them */
	uint32_t ram_copies[2]; /* ram_base again: see ram_base() */
	uint32_t reserved[2];
};

_Static_assert(sizeof(struct boot_header) == BOOT_HEADER_SIZE, "header size");
_Static_assert(offsetof(struct boot_header, ram_base) == BOOT_RAM_BASE, "head.S");
_Static_assert(offsetof(struct boot_header, ram_copies) == BOOT_RAM_COPIES, "head.S");
_Static_assert(offsetof(struct boot_header, cpu_mailbox) == BOOT_CPU_MAILBOX, "head.S");
_Static_assert(offsetof(struct boot_header, gic_interface) == BOOT_GIC_INTERFACE,
	       "head.S");

struct range {
	uint32_t base;
	uint32_t size;
};

#define MAX_BANKS        8
#define MAX_RESERVATIONS 32

/* The state of this boot, at WORK_STATE. */
struct boot {
	const struct boot_header *header;
	const void *dtb;  /* the board's tree: in the image, later the edited copy */
	uint32_t uart;    /* 0 = nothing to print on */
	uint32_t l2cache; /* PL310, 0 = none */
	uint32_t bank_count;
	struct range bank[MAX_BANKS]; /* RAM, whole MiBs */
	uint32_t reserved_count;
	uint32_t loader_reserved; /* how many of them a loader's tree named */
	struct range reserved[MAX_RESERVATIONS]; /* where nothing may be put */
	void *lz4;                               /* the decoder's context */
	uint8_t *heap;
	uint8_t *heap_end;
};

/* hidden: reached relative to the program counter */
extern const struct boot_header boot_header __attribute__((visibility("hidden")));

/*
 * Where RAM begins.  Stack and state must be found before anything is checked, and
 * without them nothing can be reported: of three copies, each bit is the majority's.
 */
static inline uint32_t ram_base(void)
{
	uint32_t a = boot_header.ram_base;
	uint32_t b = boot_header.ram_copies[0];
	uint32_t c = boot_header.ram_copies[1];

	return (a & b) | (b & c) | (a & c);
}

/* The state is found from the base of RAM: there is no writable data. */
static inline struct boot *boot_state(void)
{
	return (struct boot *)(ram_base() + WORK_STATE);
}

/* ---- main.c ---- */

/*
 * The bootstrap's C entry, on the work area's stack, MMU and caches off.
 * loader_dtb: what a loader left in r2; anything, after a reset.
 */
void boot_main(uint32_t loader_dtb) __attribute__((noreturn));
/* An exception was taken: vector 1..7, address from its lr. */
void boot_exception(uint32_t vector, uint32_t address) __attribute__((noreturn));

/* ---- console.c ---- */

/* Set the UART up (115200 8N1) unless a loader has, and print on it from now on. */
void console_init(uint32_t uart, uint32_t clock_hz);
/* One line "sigma-boot: ...".  Knows %s, %u, %x (8 digits). */
void boot_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, with the part at fault; then this core stops for good. */
void boot_fail(const char *part, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/* ---- board.c: the board's device tree ---- */

/* Find the UART; false if the tree does not tell. */
bool board_find_uart(const void *dtb, uint32_t *uart, uint32_t *clock_hz);
/* Check the tree, find RAM (with the loader's help if it has any) and the L2. */
void board_read(struct boot *boot, uint32_t loader_dtb);
/* Copy the tree to `where` with DTB_ROOM behind it and the RAM that was found. */
void board_write(struct boot *boot, void *where, uint32_t size);

/* ---- memory.c ---- */

/* How much of a bank answers: whole MiBs from its base.  Caches must be off. */
uint32_t memory_probe(struct range bank);
/* Keep a range out of memory_place(); one that is not in RAM is nothing to keep. */
void memory_reserve(struct boot *boot, uint32_t base, uint32_t size);
/* The highest free place of whole MiBs for size bytes; reserves it.  what: for the error. */
uint32_t memory_place(struct boot *boot, uint32_t size, const char *what);
/* True if the range lies in one bank of RAM. */
bool memory_contains(const struct boot *boot, uint32_t base, uint32_t size);

/* ---- mmu.c, cache.S ---- */

/* Flat map: RAM and the image cacheable, all else device memory; caches on. */
void mmu_on(struct boot *boot);
/* Load the table and switch MMU and caches on (both caches are invalid). */
void mmu_enable(const uint32_t *table);
/*
 * Clean everything to memory, switch MMU and caches off, jump.  Registers as the
 * hypervisor's entry wants them.  l2cache: PL310 or 0.
 */
void hand_over(uint32_t entry, uint32_t l2cache, uint32_t dtb, uint32_t fit,
	       uint32_t fit_size) __attribute__((noreturn));

/* ---- payload.c, fit.c ---- */

/* Check the frame's head; returns the FIT's size. */
uint32_t payload_open(struct boot *boot);
/* Decompress and check it. */
void payload_unpack(struct boot *boot, void *fit, uint32_t size);
/* The data of image `hypervisor`, its crc32 checked. */
const void *fit_hypervisor(const void *fit, uint32_t fit_size, uint32_t *size);

/* ---- lib.c ---- */

/* CRC-32 of IEEE 802.3, as in FIT and zlib; start with crc = 0. */
uint32_t crc32(uint32_t crc, const void *data, size_t size);

#endif /* !__ASSEMBLER__ */
#endif /* SIGMA_BOOT_H */
