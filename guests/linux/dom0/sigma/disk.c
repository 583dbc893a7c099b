// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device.h"
#include "disk.h"

#define XVD_MAJOR  202
#define POLL_MS    5
#define LOOP_TRIES 16 /* another may take the free loop device first */

/* Numbers as in Xen's docs/man/xen-vbd-interface.7: short ones for the first 16 disks. */
bool disk_number(const char *name, unsigned int *number)
{
	unsigned int disk, partition = 0;
	uint32_t parsed;

	if (parse_number(name, number))
		return true;
	if (strncmp(name, "xvd", 3) != 0 || name[3] < 'a' || name[3] > 'z')
		return false;
	disk = (unsigned int)(name[3] - 'a');
	if (name[4] != '\0') {
		if (name[4] == '0' || !parse_number(name + 4, &parsed) || parsed > 255)
			return false;
		partition = parsed;
	}
	*number = disk < 16 && partition < 16
			  ? (unsigned int)XVD_MAJOR << 8 | disk << 4 | partition
			  : 1u << 28 | disk << 8 | partition;
	return true;
}

static bool parse_access(const char *word, struct disk *disk)
{
	disk->writable = strcmp(word, "w") == 0 || strcmp(word, "rw") == 0;
	return disk->writable || strcmp(word, "r") == 0 || strcmp(word, "ro") == 0;
}

static bool parse_target(const char *word, struct disk *disk)
{
	struct stat status;

	disk->is_file = strncmp(word, "file:", 5) == 0;
	if (disk->is_file || strncmp(word, "phy:", 4) == 0)
		word = strchr(word, ':') + 1;
	else
		disk->is_file = stat(word, &status) == 0 && S_ISREG(status.st_mode);
	snprintf(disk->target, sizeof(disk->target), "%s", word);
	return word[0] == '/';
}

bool disk_parse(const char *string, struct disk *disk, const char *where)
{
	char copy[TEXT_MAX], *rest = copy, *word[4];
	unsigned int count = 0, access;

	snprintf(copy, sizeof(copy), "%s", string);
	while (count < 4 && (word[count] = strsep(&rest, ",")) != NULL)
		count++;
	if (rest != NULL || count < 3)
		return complain("%s: disk \"%s\": it must be \"phy:DEVICE,xvdX,w\" or "
				"\"file:FILE,xvdX,w\" (r: read only)",
				where, string);
	if (count == 4 && strcmp(word[1], "raw") != 0 && word[1][0] != '\0')
		return complain("%s: disk \"%s\": format \"%s\": only raw can be done",
				where, string, word[1]);
	access = count - 1;
	if (!parse_target(word[0], disk))
		return complain("%s: disk \"%s\": \"%s\" is not a whole path (/...)",
				where, string, disk->target);
	if (!disk_number(word[access - 1], &disk->number))
		return complain(
			"%s: disk \"%s\": \"%s\" is not a name of a disk: xvda to "
			"xvdz, with or without a partition's number",
			where, string, word[access - 1]);
	snprintf(disk->name, sizeof(disk->name), "%s", word[access - 1]);
	if (!parse_access(word[access], disk))
		return complain("%s: disk \"%s\": \"%s\" is neither r nor w", where,
				string, word[access]);
	return true;
}

static int configure_loop(int loop, int file, const struct disk *disk)
{
	struct loop_config config = {
		.fd = (uint32_t)file,
		/* gone with its last user, whoever that will be */
		.info.lo_flags =
			LO_FLAGS_AUTOCLEAR | (disk->writable ? 0 : LO_FLAGS_READ_ONLY),
	};

	/* a remark for losetup, cut where it is too long */
	memcpy(config.info.lo_file_name, disk->target,
	       strnlen(disk->target, LO_NAME_SIZE - 1));
	return ioctl(loop, LOOP_CONFIGURE, &config);
}

