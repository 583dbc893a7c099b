// SPDX-License-Identifier: GPL-2.0-only
#include <hv/archive.h>
#include <hv/printk.h>
#include <string.h>

#define HEADER_SIZE    110
#define MODE_FILE      0100644
#define MODE_DIRECTORY 040755

/* One entry's header and name; the inode only has to differ from the others'. */
static uint32_t put_entry(char *to, const char *name, uint32_t length, uint32_t mode,
			  uint32_t file_size)
{
	uint32_t size = align_up(HEADER_SIZE + length + 1, 4);

	if (to == NULL)
		return size;
	memset(to, 0, size);
	/* magic, inode, mode, uid, gid, links, time, size, four device numbers */
	hv_snprintf(to, HEADER_SIZE + 1,
		    "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", length,
		    mode, 0, 0, 1, 0, file_size, 0, 0, 0, 0, length + 1, 0);
	memcpy(to + HEADER_SIZE, name, length);
	return size;
}

uint32_t archive_head(char *to, const char *path, uint32_t file_size)
{
	uint32_t used = 0, length;

	for (length = 1; path[length] != '\0'; length++)
		if (path[length] == '/')
			used += put_entry(to != NULL ? to + used : NULL, path, length,
					  MODE_DIRECTORY, 0);
	return used + put_entry(to != NULL ? to + used : NULL, path, length, MODE_FILE,
				file_size);
}

uint32_t archive_tail(char *to, uint32_t file_size)
{
	static const char end[] = "TRAILER!!!";
	uint32_t padding = -file_size & 3;

	if (to != NULL)
		memset(to, 0, padding);
	return padding +
	       put_entry(to != NULL ? to + padding : NULL, end, sizeof(end) - 1, 0, 0);
}
