// SPDX-License-Identifier: GPL-2.0-only
/*
 * In dom0: map pages of a domain, without a grant, until there is no more room for
 * them; wait for a line; let go of them.
 *
 *	fill_window DOMAIN
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/* Linux's include/uapi/xen/privcmd.h, by its ABI */
struct mmap_batch {
	uint32_t count;
	uint16_t domain;
	uint64_t address;
	const uint64_t *frames;
	int *errors;
};
#define IOCTL_PRIVCMD_MMAPBATCH_V2 _IOC(_IOC_NONE, 'P', 4, sizeof(struct mmap_batch))

#define PAGE  4096u
#define BATCH 64u
#define FIRST 0x61000u /* a frame in the middle of the domain's memory */

static int map_batch(int privcmd, unsigned int domain)
{
	uint64_t frames[BATCH];
	int errors[BATCH];
	void *at = mmap(NULL, BATCH * PAGE, PROT_READ, MAP_SHARED, privcmd, 0);
	struct mmap_batch batch = {.count = BATCH,
				   .domain = (uint16_t)domain,
				   .address = (uintptr_t)at,
				   .frames = frames,
				   .errors = errors};

	if (at == MAP_FAILED)
		return -1;
	for (unsigned int i = 0; i < BATCH; i++)
		frames[i] = FIRST + i;
	if (ioctl(privcmd, IOCTL_PRIVCMD_MMAPBATCH_V2, &batch) != 0)
		return -1;
	/* each page is there to be read */
	for (unsigned int i = 0; i < BATCH; i++)
		(void)((volatile char *)at)[i * PAGE];
	return 0;
}

int main(int argc, char **argv)
{
	int privcmd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
	unsigned int mapped = 0;

	if (argc != 2 || privcmd < 0) {
		perror("fill_window: /dev/xen/privcmd");
		return 1;
	}
	while (map_batch(privcmd, (unsigned int)atoi(argv[1])) == 0)
		mapped += BATCH;
	printf("mapped %u pages until: %s\n", mapped, strerror(errno));
	fflush(stdout);
	getchar();
	return 0; /* the end of the process unmaps */
}
