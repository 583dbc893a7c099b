// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes through a TCP connection, checked:
 *
 *	stream receive PORT		takes one connection, until its end
 *	stream send ADDRESS PORT MIB
 *
 * Both say how many bytes passed and their Fletcher checksum; the two must be alike.
 * The bytes are pseudo-random, no two MiB are the same, nor what is sent to two ports.
 */
#include <arpa/inet.h>
#include <err.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MIB           (1u << 20)
#define CONNECT_TRIES 100 /* a tenth of a second each: the receiver may start later */

static uint32_t block[MIB / sizeof(uint32_t)];

struct checksum {
	uint32_t sum;    /* of the words */
	uint32_t of_sum; /* of the sums so far: it knows the words' order */
};

static void add_words(struct checksum *check, const uint32_t *words, size_t count)
{
	uint32_t sum = check->sum, of_sum = check->of_sum;

	for (size_t i = 0; i < count; i++) {
		sum += words[i];
		of_sum += sum;
	}
	*check = (struct checksum){sum, of_sum};
}

static void report(const char *verb, uint64_t bytes, const struct checksum *check)
{
	printf("stream: %s %" PRIu64 " bytes, checksum %08" PRIx32 "%08" PRIx32 "\n",
	       verb, bytes, check->of_sum, check->sum);
}

/* Fills the block but for the end of the stream; the number of bytes. */
static size_t read_block(int from)
{
	size_t filled = 0;
	ssize_t got;

	while (filled < sizeof(block)) {
		got = read(from, (char *)block + filled, sizeof(block) - filled);
		if (got < 0)
			err(EXIT_FAILURE, "read");
		if (got == 0)
			break;
		filled += (size_t)got;
	}
	return filled;
}

static void receive(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)port)};
	int listening = socket(AF_INET, SOCK_STREAM, 0), connection, yes = 1;
	struct checksum check = {0};
	uint64_t bytes = 0;
	size_t filled;

	setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(listening, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(listening, 1) != 0)
		err(EXIT_FAILURE, "port %d", port);
	connection = accept(listening, NULL, NULL);
	if (connection < 0)
		err(EXIT_FAILURE, "accept");
	do {
		filled = read_block(connection);
		memset((char *)block + filled, 0, -filled % sizeof(uint32_t));
		add_words(&check, block, (filled + 3) / sizeof(uint32_t));
		bytes += filled;
	} while (filled == sizeof(block));
	report("received", bytes, &check);
}

static int connect_to(const char *host, int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)port)};
	int connection;

	if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
		errx(EXIT_FAILURE, "%s is no address", host);
	for (int i = 0; i < CONNECT_TRIES; i++) {
		connection = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(connection, (struct sockaddr *)&address, sizeof(address)) ==
		    0)
			return connection;
		close(connection);
		usleep(100000);
	}
	err(EXIT_FAILURE, "%s port %d", host, port);
}

static void write_block(int to)
{
	size_t done = 0;
	ssize_t wrote;

	while (done < sizeof(block)) {
		wrote = write(to, (char *)block + done, sizeof(block) - done);
		if (wrote <= 0)
			err(EXIT_FAILURE, "write");
		done += (size_t)wrote;
	}
}

static void send_to(const char *host, int port, unsigned int mebibytes)
{
	int connection = connect_to(host, port);
	struct checksum check = {0};
	uint32_t random = 2463534242u + (uint32_t)port; /* Marsaglia's xorshift */

	for (size_t i = 0; i < MIB / sizeof(uint32_t); i++) {
		random ^= random << 13;
		random ^= random >> 17;
		random ^= random << 5;
		block[i] = random;
	}
	for (unsigned int i = 0; i < mebibytes; i++) {
		block[i % 4096] += i;
		add_words(&check, block, MIB / sizeof(uint32_t));
		write_block(connection);
	}
	close(connection);
	report("sent", (uint64_t)mebibytes * MIB, &check);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "receive") == 0)
		receive(atoi(argv[2]));
	else if (argc == 5 && strcmp(argv[1], "send") == 0)
		send_to(argv[2], atoi(argv[3]), (unsigned int)atoi(argv[4]));
	else
		errx(EXIT_FAILURE,
		     "usage: stream receive PORT | stream send ADDRESS PORT MIB");
	return EXIT_SUCCESS;
}
