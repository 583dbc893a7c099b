// SPDX-License-Identifier: GPL-2.0-only
/*
 * fbback's pictures: what a domain may claim, which part of it has changed, and the
 * drawing, against a slow second opinion and with memory's ends watched by the
 * sanitizer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../guests/linux/dom0/fbback/picture.c"

#define USUAL                                  \
	{                                      \
		800, 600, 32, 3200, 0, 2 << 20 \
	}

static uint32_t seed = 1;

static uint32_t random_below(uint32_t limit)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % limit;
}

/* ---- picture_check ------------------------------------------------------------- */

static void sound_pictures_pass(void **state)
{
	struct picture p = USUAL;

	(void)state;
	assert_null(picture_check(&p));
	assert_int_equal(picture_bytes(&p), 800 * 600 * 4);
	p.offset = (2 << 20) - 800 * 600 * 4; /* up to the last byte */
	assert_null(picture_check(&p));
	p = (struct picture){1, 1, 32, 4, 0, 4};
	assert_null(picture_check(&p));
	p = (struct picture){4096, 384, 32, 16384, 0, 6 << 20};
	assert_null(picture_check(&p));
}

static void each_wrong_field_is_named(void **state)
{
	static const struct {
		struct picture p;
		const char *word;
	} wrong[] = {
		{{0, 600, 32, 3200, 0, 2 << 20}, "width"},
		{{800, 0, 32, 3200, 0, 2 << 20}, "height"},
		{{4097, 1, 32, 4097 * 4, 0, 2 << 20}, "width"},
		{{1, 4097, 32, 4, 0, 2 << 20}, "height"},
		{{-1, 600, 32, 3200, 0, 2 << 20}, "width"},
		{{800, INT32_MIN, 32, 3200, 0, 2 << 20}, "height"},
		{{800, 600, 16, 3200, 0, 2 << 20}, "32 bits"},
		{{800, 600, 0, 3200, 0, 2 << 20}, "32 bits"},
		{{800, 600, 32, 3202, 0, 2 << 20}, "multiples"},
		{{800, 600, 32, 3200, 2, 2 << 20}, "multiples"},
		{{800, 600, 32, 3196, 0, 2 << 20}, "line"},
		{{800, 600, 32, 0, 0, 2 << 20}, "line"},
		{{800, 600, 32, 3200, 0, 800 * 600 * 4 - 1}, "memory"},
		{{800, 600, 32, 3200, 0, 0}, "memory"},
		{{800, 600, 32, 3200, 0xfffffffc, 2 << 20}, "memory"},
		{{800, 600, 32, 0xfffffffc, 0, 0xffffffff}, "memory"},
		{{800, 2, 32, 0x80000000, 0, 0xffffffff}, "memory"},
		{{800, 600, 32, 3200, 6 << 20, 0xffffffff}, "6 MiB"},
		{{2048, 1024, 32, 8192, 0, 0xffffffff}, "6 MiB"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *problem = picture_check(&wrong[i].p);

		assert_non_null(problem);
		assert_non_null(strstr(problem, wrong[i].word));
	}
}

/* ---- picture_damage -------------------------------------------------------------- */

static void assert_rectangle(struct rectangle r, uint32_t x, uint32_t y, uint32_t width,
			     uint32_t height)
{
	assert_int_equal(r.x, x);
	assert_int_equal(r.y, y);
	assert_int_equal(r.width, width);
	assert_int_equal(r.height, height);
}

static struct rectangle damage(int32_t x, int32_t y, int32_t width, int32_t height,
			       struct rectangle sum)
{
	const struct picture p = USUAL;
	const int32_t part[4] = {x, y, width, height};

	return picture_damage(&p, part, sum);
}

static void damage_is_clipped(void **state)
{
	const struct rectangle none = {0};

	(void)state;
	assert_rectangle(damage(10, 20, 30, 40, none), 10, 20, 30, 40);
	assert_rectangle(damage(0, 0, INT32_MAX, INT32_MAX, none), 0, 0, 800, 600);
	assert_rectangle(damage(-5, -6, 10, 10, none), 0, 0, 5, 4);
	assert_rectangle(damage(799, 599, 9, 9, none), 799, 599, 1, 1);
	assert_rectangle(damage(1, INT32_MIN, 5, INT32_MAX, none), 0, 0, 0, 0);
	assert_rectangle(damage(INT32_MAX, 0, INT32_MAX, 1, none), 0, 0, 0, 0);
	assert_rectangle(damage(INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, none), 0, 0,
			 0, 0);
	assert_rectangle(damage(800, 0, 1, 1, none), 0, 0, 0, 0);
	assert_rectangle(damage(0, 0, 0, 5, none), 0, 0, 0, 0);
	assert_rectangle(damage(0, 0, 5, -5, none), 0, 0, 0, 0);
}

static void damage_is_summed_up(void **state)
{
	const struct rectangle first = {100, 200, 10, 20};

	(void)state;
	assert_rectangle(damage(0, 0, 0, 0, first), 100, 200, 10, 20);
	assert_rectangle(damage(105, 205, 2, 2, first), 100, 200, 10, 20);
	assert_rectangle(damage(90, 300, 5, 5, first), 90, 200, 20, 105);
	assert_rectangle(damage(700, 0, 500, 1, first), 100, 0, 700, 220);
}

/* ---- picture_draw ------------------------------------------------------------------- */

/* What a pixel of the surface must be, one by one; `inside`: does it show the picture? */
static uint32_t expected(const struct picture *p, const uint8_t *memory,
			 const struct surface *s, uint32_t x, uint32_t y, int *inside)
{
	uint32_t width = p->width, height = p->height, value;

	if (width > s->width || height > s->height)
		reduced(p, s, &width, &height);
	x -= (s->width - width) / 2;
	y -= (s->height - height) / 2;
	*inside = x < width && y < height;
	if (!*inside)
		return 0;
	x = (uint64_t)x * ((p->width << 16) / width) >> 16;
	y = y * p->height / height;
	memcpy(&value, memory + p->offset + y * p->line_length + x * 4, 4);
	if (s->bits == 32)
		return value;
	return (value >> 19 & 31) << 11 | (value >> 10 & 63) << 5 | (value >> 3 & 31);
}

static uint32_t drawn(const struct surface *s, uint32_t x, uint32_t y)
{
	const uint8_t *at = s->pixels + y * s->line_length + x * s->bits / 8;
	uint32_t value = 0;

	memcpy(&value, at, s->bits / 8);
	return value;
}

/* Memory of exactly the bytes that the picture claims, so that the sanitizer sees more. */
static uint8_t *random_memory(const struct picture *p)
{
	uint8_t *memory = malloc(picture_bytes(p));

	for (uint32_t i = 0; i < picture_bytes(p); i++)
		memory[i] = (uint8_t)random_below(256);
	return memory;
}

static void draw_all_and_compare(struct picture p, struct surface s)
{
	uint8_t *memory;
	int inside;

	assert_null(picture_check(&p));
	memory = random_memory(&p);
	s.pixels = calloc(s.height, s.line_length);
	picture_draw(&p, memory, picture_whole(&p), &s);
	for (uint32_t y = 0; y < s.height; y++)
		for (uint32_t x = 0; x < s.width; x++)
			assert_int_equal(drawn(&s, x, y),
					 expected(&p, memory, &s, x, y, &inside));
	free(memory);
	free(s.pixels);
}

static void whole_pictures(void **state)
{
	const struct surface both[] = {{NULL, 102, 77, 204, 16},
				       {NULL, 102, 77, 416, 32}};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		draw_all_and_compare((struct picture){80, 60, 32, 320, 0, 1 << 20},
				     both[i]);
		draw_all_and_compare((struct picture){102, 77, 32, 420, 8, 1 << 20},
				     both[i]);
		draw_all_and_compare((struct picture){1, 1, 32, 4, 0, 4}, both[i]);
		draw_all_and_compare((struct picture){99, 1, 32, 396, 4, 1 << 20},
				     both[i]);
		/* larger: in width, in height, in both, and out of all proportion */
		draw_all_and_compare((struct picture){300, 70, 32, 1200, 0, 1 << 20},
				     both[i]);
		draw_all_and_compare((struct picture){90, 200, 32, 360, 0, 1 << 20},
				     both[i]);
		draw_all_and_compare((struct picture){205, 155, 32, 820, 0, 1 << 20},
				     both[i]);
		draw_all_and_compare((struct picture){4096, 1, 32, 16384, 0, 1 << 20},
				     both[i]);
		draw_all_and_compare((struct picture){1, 4096, 32, 4, 0, 1 << 20},
				     both[i]);
	}
}

