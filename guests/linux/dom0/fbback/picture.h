/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pictures: how a domain lays out its frame buffer, what of it has changed, and how
 * it comes onto the board's screen.  Nothing here knows Xen or Linux: plain
 * arithmetic on numbers of which a domain's are hostile until picture_check().
 */
#ifndef FBBACK_PICTURE_H
#define FBBACK_PICTURE_H

#include <stdint.h>

#define PICTURE_MAX_SIDE  4096       /* pixels */
#define PICTURE_MAX_BYTES (6U << 20) /* what one picture may take of the foreign window */

/* A domain's frame buffer.  A pixel is 32 bits: 8 unused, red, green, blue. */
struct picture {
	uint32_t width;       /* pixels */
	uint32_t height;      /* pixels */
	uint32_t depth;       /* bits a pixel; 32 */
	uint32_t line_length; /* bytes from one row to the next */
	uint32_t offset;      /* bytes from the start of the frame buffer's memory */
	uint32_t mem_length;  /* bytes of the frame buffer's memory */
};

/* A part of a picture; width 0: nothing. */
struct rectangle {
	uint32_t x, y, width, height;
};

/* Where pictures are drawn: 16 bits a pixel (5:6:5) or 32 as above. */
struct surface {
	uint8_t *pixels;
	uint32_t width, height, line_length, bits;
};

/* NULL if every pixel lies within mem_length and the limits above, or why not. */
const char *picture_check(const struct picture *p);

/* Bytes of memory, from its start, that hold the pixels of a checked picture. */
uint32_t picture_bytes(const struct picture *p);

/*
 * Add the part that a domain says has changed; what of it lies outside is left out.
 * p is checked, the four numbers need not make sense.
 */
struct rectangle picture_damage(const struct picture *p, const int32_t part[4],
				struct rectangle sum);

/* All of a checked picture. */
struct rectangle picture_whole(const struct picture *p);

/*
 * Draw a part of a checked picture, whose memory starts at `memory`.  A picture that
 * fits is centred, a larger one is made smaller in its own proportion.
 */
void picture_draw(const struct picture *p, const void *memory, struct rectangle part,
		  const struct surface *to);

#endif
