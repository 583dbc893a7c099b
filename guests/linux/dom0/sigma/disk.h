/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Disks (vbd), as in xl.cfg(5): "phy:/dev/vda,xvda,w", "file:/root/x.img,xvdb,r";
 * also "TARGET,raw,xvda,w".  The backend is Linux's xen-blkback; a file is shown to
 * it by a loop device that goes away by itself with its last user.
 */
#ifndef SIGMA_TOOL_DISK_H
#define SIGMA_TOOL_DISK_H

#include <stdbool.h>

#include "util.h"

struct disk {
	char target[TEXT_MAX]; /* block device or file of dom0's */
	char name[16];         /* what the domain calls it: xvda */
	unsigned int number;   /* the same as xenstore says it: 51712 */
	bool is_file, writable;
};

/* false: complained, with `where` in front; disk may then hold anything. */
bool disk_parse(const char *string, struct disk *disk, const char *where);

/* "xvda", "xvdb3", or the number itself. */
bool disk_number(const char *name, unsigned int *number);

/*
 * Shows the disk to domain `id`: writes the nodes of both ends and waits until the
 * backend has opened it.
 * patience_ms: how long the device may take to appear in dom0 (a card at boot).
 * @return false: complained; nothing of it is left
 */
bool disk_attach(unsigned int id, const struct disk *disk, unsigned int patience_ms);

#endif
