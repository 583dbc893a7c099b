/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The FIT and its manifest (/domains): pure functions over a blob in memory, no
 * pointer in it trusted.  docs/image-format.md describes both.
 */
#ifndef HV_IMAGE_H
#define HV_IMAGE_H

#include <hv/sha256.h>
#include <hv/types.h>
#include <public/sigma.h>

struct fit {
	const void *blob;  /* the tree */
	uint32_t size;     /* bytes of tree and external data */
	uint32_t data;     /* offset of the external data */
	const char *part;  /* after an error: what is at fault, "image linux" … */
	const char *error; /* and why */
	char part_text[48];
	char error_text[112];
};

struct fit_image {
	const char *name, *type;
	const void *data;
	uint32_t size;
};

struct manifest_domain {
	char name[16];
	const char *kernel, *initrd, *fdt; /* image names; the last two may be NULL */
	const char *bootargs;              /* may be NULL */
	const char *engine;
	const char *image_file;   /* path of the FIT in dom0's root; may be NULL */
	uint32_t memory, foreign; /* bytes */
	uint32_t vcpus, weight;
	bool privileged;
	bool all_devices;
	int devices; /* offset of property `devices` in the blob, -1: none */
	int node;    /* offset of the domain's node in the blob */
};

#define MANIFEST_DOMAINS_MAX 8
#define DEVICES_MAX          32 /* entries of one `devices` list */
#define IMAGE_FILE_SIZE      64 /* of manifest_domain.image_file, its end included */

struct manifest {
	const char *scheduler;
	uint32_t time_slice_us;
	unsigned int domain_count;
	struct manifest_domain domain[MANIFEST_DOMAINS_MAX];
};

/*
 * All: 0, or a negative Xen errno with fit->part and fit->error set.
 *
 * fit_open	whole and well-formed tree?  @blob: 8-byte aligned
 * fit_find	an image with type and data inside the blob, not compressed
 * fit_verify_all	every hash node of every image; an image without one is refused
 * manifest_parse	/domains by the rules of docs/image-format.md: each property
 *		known and in range, each image there and of the right type, at most
 *		one domain privileged
 * manifest_check_privileged	exactly one is, as the image needs it
 * manifest_check_split	the part of it that dom0's tools act on: disk, vif, vfb, on-*
 */
int fit_open(struct fit *fit, const void *blob, uint32_t size);
int fit_find(struct fit *fit, const char *name, struct fit_image *image);
int fit_verify_all(struct fit *fit);
int manifest_parse(struct fit *fit, struct manifest *manifest);
int manifest_check_privileged(struct fit *fit, const struct manifest *manifest);
int manifest_check_split(struct fit *fit, const struct manifest_domain *m);

/*
 * The same in pieces: after fit_check_begin(), fit_check_step() until it does not
 * answer 1.  A step takes as long as the CRC-32 of @piece bytes, at least 1024, or less.
 */
struct fit_check {
	uint32_t piece;
	int image, hash; /* nodes; image -1: all done; hash -1: the image's first */
	uint32_t done;   /* bytes of this hash */
	uint32_t crc;
	struct sha256 sha;
};
void fit_check_begin(const struct fit *fit, struct fit_check *check, uint32_t piece);
int fit_check_step(struct fit *fit, struct fit_check *check);

/* Set part to "<kind> <name>" (name may be NULL) and the reason; returns @code. */
int fit_fail(struct fit *fit, int code, const char *kind, const char *name,
	     const char *format, ...) __attribute__((format(printf, 5, 6)));

/*
 * ELF executables for 32-bit ARM: ET_EXEC at its physical addresses, ET_DYN
 * (position independent) anywhere, with R_ARM_RELATIVE relocations applied.
 */
#define ELF_SEGMENTS_MAX 16

struct elf_piece {
	uint32_t to;   /* offset in memory, from elf_layout.base */
	uint32_t from; /* offset in the file */
	uint32_t bytes;
};

struct elf_layout {
	uint32_t base;  /* lowest pseudo-physical address it occupies */
	uint32_t size;  /* bytes to its end, bss included */
	uint32_t entry; /* pseudo-physical */
	unsigned int count;
	struct elf_piece segment[ELF_SEGMENTS_MAX]; /* the rest of `size` is zeros */
	uint32_t relocations, relocation_count;     /* in the file */
	uint32_t linked;                            /* what `base` was linked for */
};

bool elf_is(const void *data, uint32_t size);
/* Where it goes when loaded at `where` (ET_DYN) or at its own addresses (ET_EXEC). */
int elf_measure(const void *data, uint32_t size, uint32_t where,
		struct elf_layout *layout, const char **error);
/* Apply the relocations; `to` shows layout->base, where the segments are already. */
void elf_relocate(const void *data, const struct elf_layout *layout, void *to);

#endif