/* Parts change what shows them, to what it must be, and nothing else. */
static void parts_and_compare(const struct picture *p, struct surface *s)
{
	uint8_t *memory = random_memory(p);
	const int32_t part[4] = {(int32_t)random_below(p->width),
				 (int32_t)random_below(p->height),
				 (int32_t)random_below(p->width) + 1,
				 (int32_t)random_below(p->height) + 1};
	struct rectangle r = picture_damage(p, part, (struct rectangle){0});
	int inside;

	memset(s->pixels, 0, (size_t)s->height * s->line_length);
	picture_draw(p, memory, r, s);
	for (uint32_t y = 0; y < s->height; y++)
		for (uint32_t x = 0; x < s->width; x++) {
			uint32_t must = expected(p, memory, s, x, y, &inside);
			uint32_t is = drawn(s, x, y);
			uint32_t px = x - (s->width - p->width) / 2;
			uint32_t py = y - (s->height - p->height) / 2;

			assert_true(is == 0 || (inside && is == must));
			if (p->width <= s->width && p->height <= s->height)
				assert_int_equal(is,
						 px - r.x < r.width && py - r.y < r.height
							 ? must
							 : 0);
		}
	free(memory);
}

static void parts_of_pictures(void **state)
{
	struct surface s = {malloc(77 * 204), 102, 77, 204, 16};

	(void)state;
	for (unsigned int i = 0; i < 300; i++) {
		struct picture p = {
			1 + random_below(130), 1 + random_below(100), 32, 0, 0, 1 << 20};

		p.line_length = p.width * 4 + 4 * random_below(3);
		assert_null(picture_check(&p));
		parts_and_compare(&p, &s);
	}
	free(s.pixels);
}

