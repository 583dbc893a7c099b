/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The unfinished line of one console source, as a terminal shows it: so that it
 * can be interrupted by another source's line and then be shown again.
 *
 * Understands carriage return, backspace and the control sequences with which
 * shells edit a line (ECMA-48 CUF, CUB, ED, EL).  Knows nothing of the screen.
 */
#ifndef HV_CONSOLE_LINE_H
#define HV_CONSOLE_LINE_H

#include <hv/types.h>

#define CONSOLE_LINE_SIZE     256
#define CONSOLE_SEQUENCE_SIZE 16

struct console_line {
	char text[CONSOLE_LINE_SIZE];
	uint16_t length;
	uint16_t cursor;         /* 0..length */
	bool returned;           /* a carriage return was seen and not yet acted on */
	uint8_t sequence_length; /* of the control sequence that is being received */
	char sequence[CONSOLE_SEQUENCE_SIZE];
};

/* What a terminal that shows the line has to do. */
enum console_line_action {
	LINE_HIDDEN,   /* nothing */
	LINE_CHAR,     /* show the character, in the line */
	LINE_CONTROL,  /* pass the character on: it moves the cursor or rings */
	LINE_SEQUENCE, /* pass line->sequence on: it is complete */
	LINE_END,      /* the line is complete: console_line_clear() */
	LINE_FULL,     /* the character has no room: end the line, give it again */
};
#define LINE_ACTION 0x0f
#define LINE_RETURN 0x10 /* before that: the cursor goes to the line's start */

/* Put c where the cursor is.  Returns an action, perhaps with LINE_RETURN. */
unsigned int console_line_put(struct console_line *line, char c);

void console_line_clear(struct console_line *line);

#endif
