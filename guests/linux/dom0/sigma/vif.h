/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network interfaces (vif), as in xl.cfg(5): "bridge=xenbr0,mac=00:16:3e:00:00:01".
 * The backend is Linux's xen-netback; its end, vifN.M, becomes a port of the bridge.
 */
#ifndef SIGMA_TOOL_VIF_H
#define SIGMA_TOOL_VIF_H

#include <stdbool.h>

#include "util.h"

struct vif {
	char bridge[16];
	char mac[18]; /* "": made from the domain's name and the interface's number */
};

bool vif_parse(const char *string, struct vif *vif, const char *where);

/*
 * Gives domain `id`, called `name`, interface `number`, and plugs it into the
 * bridge.
 * @return false: complained; nothing of it is left
 */
bool vif_attach(unsigned int id, const char *name, unsigned int number,
		const struct vif *vif);

#endif
