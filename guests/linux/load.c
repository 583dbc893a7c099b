// SPDX-License-Identifier: GPL-2.0-only
/*
 * load [ROUNDS]: work a kernel's memory management and scheduler hard, and
 * check every result.  A round forks, executes itself, touches and unmaps
 * memory, breaks copies on write and sends a stream through a pipe; each step
 * has a checksum that is known beforehand.  Two domains that run this at once
 * must both end with
 *
 *	load: ROUNDS rounds ok
 *
 * A wrong result ends the program with one line that names the step, and
 * status 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE_BYTES   4096
#define PAGE_WORDS   (PAGE_BYTES / sizeof(uint32_t))
#define MAP_PAGES    64
#define STREAM_WORDS 4096
#define CHILDREN     4
#define EXEC_FLAG    "--child"

static unsigned long current_round;

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list args;

	printf("load: round %lu: ", current_round);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	_exit(1);
}

/* xorshift: a stream that a seed fixes, and that never repeats in a round */
static uint32_t next_word(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

static uint32_t add_sum(uint32_t sum, uint32_t word)
{
	return ((sum << 1) | (sum >> 31)) ^ word;
}

static uint32_t stream_sum(uint32_t seed, unsigned int words)
{
	uint32_t sum = 0;

	while (words--)
		sum = add_sum(sum, next_word(&seed));
	return sum;
}

static uint32_t fill(uint32_t *memory, uint32_t seed, unsigned int words)
{
	uint32_t sum = 0;
	unsigned int i;

	for (i = 0; i < words; i++) {
		memory[i] = next_word(&seed);
		sum = add_sum(sum, memory[i]);
	}
	return sum;
}

static uint32_t memory_sum(const uint32_t *memory, unsigned int words)
{
	uint32_t sum = 0;
	unsigned int i;

	for (i = 0; i < words; i++)
		sum = add_sum(sum, memory[i]);
	return sum;
}

static void expect_exit(const char *step, pid_t pid, int status)
{
	int got;

	if (waitpid(pid, &got, 0) != pid)
		fail("%s: waitpid: %s", step, strerror(errno));
	if (WIFSIGNALED(got))
		fail("%s: child killed by signal %d", step, WTERMSIG(got));
	if (WEXITSTATUS(got) != status)
		fail("%s: child returned %d, expected %d", step, WEXITSTATUS(got),
		     status);
}

static pid_t start(const char *step)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		fail("%s: fork: %s", step, strerror(errno));
	return pid;
}

/* Several children at once, so that the scheduler has something to choose. */
static void check_fork(uint32_t seed)
{
	pid_t pid[CHILDREN];
	unsigned int i;

	for (i = 0; i < CHILDREN; i++) {
		pid[i] = start("fork");
		if (!pid[i])
			_exit(stream_sum(seed + i, STREAM_WORDS) & 0x7f);
	}
	for (i = 0; i < CHILDREN; i++)
		expect_exit("fork", pid[i], stream_sum(seed + i, STREAM_WORDS) & 0x7f);
}

static void check_exec(const char *self, uint32_t seed)
{
	char text[16];
	pid_t pid;

	snprintf(text, sizeof(text), "%u", seed);
	pid = start("exec");
	if (!pid) {
		execl(self, self, EXEC_FLAG, text, (char *)NULL);
		_exit(127);
	}
	expect_exit("exec", pid, stream_sum(seed, STREAM_WORDS) & 0x7f);
}

static uint32_t *map_pages(const char *step, int flags, int file)
{
	void *memory = mmap(NULL, MAP_PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | flags, file, 0);

	if (memory == MAP_FAILED)
		fail("%s: mmap: %s", step, strerror(errno));
	return memory;
}

/* New pages are zero, hold what is written, and are zero again when dropped. */
static void check_pages(uint32_t seed)
{
	uint32_t *memory = map_pages("page fault", MAP_ANONYMOUS, -1);
	unsigned int words = MAP_PAGES * PAGE_WORDS;
	uint32_t sum;
	unsigned int i;

	for (i = 0; i < MAP_PAGES; i++)
		if (memory[i * PAGE_WORDS])
			fail("page fault: new page %u is not zero", i);
	sum = fill(memory, seed, words);
	if (memory_sum(memory, words) != sum)
		fail("page fault: memory does not hold what was written");
	if (madvise(memory, MAP_PAGES * PAGE_BYTES, MADV_DONTNEED))
		fail("page fault: madvise: %s", strerror(errno));
	if (memory_sum(memory, words))
		fail("page fault: dropped pages are not zero");
	munmap(memory, MAP_PAGES * PAGE_BYTES);
}

