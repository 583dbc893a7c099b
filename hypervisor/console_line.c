/* SPDX-License-Identifier: GPL-2.0-only */
#include <hv/console_line.h>

#define ESCAPE 0x1b
#define DELETE 0x7f

void console_line_clear(struct console_line *line)
{
	line->length = 0;
	line->cursor = 0;
	line->returned = false;
	line->sequence_length = 0;
}

/* Decimal number after "ESC [", 0 when there is none. */
static unsigned int parameter(const struct console_line *line)
{
	unsigned int value = 0;

	for (unsigned int i = 2; i + 1 < line->sequence_length; i++) {
		if (line->sequence[i] < '0' || line->sequence[i] > '9')
			return 0;
		value = value * 10 + (unsigned int)(line->sequence[i] - '0');
		if (value > CONSOLE_LINE_SIZE)
			return CONSOLE_LINE_SIZE;
	}
	return value;
}

static void interpret(struct console_line *line, char final)
{
	unsigned int count = parameter(line);
	unsigned int steps = count != 0 ? count : 1;
	unsigned int right = (unsigned int)(line->length - line->cursor);

	switch (final) {
	case 'C':
		line->cursor = (uint16_t)(line->cursor + (steps < right ? steps : right));
		break;
	case 'D':
		line->cursor = (uint16_t)(line->cursor -
					  (steps < line->cursor ? steps : line->cursor));
		break;
	case 'J':
	case 'K':
		if (count == 0)
			line->length = line->cursor;
		break;
	default:
		break;
	}
}

static unsigned int take_return(struct console_line *line)
{
	if (!line->returned)
		return 0;
	line->returned = false;
	line->cursor = 0;
	return LINE_RETURN;
}

/*
 * A sequence is kept back until it is complete: another source's line in its
 * middle would tear it apart.  The caller clears sequence_length by the next put.
 */
static unsigned int put_in_sequence(struct console_line *line, char c)
{
	bool csi = line->sequence_length >= 2;
	unsigned int action;

	line->sequence[line->sequence_length++] = c;
	if (!csi && c == '[')
		return LINE_HIDDEN;
	if (csi && (c < 0x40 || c > 0x7e) &&
	    line->sequence_length < CONSOLE_SEQUENCE_SIZE)
		return LINE_HIDDEN;
	action = take_return(line);
	if (csi)
		interpret(line, c);
	return action | LINE_SEQUENCE;
}

static bool sequence_complete(const struct console_line *line)
{
	char last = line->sequence[line->sequence_length - 1];

	if (line->sequence_length == 1)
		return false;
	if (line->sequence_length == 2)
		return last != '[';
	return (last >= 0x40 && last <= 0x7e) ||
	       line->sequence_length == CONSOLE_SEQUENCE_SIZE;
}

static unsigned int put_control(struct console_line *line, char c)
{
	switch (c) {
	case '\n':
		return LINE_END;
	case '\r':
		line->returned = true;
		return LINE_HIDDEN;
	case '\a':
		return LINE_CONTROL;
	case '\b':
		if (line->returned || line->cursor == 0)
			return LINE_HIDDEN; /* not into the prefix */
		line->cursor--;
		return LINE_CONTROL;
	case ESCAPE:
		line->sequence[0] = c;
		line->sequence_length = 1;
		return LINE_HIDDEN;
	default:
		return LINE_HIDDEN;
	}
}

unsigned int console_line_put(struct console_line *line, char c)
{
	unsigned int action;

	if (line->sequence_length != 0 && sequence_complete(line))
		line->sequence_length = 0;
	if (line->sequence_length != 0 && c != '\n')
		return put_in_sequence(line, c);
	line->sequence_length = 0;
	if (((unsigned char)c < ' ' && c != '\t') || c == DELETE)
		return put_control(line, c);

	action = take_return(line);
	if (line->cursor == CONSOLE_LINE_SIZE)
		return action | LINE_FULL;
	line->text[line->cursor++] = c;
	if (line->length < line->cursor)
		line->length = line->cursor;
	return action | LINE_CHAR;
}
