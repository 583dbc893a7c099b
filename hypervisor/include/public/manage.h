/* SPDX-License-Identifier: MIT */
/*
 * Domains made at run time: hypercall 54, sigma_build, and where a domain's second
 * console ring is.  For dom0's tools; a guest needs sigma.h only.
 *
 * A domain is built from a FIT of the format that the image itself has
 * (docs/image-format.md), with exactly one domain in /domains and that one not
 * privileged, by the code that builds the image's domains at boot.  One build is
 * under way at a time, in this order:
 *
 *	SIGMA_BUILD_BEGIN	once: memory for the FIT
 *	SIGMA_BUILD_WRITE	until all of it is there, from the first byte to the last
 *	SIGMA_BUILD_STEP	as long as it answers 1
 *
 *	long sigma_build(cmd, struct of the command, NULL for SIGMA_BUILD_ABORT)
 *
 * The answer is 0 or more, or a negative Xen errno.  A process of dom0 calls it
 * through privcmd (xencall2 of libxencall, whose buffers do for the structures).
 */
#ifndef SIGMA_PUBLIC_MANAGE_H
#define SIGMA_PUBLIC_MANAGE_H

#define SIGMA_BUILD_CALL 54 /* number of the hypercall */

#define SIGMA_BUILD_BEGIN 0
#define SIGMA_BUILD_WRITE 1
#define SIGMA_BUILD_STEP  2
#define SIGMA_BUILD_ABORT 3

#define SIGMA_BUILD_WRITE_MAX  0x10000 /* bytes of one SIGMA_BUILD_WRITE */
#define SIGMA_BUILD_ERROR_SIZE 120

/*
 * HVM parameters (HVMOP_get_param) of a domU beside Xen's: its console's second
 * ring, which belongs to dom0's xenconsoled.  The page is preset as grant reference
 * 0 (GNTTAB_RESERVED_CONSOLE).  xenstore's console/ring-ref and console/port are
 * these two.
 */
#define SIGMA_HVM_PARAM_RELAY_PFN    40
#define SIGMA_HVM_PARAM_RELAY_EVTCHN 41

#ifndef __ASSEMBLER__
#include <stdint.h>

/*
 * SIGMA_BUILD_BEGIN: set memory aside for a FIT of `size` bytes.
 * EBUSY: a build is under way (SIGMA_BUILD_ABORT ends one that a process has left
 * behind); ENOMEM: no such free run of RAM; EINVAL: no size.
 */
struct sigma_build_begin {
	uint32_t size;
};

/*
 * SIGMA_BUILD_WRITE: copy `bytes` (at most SIGMA_BUILD_WRITE_MAX) from the virtual
 * address `buffer` to `offset` in the FIT.  It leaves no gap: `offset` is at most
 * what has been written; what is there may be written again.
 * EINVAL: no build, a gap, or outside of the FIT; E2BIG: too much at a time; EBUSY:
 * the first SIGMA_BUILD_STEP has been, the FIT is fixed now.
 */
struct sigma_build_write {
	uint32_t offset;
	uint32_t bytes;
	uint64_t buffer;
};

/*
 * SIGMA_BUILD_STEP: a bounded piece of the work.
 *
 * 1: call again.  0: done, the domain is there and `domid` says which; it is paused
 * once, XEN_DOMCTL_unpausedomain starts it.  Below 0: it cannot be built, `error`
 * names the part and the reason, everything has been given back.  EINVAL without a
 * text: no build is under way.  EFAULT: the structure cannot be written; nothing
 * was done.
 */
struct sigma_build_step {
	uint32_t domid;
	uint32_t reserved;
	char error[SIGMA_BUILD_ERROR_SIZE];
};

/* SIGMA_BUILD_ABORT: give everything back.  EINVAL: no build is under way. */

#endif /* !__ASSEMBLER__ */
#endif /* SIGMA_PUBLIC_MANAGE_H */