/* An open loop device with the file behind it, its path in `path`; -1: errno. */
static int open_loop(const struct disk *disk, char path[TEXT_MAX])
{
	int mode = (disk->writable ? O_RDWR : O_RDONLY) | O_CLOEXEC;
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int file = open(disk->target, mode), loop = -1, error;

	for (int i = 0; control >= 0 && file >= 0 && loop < 0 && i < LOOP_TRIES; i++) {
		snprintf(path, TEXT_MAX, "/dev/loop%d",
			 ioctl(control, LOOP_CTL_GET_FREE));
		loop = open(path, mode);
		if (loop >= 0 && configure_loop(loop, file, disk) != 0) {
			error = errno;
			close(loop);
			loop = -1;
			errno = error;
			if (error != EBUSY)
				break;
		}
	}
	error = errno;
	if (control >= 0)
		close(control);
	if (file >= 0)
		close(file);
	errno = error;
	return loop;
}

/* Opens a block device that may still be about to appear. */
static int open_device(const char *path, int mode, unsigned int patience_ms)
{
	uint64_t end = now_ms() + patience_ms;
	int device;

	while ((device = open(path, mode)) < 0 && errno == ENOENT && now_ms() < end)
		sleep_ms(POLL_MS);
	return device;
}

/* The block device that the backend is to open; it stays open until that is done. */
static int open_target(const struct disk *disk, unsigned int patience_ms,
		       char path[TEXT_MAX], struct stat *status)
{
	int device;

	if (disk->is_file) {
		device = open_loop(disk, path);
	} else {
		snprintf(path, TEXT_MAX, "%s", disk->target);
		device = open_device(path,
				     (disk->writable ? O_RDWR : O_RDONLY) | O_CLOEXEC,
				     patience_ms);
	}
	if (device < 0) {
		complain("disk %s: %s: %s", disk->name, disk->target, strerror(errno));
		return -1;
	}
	if (fstat(device, status) != 0 || !S_ISBLK(status->st_mode)) {
		complain("disk %s: %s is not a block device (for a file: file:%s)",
			 disk->name, disk->target, disk->target);
		close(device);
		return -1;
	}
	return device;
}

static bool write_nodes(const struct device *device, const struct disk *disk,
			const char *path, dev_t number)
{
	bool done;

	do {
		store_begin();
		device_create(device);
		device_frontend(device, "virtual-device", "%u", disk->number);
		device_frontend(device, "device-type", "disk");
		device_backend(device, "params", "%s", disk->target);
		device_backend(device, "node", "%s", path);
		device_backend(device, "physical-device", "%x:%x", major(number),
			       minor(number));
		device_backend(device, "physical-device-path", "%s", path);
		device_backend(device, "hotplug-status", "connected");
		/* what xl runs when it is xl that takes the disk away */
		device_backend(device, "script", "/etc/xen/scripts/block");
		device_backend(device, "dev", "%s", disk->name);
		device_backend(device, "type", disk->is_file ? "file" : "phy");
		device_backend(device, "mode", disk->writable ? "w" : "r");
		device_backend(device, "removable", "0");
		device_backend(device, "bootable", "1");
		device_backend(device, "device-type", "disk");
		device_backend(device, "discard-enable", "1");
	} while (store_end(&done));
	return done;
}

/* blkback shows in sysfs what it has opened; nothing else says so. */
static bool wait_opened(const struct device *device)
{
	char *shown = text("/sys/bus/xen-backend/devices/vbd-%u-%u/physical_device",
			   device->domain, device->number);
	uint64_t end = now_ms() + BACKEND_TIMEOUT_MS;
	bool opened;

	while (!(opened = access(shown, F_OK) == 0) && now_ms() < end &&
	       store_state(device->backend) < STATE_CLOSING)
		sleep_ms(POLL_MS);
	free(shown);
	return opened;
}

bool disk_attach(unsigned int id, const struct disk *disk, unsigned int patience_ms)
{
	struct device device;
	struct stat status;
	char path[TEXT_MAX], *why;
	bool opened;
	int target;

	device_init(&device, id, "vbd", disk->number);
	if (store_exists("%s", device.backend))
		return complain("disk %s: domain %u has it already", disk->name, id);
	target = open_target(disk, patience_ms, path, &status);
	if (target < 0)
		return false;
	opened = write_nodes(&device, disk, path, status.st_rdev) && wait_opened(&device);
	close(target);
	if (opened)
		return true;
	why = device_error(&device);
	complain("disk %s: the backend does not open %s: %s", disk->name, disk->target,
		 why);
	free(why);
	device_remove(&device, true);
	return false;
}
