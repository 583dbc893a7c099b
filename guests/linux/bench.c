/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of Linux between markers (orr rN, rN, rN), for the instruction
 * counter of tests/bench.  A static program; as /init (rdinit=/bin/bench) it also
 * marks the moment when the kernel has booted, and switches off at the end.
 *
 * Marker 0 ends a phase, marker 1 and 2 enclose `count` operations; the line
 * "phase NAME COUNT" follows its phase.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MARK(n) __asm__ volatile("orr r" #n ", r" #n ", r" #n ::: "memory")

#define ROUNDS 11
#define PAGE   4096

struct measure {
	const char *name;
	int count;
	void (*prepare)(int count); /* outside the window, may be NULL */
	void (*run)(int count);
	void (*finish)(int count); /* outside the window, may be NULL */
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void null_syscall(int count)
{
	for (int i = 0; i < count; i++)
		syscall(SYS_getppid);
}

static char *pages;

static void pages_map(int count)
{
	pages = mmap(NULL, (size_t)count * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		fail("bench: mmap");
}

static void pages_touch(int count)
{
	for (int i = 0; i < count; i++)
		pages[i * PAGE] = 1;
}

static void pages_unmap(int count)
{
	munmap(pages, (size_t)count * PAGE);
}

static void fork_exit(int count)
{
	for (int i = 0; i < count; i++) {
		pid_t child = fork();

		if (child < 0)
			fail("bench: fork");
		if (child == 0)
			_exit(0);
		if (waitpid(child, NULL, 0) != child)
			fail("bench: waitpid");
	}
}

static int there[2], back[2];
static pid_t echo;

static void echo_start(int count)
{
	char c;

	(void)count;
	if (pipe(there) || pipe(back))
		fail("bench: pipe");
	echo = fork();
	if (echo < 0)
		fail("bench: fork");
	if (echo == 0) {
		close(there[1]);
		close(back[0]);
		while (read(there[0], &c, 1) == 1)
			if (write(back[1], &c, 1) != 1)
				break;
		_exit(0);
	}
	close(there[0]);
	close(back[1]);
}

static void pipe_round_trip(int count)
{
	char c = 0;

	for (int i = 0; i < count; i++)
		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			fail("bench: pipe");
}

static void echo_stop(int count)
{
	(void)count;
	close(there[1]);
	close(back[0]);
	waitpid(echo, NULL, 0);
}

static const struct measure measures[] = {
	{"linux_null_syscall", 1000, NULL, null_syscall, NULL},
	{"linux_page_fault", 256, pages_map, pages_touch, pages_unmap},
	{"linux_fork_exit", 20, NULL, fork_exit, NULL},
	{"linux_pipe", 300, echo_start, pipe_round_trip, echo_stop},
};

static void measure(const struct measure *m)
{
	for (int round = 0; round <= ROUNDS; round++) {
		if (m->prepare)
			m->prepare(m->count);
		if (round == 0) {
			m->run(m->count); /* warm; outside the windows */
		} else {
			MARK(1);
			m->run(m->count);
			MARK(2);
		}
		if (m->finish)
			m->finish(m->count);
	}
	MARK(0);
	printf("phase %s %d\n", m->name, m->count);
	fflush(stdout);
}

/* Of init: a console, /dev, and credited entropy (else each fork mixes the pool). */
static void become_init(void)
{
	struct {
		int entropy_count, buf_size;
		unsigned int buf[16];
	} entropy = {512, 64, {1, 2, 3}};
	int fd;

	mkdir("/dev", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	fd = open("/dev/console", O_RDWR);
	if (fd >= 0) {
		dup2(fd, 0);
		dup2(fd, 1);
		dup2(fd, 2);
	}
	fd = open("/dev/urandom", O_RDWR);
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &entropy))
		fail("bench: urandom");
	close(fd);
	usleep(500000); /* the kernel's own work after boot ends */
}

int main(void)
{
	int is_init = getpid() == 1;

	MARK(0);
	if (is_init)
		become_init();
	printf("phase boot 1\n");
	for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++)
		measure(&measures[i]);
	printf("bench done\n");
	fflush(stdout);
	if (is_init) {
		sync();
		reboot(RB_POWER_OFF);
	}
	return 0;
}
