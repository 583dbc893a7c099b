/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of grants share: grant.c (map, unmap, copy, flush) and
 * grant_table.c (the tables, the rest of the operations).
 *
 * A granted page is pinned while somebody has it: counted in an entry of ours
 * beside the guest's, where the frame is kept as it was at the first pin.  What the
 * guest does to its own entry meanwhile changes nothing of that.
 */
#ifndef GRANT_PRIVATE_H
#define GRANT_PRIVATE_H

#include <hv/domain.h>
#include <hv/grant.h>
#include <hv/guest_access.h>

/* One granted page in use; as many as there are grant entries. */
struct pin {
	uint16_t readers, writers;
	uint32_t frame_user; /* machine address of the page | domain id */
};

enum mapping_kind {
	MAPPING_NONE,
	MAPPING_GRANT,
	MAPPING_FOREIGN, /* by physmap, without a grant */
};

/* What is in one frame of a foreign window. */
struct mapping {
	uint8_t kind; /* enum mapping_kind */
	bool readonly;
	uint16_t owner;
	grant_ref_t ref;
};

#define ENTRIES_PER_FRAME (PAGE_SIZE / sizeof(grant_entry_v1_t))
#define MAPPINGS_PER_PAGE (PAGE_SIZE / sizeof(struct mapping))
#define MAPPING_PAGES     64 /* windows of up to 128 MiB */
_Static_assert(sizeof(struct pin) == sizeof(grant_entry_v1_t), "a page of pins a frame");
_Static_assert(MAX_DOMAINS <= PAGE_SIZE, "domain ids fit below a page's address");

struct grant_table {
	uint32_t frame_count; /* highest adopted + 1 */
	uint32_t in_use;      /* pages of this domain that others map or copy */
	grant_entry_v1_t *shared[GRANT_FRAMES_MAX]; /* [0]: `early` until adopted */
	struct pin *pins[GRANT_FRAMES_MAX];
	uint32_t gfn[GRANT_FRAMES_MAX];
	grant_entry_v1_t early[GNTTAB_NR_RESERVED_ENTRIES];
	uint16_t mapped_from[MAX_DOMAINS]; /* pages of each that this domain maps */
	struct mapping *mappings[MAPPING_PAGES];
};
_Static_assert(sizeof(struct grant_table) <= PAGE_SIZE, "one page of heap");

extern spinlock_t grant_lock;

/* The guest's entry; NULL: its table has none there. */
grant_entry_v1_t *grant_entry_find(const struct grant_table *t, grant_ref_t ref);

/* Which frame of d's foreign window is p?  False: none. */
bool foreign_window_index(const struct domain *d, uint64_t p, uint32_t *index);

/*
 * The record of a window frame; find: NULL when there is none yet.  A privileged
 * domain gets all of its records with the first, so that nobody else's use of the
 * heap can keep it from mapping later.
 */
struct mapping *grant_mapping_find(const struct grant_table *t, uint32_t index);
struct mapping *grant_mapping_make(const struct domain *d, uint32_t index);

/* Lock held.  Record a mapping and show it; take it away again. */
void grant_mapping_set(struct domain *d, uint32_t index, struct mapping mapping,
		       maddr_t frame);
/* Returns the owner if it is dying and this was its last page in use: reap it. */
struct domain *grant_mapping_clear(struct domain *d, uint32_t index);

/* Operations of grant_table.c: a GNTST_ status, or a Xen errno. */
int16_t grant_query_size(struct gnttab_query_size *op);
int16_t grant_setup_table(const struct gnttab_setup_table *op);
long grant_set_version(const struct gnttab_set_version *op);
long grant_get_version(struct gnttab_get_version *op);

#endif
