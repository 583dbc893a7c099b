// SPDX-License-Identifier: GPL-2.0-only
/*
 * The payload: one LZ4 frame, decoded by LZ4's own frame decoder straight into
 * its place.
 *
 * Which checksums: the frame has one for each *block* of compressed data and none
 * for the content.  A block's is checked before the block is decoded, so the
 * decoder sees only what was packed, and it costs 1.2 instructions a compressed byte
 * where the content's would cost as much for each byte unpacked.  What no block
 * checksum covers is caught as well: the frame's header has its own, a wrong block
 * length puts the checksum elsewhere, and an early end or a block taken as stored
 * makes the content's length wrong, which the frame's header tells.
 */
#include "boot.h"
#include <stdlib.h>
#include <string.h>

#define LZ4F_STATIC_LINKING_ONLY
#include <lz4frame.h>

static const void *payload(const struct boot *boot)
{
	return (const uint8_t *)boot->header + boot->header->payload_offset;
}

static void decoder_failed(size_t code)
{
	LZ4F_errorCodes error = LZ4F_getErrorCode(code);
	const char *reason = "its compressed data is damaged";

	if (error == LZ4F_ERROR_blockChecksum_invalid)
		reason = "a block does not match its checksum";
	else if (error == LZ4F_ERROR_headerChecksum_invalid)
		reason = "the LZ4 header does not match its checksum";
	else if (error == LZ4F_ERROR_frameSize_wrong)
		reason = "it unpacks to a wrong length";
	else if (error == LZ4F_ERROR_allocation_failed)
		reason = "its LZ4 blocks are too large";
	else if (error == LZ4F_ERROR_frameType_unknown)
		reason = "not an LZ4 frame";
	boot_fail("payload", "%s (truncated or damaged image)", reason);
}

uint32_t payload_open(struct boot *boot)
{
	LZ4F_frameInfo_t info;
	LZ4F_dctx *context;
	size_t size = boot->header->payload_size;
	size_t result;

	if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)))
		boot_fail("payload", "no memory for its decoder");
	boot->lz4 = context;
	result = LZ4F_getFrameInfo(context, &info, payload(boot), &size);
	if (LZ4F_isError(result))
		decoder_failed(result);
	if (info.blockChecksumFlag == LZ4F_noBlockChecksum)
		boot_fail("payload", "its LZ4 frame has no block checksums");
	if (info.contentSize == 0 || info.contentSize > UINT32_MAX)
		boot_fail("payload", "its LZ4 frame does not tell the content's size");
	LZ4F_resetDecompressionContext(context);
	return (uint32_t)info.contentSize;
}

/*
 * NEON for the decoder: access in CPACR (ARM ARM DDI 0406C B4.1.40), then the
 * enable bit of FPEXC (B4.1.58).  hand_over() takes both back.
 */
static void neon_on(void)
{
	uint32_t access;

	asm volatile("mrc p15, 0, %0, c1, c0, 2" : "=r"(access));
	access |= 0xf << 20;   /* cp10 and cp11: full access */
	access &= ~(3u << 30); /* neither ASEDIS nor D32DIS */
	asm volatile("mcr p15, 0, %0, c1, c0, 2\n\tisb" : : "r"(access));
	asm volatile("mrc p15, 0, %0, c1, c0, 2" : "=r"(access));
	if (access >> 30)
		boot_fail("bootstrap", "this core has no NEON, which unpacking needs");
	asm volatile(".fpu neon\n\tvmsr fpexc, %0" : : "r"(1u << 30));
}

void payload_unpack(struct boot *boot, void *fit, uint32_t size)
{
	const LZ4F_decompressOptions_t options = {.stableDst = 1};
	size_t unpacked = size;
	size_t used = boot->header->payload_size;
	size_t result;

	neon_on();
	result = LZ4F_decompress(boot->lz4, fit, &unpacked, payload(boot), &used,
				 &options);
	if (LZ4F_isError(result))
		decoder_failed(result);
	if (result || unpacked != size)
		boot_fail("payload", "it ends before its time (truncated image)");
	if (used != boot->header->payload_size)
		boot_fail("payload", "something follows the LZ4 frame (damaged image)");
}

/* LZ4 allocates its context and two buffers and never grows them. */
void *malloc(size_t size)
{
	struct boot *boot = boot_state();
	uint8_t *block = boot->heap;

	size = (size + 7) & ~(size_t)7;
	if (size > (size_t)(boot->heap_end - block))
		return NULL;
	boot->heap += size;
	return block;
}

void *calloc(size_t count, size_t size)
{
	void *block = malloc(count * size);

	if (block)
		memset(block, 0, count * size);
	return block;
}

void free(void *block)
{
	(void)block;
}
