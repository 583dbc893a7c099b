// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

static FILE *log_file;

static void message(const char *format, va_list args)
{
	char line[TEXT_MAX * 4], stamp[32];
	time_t now = time(NULL);

	vsnprintf(line, sizeof(line), format, args);
	fprintf(stderr, "sigma: %s\n", line);
	if (log_file == NULL)
		return;
	strftime(stamp, sizeof(stamp), "%F %T", localtime(&now));
	fprintf(log_file, "%s %s\n", stamp, line);
}

bool complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message(format, args);
	va_end(args);
	return false;
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message(format, args);
	va_end(args);
}

bool log_to(const char *path)
{
	log_file = fopen(path, "ae");
	if (log_file == NULL)
		return complain("%s: %s", path, strerror(errno));
	setvbuf(log_file, NULL, _IOLBF, 0);
	return true;
}

static void *checked(void *memory)
{
	if (memory != NULL)
		return memory;
	complain("dom0 is out of memory");
	exit(1);
}

char *text(const char *format, ...)
{
	va_list args;
	char *string;

	va_start(args, format);
	if (vasprintf(&string, format, args) < 0)
		string = NULL;
	va_end(args);
	return checked(string);
}

char *copy_text(const char *string)
{
	return string != NULL ? checked(strdup(string)) : NULL;
}

void list_add(struct list *list, const char *string)
{
	list->item =
		checked(realloc(list->item, (list->count + 1) * sizeof(list->item[0])));
	list->item[list->count++] = copy_text(string);
}

void list_clear(struct list *list)
{
	for (unsigned int i = 0; i < list->count; i++)
		free(list->item[i]);
	free(list->item);
	list->item = NULL;
	list->count = 0;
}

bool parse_number(const char *string, uint32_t *value)
{
	unsigned long long number;
	char *end;

	if (string[0] < '0' || string[0] > '9')
		return false;
	errno = 0;
	number = strtoull(string, &end, 0);
	if (*end != '\0' || errno != 0 || number > UINT32_MAX)
		return false;
	*value = (uint32_t)number;
	return true;
}

const void *map_file(const char *path, size_t *size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	void *content;

	if (file < 0 || fstat(file, &status) != 0) {
		complain("%s: %s", path, strerror(errno));
		if (file >= 0)
			close(file);
		return NULL;
	}
	if (!S_ISREG(status.st_mode) || status.st_size == 0) {
		complain("%s: is %s", path,
			 S_ISREG(status.st_mode) ? "empty" : "not a file");
		close(file);
		return NULL;
	}
	content = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	close(file);
	if (content == MAP_FAILED) {
		complain("%s: cannot be read into memory: %s", path, strerror(errno));
		return NULL;
	}
	*size = (size_t)status.st_size;
	return content;
}

void unmap_file(const void *content, size_t size)
{
	if (content != NULL)
		munmap((void *)content, size);
}

uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void sleep_ms(unsigned int ms)
{
	struct timespec time = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&time, NULL);
}