/* What a child writes to its copies must not show here, nor the reverse. */
static void check_copy_on_write(uint32_t seed)
{
	uint32_t *memory = map_pages("copy on write", MAP_ANONYMOUS, -1);
	unsigned int words = MAP_PAGES * PAGE_WORDS;
	uint32_t sum = fill(memory, seed, words);
	pid_t pid = start("copy on write");

	if (!pid) {
		int good = memory_sum(memory, words) == sum;

		fill(memory, ~seed, words);
		_exit(good && memory_sum(memory, words) == stream_sum(~seed, words) ? 42
										    : 1);
	}
	expect_exit("copy on write", pid, 42);
	if (memory_sum(memory, words) != sum)
		fail("copy on write: the child's writes show in the parent");
	munmap(memory, MAP_PAGES * PAGE_BYTES);
}

/* The same pages of this program's file must read alike every time. */
static void check_file(const char *self)
{
	static uint32_t first;
	uint32_t *memory;
	uint32_t sum;
	int file = open(self, O_RDONLY);

	if (file < 0)
		fail("file map: %s: %s", self, strerror(errno));
	memory = map_pages("file map", 0, file);
	sum = memory_sum(memory, MAP_PAGES * PAGE_WORDS);
	if (!first)
		first = sum;
	if (sum != first)
		fail("file map: checksum %08x, was %08x", (unsigned int)sum,
		     (unsigned int)first);
	munmap(memory, MAP_PAGES * PAGE_BYTES);
	close(file);
}

static void send_stream(int out, uint32_t seed)
{
	uint32_t block[64];
	unsigned int i, j;

	for (i = 0; i < STREAM_WORDS; i += 64) {
		for (j = 0; j < 64; j++)
			block[j] = next_word(&seed);
		if (write(out, block, sizeof(block)) != sizeof(block))
			_exit(2);
	}
	_exit(0);
}

static void check_pipe(uint32_t seed)
{
	uint32_t word, sum = 0;
	unsigned int words = 0;
	int ends[2];
	FILE *in;
	pid_t pid;

	if (pipe(ends))
		fail("pipe: %s", strerror(errno));
	pid = start("pipe");
	if (!pid)
		send_stream(ends[1], seed);
	close(ends[1]);
	in = fdopen(ends[0], "r");
	if (!in)
		fail("pipe: fdopen: %s", strerror(errno));
	while (fread(&word, sizeof(word), 1, in) == 1) {
		sum = add_sum(sum, word);
		words++;
	}
	fclose(in);
	expect_exit("pipe", pid, 0);
	if (words != STREAM_WORDS || sum != stream_sum(seed, STREAM_WORDS))
		fail("pipe: %u words with checksum %08x, expected %u with %08x", words,
		     (unsigned int)sum, STREAM_WORDS,
		     (unsigned int)stream_sum(seed, STREAM_WORDS));
}

int main(int argc, char **argv)
{
	unsigned long rounds = 100;
	uint32_t state = 0x5149474d;
	char *end;

	if (argc == 3 && !strcmp(argv[1], EXEC_FLAG))
		return (int)(stream_sum(strtoul(argv[2], NULL, 10), STREAM_WORDS) & 0x7f);
	if (argc > 1) {
		rounds = strtoul(argv[1], &end, 10);
		if (argc > 2 || *end || !rounds) {
			fprintf(stderr, "usage: load [ROUNDS]\n");
			return 2;
		}
	}

	for (current_round = 1; current_round <= rounds; current_round++) {
		check_fork(next_word(&state));
		check_exec("/proc/self/exe", next_word(&state));
		check_pages(next_word(&state));
		check_copy_on_write(next_word(&state));
		check_file("/proc/self/exe");
		check_pipe(next_word(&state));
	}
	printf("load: %lu rounds ok\n", rounds);
	return 0;
}
