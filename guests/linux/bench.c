/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of Linux between markers (orr rN, rN, rN), for the instruction
 * counter of tests/bench.  A static program; as init (rdinit=/bin/bench) it also
 * marks the moment when the kernel has booted, and switches off at the end.
 *
 *	bench		operations of the kernel alone
 *	bench io	disk and network, of a domain served by dom0
 *	bench native	the same on a RAM disk, the SD card and the loopback device
 *	bench serve	dom0's part: the other end of the network connection, beside
 *			the ordinary init, which it starts
 *
 * Marker 0 ends a phase, marker 1 and 2 enclose `count` operations; the line
 * "phase NAME COUNT" follows its phase.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
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

static const struct measure of_kernel[] = {
	{"linux_null_syscall", 1000, NULL, null_syscall, NULL},
	{"linux_page_fault", 256, pages_map, pages_touch, pages_unmap},
	{"linux_fork_exit", 20, NULL, fork_exit, NULL},
	{"linux_pipe", 300, echo_start, pipe_round_trip, echo_stop},
};

/* ---- disks --------------------------------------------------------------- */

#define DISK_PART (1 << 20) /* of a disk, which is read and written */
#define LARGE     (64 << 10)
#define SMALL     PAGE

static char *block; /* LARGE bytes, as O_DIRECT wants them */
static int disk = -1;
static const char *ram_disk, *card;

static void disk_open(const char *path)
{
	if (disk >= 0)
		close(disk);
	disk = open(path, O_RDWR | O_DIRECT);
	if (disk < 0)
		fail(path);
	block = mmap(NULL, LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
	if (block == MAP_FAILED)
		fail("bench: mmap");
	memset(block, 'b', LARGE);
}

static void disk_write(int count, int bytes)
{
	for (int i = 0; i < count; i++)
		if (pwrite(disk, block, bytes, (long)i * bytes % DISK_PART) != bytes)
			fail("bench: write");
}

static void disk_read(int count, int bytes)
{
	for (int i = 0; i < count; i++)
		if (pread(disk, block, bytes, (long)i * bytes % DISK_PART) != bytes)
			fail("bench: read");
}

/* A RAM disk has only the pages that were written to. */
static void ram_disk_open(int count)
{
	(void)count;
	disk_open(ram_disk);
	disk_write(DISK_PART / LARGE, LARGE);
}

static void card_open(int count)
{
	(void)count;
	disk_open(card);
}

static void read_large(int count)
{
	disk_read(count, LARGE);
}

static void write_large(int count)
{
	disk_write(count, LARGE);
}

static void read_small(int count)
{
	disk_read(count, SMALL);
}

/* ---- network ------------------------------------------------------------- */

#define PORT 5001
#define SEND_BYTES \
	(4 << 20) /* in one operation, then the other end says that it has it */
#define SERVER      "192.168.77.1"
#define CLIENT      "192.168.77.2"
#define SERVER_CARD "xenbr0"
#define CLIENT_CARD "eth0"

static const char *server_address = SERVER;
static int connection = -1;
static char data[LARGE];

static void sleep_ms(int ms)
{
	usleep(ms * 1000);
}

/* Give a network card an address, once the card is there. */
static void card_up(const char *name, const char *address)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct ifreq request = {0};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	while (ioctl(fd, SIOCGIFINDEX, &request))
		sleep_ms(100);
	inet_pton(AF_INET, address, &in.sin_addr);
	memcpy(&request.ifr_addr, &in, sizeof(in));
	if (ioctl(fd, SIOCSIFADDR, &request))
		fail("bench: address");
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &request))
		fail("bench: interface up");
	close(fd);
}

static void send_all(int bytes)
{
	while (bytes > 0) {
		ssize_t n = write(connection, data, bytes < LARGE ? bytes : LARGE);

		if (n <= 0)
			fail("bench: send");
		bytes -= n;
	}
}

static void receive_all(int bytes)
{
	while (bytes > 0) {
		ssize_t n = read(connection, data, bytes < LARGE ? bytes : LARGE);

		if (n <= 0)
			fail("bench: receive");
		bytes -= n;
	}
}

/* To the server: so many times it is to get and to send so many bytes; 0 times: to
 * switch the machine off. */
