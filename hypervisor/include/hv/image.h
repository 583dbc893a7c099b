/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The FIT and its manifest (/domains): pure functions over a blob in memory, no
 * pointer in it trusted.  docs/image-format.md describes both.
 */
#ifndef HV_IMAGE_H
#define HV_IMAGE_H

#include <hv/types.h>
#include <public/sigma.h>

struct fit {
	const void *blob;  /* the tree */
	uint32_t size;     /* bytes of tree and external data */
	uint32_t data;     /* offset of the external data */
	const char *part;  /* after an error: what is at fault, "image linux" … */
	const char *error; /* and why */
	char part_text[48];
	char error_text[96];
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
 * fit_verify	every hash node of one image; an image without one is refused
 * manifest_parse	/domains by the rules of docs/image-format.md: each property
 *		known and in range, each image there and of the right type, exactly
 *		one domain privileged
 * manifest_check_split	the part of it that dom0's tools act on: disk, vif, vfb, on-*
 */
int fit_open(struct fit *fit, const void *blob, uint32_t size);
int fit_find(struct fit *fit, const char *name, struct fit_image *image);
int fit_verify(struct fit *fit, const char *name);
int fit_verify_all(struct fit *fit);
int manifest_parse(struct fit *fit, struct manifest *manifest);
int manifest_check_split(struct fit *fit, const struct manifest_domain *m);

/* Set part to "<kind> <name>" (name may be NULL) and the reason; returns @code. */
int fit_fail(struct fit *fit, int code, const char *kind, const char *name,
	     const char *format, ...) __attribute__((format(printf, 5, 6)));

/*
 * ELF executables for 32-bit ARM: ET_EXEC at its physical addresses, ET_DYN
 * (position independent) anywhere, with R_ARM_RELATIVE relocations applied.
 */
struct elf_layout {
	uint32_t base;  /* lowest pseudo-physical address it occupies */
	uint32_t size;  /* bytes to its end, bss included */
	uint32_t entry; /* pseudo-physical */
};
bool elf_is(const void *data, uint32_t size);
/* Where it goes when loaded at `where` (ET_DYN) or at its own addresses (ET_EXEC). */
int elf_measure(const void *data, uint32_t size, uint32_t where,
		struct elf_layout *layout, const char **error);
/* Copy segments, clear bss, relocate; `to` shows layout->base. */
int elf_load(const void *data, uint32_t size, const struct elf_layout *layout, void *to,
	     const char **error);

#endif
