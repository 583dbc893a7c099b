// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <string.h>

#include "picture.h"

const char *picture_check(const struct picture *p)
{
	uint64_t end = p->offset + (uint64_t)p->line_length * p->height;

	if (p->width == 0 || p->width > PICTURE_MAX_SIDE || p->height == 0 ||
	    p->height > PICTURE_MAX_SIDE)
		return "width and height must be 1 to 4096 pixels";
	if (p->depth != 32)
		return "a pixel must have 32 bits";
	if (p->line_length % 4 || p->offset % 4)
		return "line length and offset must be multiples of 4";
	if (p->line_length < p->width * 4)
		return "a line is longer than the line length";
	if (end > p->mem_length)
		return "the picture is larger than the frame buffer's memory";
	if (end > PICTURE_MAX_BYTES)
		return "the picture is larger than 6 MiB";
	return NULL;
}

uint32_t picture_bytes(const struct picture *p)
{
	return p->offset + p->line_length * p->height;
}

struct rectangle picture_whole(const struct picture *p)
{
	return (struct rectangle){0, 0, p->width, p->height};
}

/* Clip from..from+length to 0..limit; the length that is left. */
static uint32_t clip(int32_t from, int32_t length, uint32_t limit, uint32_t *start)
{
	int64_t end = (int64_t)from + length;

	if (length <= 0 || end <= 0 || from >= (int64_t)limit)
		return 0;
	*start = from > 0 ? (uint32_t)from : 0;
	return (end < (int64_t)limit ? (uint32_t)end : limit) - *start;
}

/* The least range that holds both. */
static void join(uint32_t *from, uint32_t *length, uint32_t from2, uint32_t length2)
{
	uint32_t end = *from + *length, end2 = from2 + length2;

	*from = *from < from2 ? *from : from2;
	*length = (end > end2 ? end : end2) - *from;
}

struct rectangle picture_damage(const struct picture *p, const int32_t part[4],
				struct rectangle sum)
{
	struct rectangle r = {0};

	r.width = clip(part[0], part[2], p->width, &r.x);
	r.height = clip(part[1], part[3], p->height, &r.y);
	if (r.width == 0 || r.height == 0)
		return sum;
	if (sum.width == 0)
		return r;
	join(&sum.x, &sum.width, r.x, r.width);
	join(&sum.y, &sum.height, r.y, r.height);
	return sum;
}

/* ---- drawing ---------------------------------------------------------------- */

static inline uint16_t to_565(uint32_t p)
{
	return (uint16_t)((p >> 8 & 0xf800) | (p >> 5 & 0x07e0) | (p >> 3 & 0x001f));
}

/* A plain loop, which the compiler turns into eight pixels at a time. */
static void put_565(uint16_t *restrict to, const uint32_t *restrict from, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		to[i] = to_565(from[i]);
}

static void put_row(const struct surface *to, uint32_t x, uint32_t y,
		    const uint32_t *from, uint32_t count)
{
	uint8_t *out = to->pixels + (size_t)y * to->line_length + x * (to->bits / 8);

	if (to->bits == 16)
		put_565((uint16_t *)out, from, count);
	else
		memcpy(out, from, count * 4);
}

static const uint32_t *row(const struct picture *p, const void *memory, uint32_t y)
{
	return (const uint32_t *)((const uint8_t *)memory + p->offset +
				  (size_t)y * p->line_length);
}

/* Where a picture larger than the surface goes: its size there. */
static void reduced(const struct picture *p, const struct surface *to, uint32_t *width,
		    uint32_t *height)
{
	*width = to->width;
	*height = p->height * to->width / p->width;
	if (*height > to->height) {
		*width = p->width * to->height / p->height;
		*height = to->height;
	}
	*width += !*width;
	*height += !*height;
}

/* The pixels of the reduced picture that show any of from..from+length. */
static void scale(uint32_t *from, uint32_t *length, uint32_t size, uint32_t reduced_size)
{
	uint32_t end = ((*from + *length) * reduced_size + size - 1) / size;

	*from = *from * reduced_size / size;
	*length = end - *from;
}

static void draw_reduced(const struct picture *p, const void *memory,
			 struct rectangle part, const struct surface *to)
{
	uint32_t line[PICTURE_MAX_SIDE], width, height, step;

	reduced(p, to, &width, &height);
	scale(&part.x, &part.width, p->width, width);
	scale(&part.y, &part.height, p->height, height);
	step = (p->width << 16) /
	       width; /* 16.16 fixed point; rounded down: stays inside */
	for (uint32_t y = part.y; y < part.y + part.height; y++) {
		const uint32_t *from = row(p, memory, y * p->height / height);

		for (uint32_t i = 0; i < part.width; i++)
			line[i] = from[(uint64_t)(part.x + i) * step >> 16];
		put_row(to, (to->width - width) / 2 + part.x,
			(to->height - height) / 2 + y, line, part.width);
	}
}

void picture_draw(const struct picture *p, const void *memory, struct rectangle part,
		  const struct surface *to)
{
	uint32_t left, top;

	if (p->width > to->width || p->height > to->height) {
		draw_reduced(p, memory, part, to);
		return;
	}
	left = (to->width - p->width) / 2;
	top = (to->height - p->height) / 2;
	for (uint32_t y = part.y; y < part.y + part.height; y++)
		put_row(to, left + part.x, top + y, row(p, memory, y) + part.x,
			part.width);
}