struct order {
	unsigned int times, get, send;
};

static void order(unsigned int times, unsigned int get, unsigned int send)
{
	struct order o = {times, get, send};

	if (write(connection, &o, sizeof(o)) != sizeof(o))
		fail("bench: order");
}

static void no_delay(void)
{
	int one = 1;

	if (setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		fail("bench: TCP_NODELAY");
}

static void net_open(int count)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};

	(void)count;
	if (connection >= 0)
		return;
	inet_pton(AF_INET, server_address, &to.sin_addr);
	do {
		if (connection >= 0) {
			close(connection);
			sleep_ms(200);
		}
		connection = socket(AF_INET, SOCK_STREAM, 0);
	} while (connect(connection, (struct sockaddr *)&to, sizeof(to)));
	no_delay();
}

static void net_send(int count)
{
	order(count, SEND_BYTES, 1);
	for (int i = 0; i < count; i++) {
		send_all(SEND_BYTES);
		receive_all(1);
	}
}

static void net_receive(int count)
{
	order(count, 1, SEND_BYTES);
	for (int i = 0; i < count; i++) {
		send_all(1);
		receive_all(SEND_BYTES);
	}
}

static void net_round_trip(int count)
{
	order(count, 1, 1);
	for (int i = 0; i < count; i++) {
		send_all(1);
		receive_all(1);
	}
}

/* The other end of all of this; does not return. */
static void serve(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	struct order o;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 1))
		fail("bench: listen");
	connection = accept(fd, NULL, NULL);
	no_delay();
	for (;;) {
		if (recv(connection, &o, sizeof(o), MSG_WAITALL) != sizeof(o))
			fail("bench: order");
		for (unsigned int i = 0; i < o.times; i++) {
			receive_all(o.get);
			send_all(o.send);
		}
		if (o.times == 0)
			reboot(RB_POWER_OFF);
	}
}

static const struct measure of_io[] = {
	{"disk_read_64k", 32, ram_disk_open, read_large, NULL},
	{"disk_write_64k", 32, ram_disk_open, write_large, NULL},
	{"disk_read_4k", 64, ram_disk_open, read_small, NULL},
	{"card_read_64k", 4, card_open, read_large, NULL},
	{"net_send", 1, net_open, net_send, NULL},
	{"net_receive", 1, net_open, net_receive, NULL},
	{"net_round_trip", 100, net_open, net_round_trip, NULL},
};

/* ---- roles --------------------------------------------------------------- */

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

static void wait_for(const char *path)
{
	while (access(path, F_OK))
		sleep_ms(100);
}

static void role_serve(void)
{
	if (fork() == 0) {
		card_up(SERVER_CARD, SERVER);
		serve();
	}
	execl("/init", "init", NULL);
	fail("bench: /init");
}

static void role_io(void)
{
	ram_disk = "/dev/xvda";
	card = "/dev/xvdb";
	wait_for(ram_disk);
	wait_for(card);
	card_up(CLIENT_CARD, CLIENT);
}

static void role_native(void)
{
	ram_disk = "/dev/ram0";
	card = "/dev/mmcblk0";
	server_address = "127.0.0.1";
	wait_for(card);
	card_up("lo", server_address);
	if (fork() == 0)
		serve();
}

int main(int argc, char **argv)
{
	const char *role = argc > 1 ? argv[1] : "";
	const struct measure *of = of_kernel;
	int count = sizeof(of_kernel) / sizeof(of_kernel[0]);
	int is_init = getpid() == 1;

	if (!strcmp(role, "serve"))
		role_serve();
	MARK(0);
	if (is_init)
		become_init();
	printf("phase boot 1\n");
	if (*role) {
		of = of_io;
		count = sizeof(of_io) / sizeof(of_io[0]);
		if (!strcmp(role, "io"))
			role_io();
		else
			role_native();
	}
	for (int i = 0; i < count; i++)
		measure(&of[i]);
	printf("bench done\n");
	fflush(stdout);
	if (*role) {
		order(0, 0, 0);
		pause();
	}
	if (is_init) {
		sync();
		reboot(RB_POWER_OFF);
	}
	return 0;
}
