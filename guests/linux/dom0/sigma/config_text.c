// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_text.h"

#define WORD_CHARACTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."

static int fail(const struct config_text *file, const char *what)
{
	unsigned int length = 0;

	while (length < 24 && file->next + length < file->end &&
	       file->next[length] != '\n')
		length++;
	if (length == 0)
		complain("%s:%u: the line ends where %s should be", file->path,
			 file->line, what);
	else
		complain("%s:%u: \"%.*s\": %s should be here", file->path, file->line,
			 (int)length, file->next, what);
	return -1;
}

static bool at(const struct config_text *file, const char *mark)
{
	size_t length = strlen(mark);

	return (size_t)(file->end - file->next) >= length &&
	       memcmp(file->next, mark, length) == 0;
}

/* Blanks and comments; line ends too if lines. */
static void skip(struct config_text *file, bool lines)
{
	for (; file->next < file->end; file->next++) {
		if (*file->next == '#')
			while (file->next < file->end && *file->next != '\n')
				file->next++;
		if (file->next == file->end)
			return;
		if (*file->next == '\n' && lines)
			file->line++;
		else if (strchr(" \t\r", *file->next) == NULL || *file->next == '\0')
			return;
	}
}

static char *read_word(struct config_text *file)
{
	size_t length = 0, left = (size_t)(file->end - file->next);
	char *word;

	while (length < left && file->next[length] != '\0' &&
	       strchr(WORD_CHARACTERS, file->next[length]) != NULL)
		length++;
	word = text("%.*s", (int)length, file->next);
	file->next += length;
	return word;
}

/* A string in any of the quotes; NULL: complained. */
static char *read_string(struct config_text *file)
{
	static const char *const quotes[] = {"'''", "\"\"\"", "'", "\""};
	const char *quote = NULL, *start, *end;
	unsigned int lines = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(quotes) && quote == NULL; i++)
		if (at(file, quotes[i]))
			quote = quotes[i];
	if (quote == NULL) {
		fail(file, "a string in quotes");
		return NULL;
	}
	start = file->next + strlen(quote);
	end = memmem(start, (size_t)(file->end - start), quote, strlen(quote));
	for (const char *c = start; end != NULL && c < end; c++)
		lines += *c == '\n';
	if (end == NULL || (quote[1] == '\0' && lines > 0)) {
		complain("%s:%u: a string begins with %s and does not end", file->path,
			 file->line, quote);
		return NULL;
	}
	file->line += lines;
	file->next = end + strlen(quote);
	return text("%.*s", (int)(end - start), start);
}

static int read_list(struct config_text *file, struct list *list)
{
	char *string;

	file->next++;
	for (skip(file, true); !at(file, "]"); skip(file, true)) {
		string = read_string(file);
		if (string == NULL)
			return -1;
		list_add(list, string);
		free(string);
		skip(file, true);
		if (at(file, ","))
			file->next++;
		else if (!at(file, "]"))
			return fail(file, "\",\" or \"]\"");
	}
	file->next++;
	return 1;
}

static int read_number(struct config_text *file, struct setting *setting)
{
	const char *start = file->next;
	char *word = read_word(file);
	bool fine = parse_number(word, &setting->number);

	free(word);
	if (fine)
		return 1;
	file->next = start;
	return fail(file, "a number, a string in quotes, or a [list]");
}

static int read_value(struct config_text *file, struct setting *setting)
{
	if (at(file, "[")) {
		setting->kind = VALUE_LIST;
		return read_list(file, &setting->list);
	}
	if (at(file, "'") || at(file, "\"")) {
		setting->kind = VALUE_STRING;
		setting->string = read_string(file);
		return setting->string != NULL ? 1 : -1;
	}
	setting->kind = VALUE_NUMBER;
	return read_number(file, setting);
}

int config_next(struct config_text *file, struct setting *setting)
{
	int result;

	*setting = (struct setting){0};
	skip(file, true);
	while (at(file, ";")) {
		file->next++;
		skip(file, true);
	}
	if (file->next == file->end)
		return 0;
	setting->line = file->line;
	setting->key = read_word(file);
	if (setting->key[0] == '\0')
		return fail(file, "the name of a setting");
	skip(file, false);
	if (!at(file, "="))
		return fail(file, "\"=\"");
	file->next++;
	skip(file, false);
	result = read_value(file, setting);
	if (result < 0)
		return result;
	skip(file, false);
	if (file->next < file->end && !at(file, "\n") && !at(file, ";"))
		return fail(file, "the end of the line");
	return 1;
}

void setting_clear(struct setting *setting)
{
	free(setting->key);
	free(setting->string);
	list_clear(&setting->list);
}