/* What is drawn in parts is what is drawn at once, in a reduced picture too. */
static void parts_make_the_whole(void **state)
{
	const struct picture p = {301, 203, 32, 1204, 0, 1 << 20};
	struct surface once = {calloc(77, 204), 102, 77, 204, 16}, parts = once;
	uint8_t *memory = random_memory(&p);

	(void)state;
	parts.pixels = calloc(77, 204);
	picture_draw(&p, memory, picture_whole(&p), &once);
	for (uint32_t y = 0; y < p.height; y += 29)
		for (uint32_t x = 0; x < p.width; x += 43) {
			const int32_t part[4] = {(int32_t)x, (int32_t)y, 43, 29};

			picture_draw(&p, memory,
				     picture_damage(&p, part, (struct rectangle){0}),
				     &parts);
		}
	assert_memory_equal(once.pixels, parts.pixels, 77 * 204);
	free(memory);
	free(once.pixels);
	free(parts.pixels);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_pictures_pass),
		cmocka_unit_test(each_wrong_field_is_named),
		cmocka_unit_test(damage_is_clipped),
		cmocka_unit_test(damage_is_summed_up),
		cmocka_unit_test(whole_pictures),
		cmocka_unit_test(parts_of_pictures),
		cmocka_unit_test(parts_make_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
