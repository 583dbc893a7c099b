/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A good FIT in memory, for tests to spoil: `tree` is open for libfdt's read-write
 * functions, `data` is the external data as mkimage -E lays it out.
 */
#ifndef TESTS_FIT_MAKER_H
#define TESTS_FIT_MAKER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <hv/crc32.h>
#include <hv/sha256.h>
#include <libfdt.h>

struct fit_maker {
	uint64_t tree[4096]; /* 8-byte aligned */
	uint8_t *data;
	uint32_t data_size;
};

static inline int fit_node(struct fit_maker *f, const char *path)
{
	int node = fdt_path_offset(f->tree, path);

	if (node < 0)
		abort();
	return node;
}

static inline void fit_ok(int result)
{
	if (result < 0)
		abort();
}

static inline void fit_string(struct fit_maker *f, const char *path, const char *name,
			      const char *text)
{
	fit_ok(fdt_setprop_string(f->tree, fit_node(f, path), name, text));
}

static inline void fit_cell(struct fit_maker *f, const char *path, const char *name,
			    uint32_t value)
{
	fit_ok(fdt_setprop_u32(f->tree, fit_node(f, path), name, value));
}

static inline void fit_value(struct fit_maker *f, const char *path, const char *name,
			     const void *value, int bytes)
{
	fit_ok(fdt_setprop(f->tree, fit_node(f, path), name, value, bytes));
}

static inline void fit_remove(struct fit_maker *f, const char *path, const char *name)
{
	fit_ok(fdt_delprop(f->tree, fit_node(f, path), name));
}

static inline void fit_add_node(struct fit_maker *f, const char *parent, const char *name)
{
	fit_ok(fdt_add_subnode(f->tree, fit_node(f, parent), name));
}

static inline void fit_add_image(struct fit_maker *f, const char *name, const char *type,
				 const void *data, uint32_t size)
{
	uint32_t offset = (f->data_size + 3) & ~3u;
	char path[64], hash[80];
	uint8_t digest[32];

	f->data = realloc(f->data, offset + size);
	memset(f->data + f->data_size, 0, offset - f->data_size);
	memcpy(f->data + offset, data, size);
	f->data_size = offset + size;
	strcat(strcpy(path, "/images/"), name);
	fit_add_node(f, "/images", name);
	fit_string(f, path, "description", "a part");
	fit_string(f, path, "type", type);
	fit_string(f, path, "compression", "none");
	fit_cell(f, path, "data-offset", offset);
	fit_cell(f, path, "data-size", size);
	/* libfdt puts a new node before its siblings */
	fit_add_node(f, path, "hash-2");
	strcat(strcpy(hash, path), "/hash-2");
	sha256(data, size, digest);
	fit_string(f, hash, "algo", "sha256");
	fit_value(f, hash, "value", digest, sizeof(digest));
	fit_add_node(f, path, "hash-1");
	strcat(strcpy(hash, path), "/hash-1");
	fit_string(f, hash, "algo", "crc32");
	fit_cell(f, hash, "value", crc32(0, data, size));
}

static inline void fit_add_domain(struct fit_maker *f, const char *name,
				  const char *kernel, uint32_t memory)
{
	char path[64];

	strcat(strcpy(path, "/domains/"), name);
	fit_add_node(f, "/domains", name);
	fit_string(f, path, "kernel", kernel);
	fit_cell(f, path, "memory", memory);
	fit_string(f, path, "engine", "trampoline");
}

/* Images and an empty manifest; domains are the test's. */
static inline void fit_begin(struct fit_maker *f)
{
	memset(f, 0, sizeof(*f));
	fit_ok(fdt_create_empty_tree(f->tree, sizeof(f->tree)));
	fit_add_node(f, "/", "domains");
	fit_string(f, "/domains", "compatible", "sigma,domains-1");
	fit_add_node(f, "/", "images");
}

/* The blob as it would be loaded, in memory of exactly its size. */
static inline void *fit_end(struct fit_maker *f, uint32_t *size)
{
	uint32_t tree;
	char *blob;

	fit_ok(fdt_pack(f->tree));
	tree = (fdt_totalsize(f->tree) + 3) & ~3u;
	*size = tree + f->data_size;
	blob = malloc(*size);
	memset(blob, 0, tree);
	memcpy(blob, f->tree, fdt_totalsize(f->tree));
	if (f->data_size != 0)
		memcpy(blob + tree, f->data, f->data_size);
	free(f->data);
	f->data = NULL;
	return blob;
}

#endif
