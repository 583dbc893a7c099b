// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains made at run time, by the code that makes the image's domains at boot.
 *
 * The FIT lies in slots of its own, which dom0 writes through the hypervisor and no
 * other way, and no more after the first step: what has been checked stays so.  A
 * step runs on sigma, where all RAM is visible, and takes a bounded piece of the work.
 */
#include <arch/memory.h>
#include <hv/domain.h>
#include <hv/domain_build.h>
#include <hv/frames.h>
#include <hv/guest_access.h>
#include <hv/hypercall.h>
#include <hv/printk.h>
#include <libfdt.h>
#include <public/manage.h>

/* Of one step: about a million instructions each. */
#define CHECK_PIECE 0x40000
#define LOAD_PIECE  0x100000

#define TREE_MAX 0x10000 /* of the FIT, without the images' data */

enum build_stage {
	STAGE_WRITE, /* the FIT is not complete */
	STAGE_CHECK, /* its hashes */
	STAGE_PLAN,
	STAGE_LOAD,
	STAGE_DOMAIN,
};

struct build {
	maddr_t staging;
	uint32_t size, written;
	enum build_stage stage;
	struct fit fit;
	struct fit_check check;
	struct manifest manifest;
	struct domain_plan plan;
	struct domain *domain;
};

#define BUILD_PAGES ((sizeof(struct build) + PAGE_SIZE - 1) / PAGE_SIZE)

static struct build *build; /* the one under way; dom0's hypercalls only */

static void give_back(void)
{
	plan_drop(&build->plan);
	slots_free(build->staging, build->size);
	heap_free(build, BUILD_PAGES);
	build = NULL;
}

static long build_begin(vaddr_t arg)
{
	struct sigma_build_begin op;
	maddr_t staging;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	if (build)
		return -XEN_EBUSY;
	if (op.size == 0)
		return -XEN_EINVAL;
	staging = slots_alloc(op.size, maddr(0), false);
	if (staging.m == 0)
		return -XEN_ENOMEM;
	build = heap_alloc(BUILD_PAGES);
	if (!build) {
		slots_free(staging, op.size);
		return -XEN_ENOMEM;
	}
	build->staging = staging;
	build->size = op.size;
	return 0;
}

/* The guest's memory and the FIT are not visible at once: page by page. */
static void copy_in(uint32_t offset, vaddr_t from, uint32_t bytes)
{
	uint32_t chunk;

	for (; bytes != 0; bytes -= chunk) {
		maddr_t to = maddr_add(build->staging, offset);

		chunk = PAGE_SIZE - (offset & PAGE_MASK);
		if (chunk > bytes)
			chunk = bytes;
		/* checked as a whole before; with one core nothing has changed since */
		copy_from_guest(arch_map_frame(to, 0), from, chunk);
		offset += chunk;
		from = vaddr_add(from, chunk);
	}
}

static long build_write(vaddr_t arg)
{
	struct sigma_build_write op;
	vaddr_t from;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	if (!build)
		return -XEN_EINVAL;
	if (build->stage != STAGE_WRITE)
		return -XEN_EBUSY;
	if (op.bytes > SIGMA_BUILD_WRITE_MAX)
		return -XEN_E2BIG;
	if (op.offset > build->written || !range_in(op.offset, op.bytes, 0, build->size))
		return -XEN_EINVAL;
	if (!handle_to_vaddr(op.buffer, &from) ||
	    !arch_guest_range_ok(from, op.bytes, false))
		return -XEN_EFAULT;
	copy_in(op.offset, from, op.bytes);
	if (op.offset + op.bytes > build->written)
		build->written = op.offset + op.bytes;
	return 0;
}

/* ---- the steps: 1: there is more to do; below 0: fit.part and fit.error say why ---- */

static int refuse(const char *kind, const char *reason)
{
	return fit_fail(&build->fit, -XEN_EINVAL, kind, NULL, "%s", reason);
}

static int step_open(void)
{
	const void *blob = arch_ram_pointer(build->staging);
	int result;

	if (build->written != build->size)
		return refuse("FIT", "is truncated: not all of it has been written");
	if (build->size >= sizeof(struct fdt_header) && fdt_magic(blob) == FDT_MAGIC &&
	    fdt_totalsize(blob) > TREE_MAX)
		return refuse("FIT", "has a tree of more than 64 KiB: the images' data "
				     "must be external (mkimage -E)");
	result = fit_open(&build->fit, blob, build->size);
	if (result)
		return result;
	fit_check_begin(&build->fit, &build->check, CHECK_PIECE);
	build->stage = STAGE_CHECK;
	return 1;
}

static int step_check(void)
{
	int result = fit_check_step(&build->fit, &build->check);

	if (result == 0)
		build->stage = STAGE_PLAN;
	return result < 0 ? result : 1;
}

/* What only a domain that is made at run time must not be. */
static int check_domain(const struct manifest_domain *m)
{
	const char *reason = NULL;
	unsigned int count = 0;
	struct domain *d;

	domain_for_each(d) {
		count++;
		if (strcmp(d->name, m->name) == 0)
			reason = "exists already: another one needs another name";
	}
	if (count == MAX_DOMAINS)
		reason = "is one too many: every domain id is in use";
	if (m->devices >= 0)
		reason = "has \"devices\": those are given away at boot only, by the "
			 "image's manifest";
	if (m->privileged)
		reason = "is \"privileged\": there is a dom0 already";
	if (!reason)
		return 0;
	return fit_fail(&build->fit, -XEN_EINVAL, "domain", m->name, "%s", reason);
}

static int step_plan(void)
{
	struct manifest_domain *m = build->manifest.domain;
	int result = manifest_parse(&build->fit, &build->manifest);

	if (result == 0 && build->manifest.domain_count != 1)
		result = refuse("manifest", "must describe exactly one domain");
	if (result == 0)
		result = check_domain(m);
	if (result == 0)
		result = plan_make(&build->plan, &build->fit, m);
	if (result == 0)
		result = plan_place(&build->plan, true);
	build->stage = STAGE_LOAD;
	return result < 0 ? result : 1;
}

static int step_load(void)
{
	if (!plan_load(&build->plan, LOAD_PIECE))
		build->stage = STAGE_DOMAIN;
	return 1;
}

static int step_domain(void)
{
	int result = domain_assemble(&build->plan, &build->domain);

	if (result == 0)
		result = domain_describe(build->domain, &build->plan);
	return result;
}

static int take_step(void)
{
	switch (build->stage) {
	case STAGE_WRITE:
		return step_open();
	case STAGE_CHECK:
		return step_check();
	case STAGE_PLAN:
		return step_plan();
	case STAGE_LOAD:
		return step_load();
	default:
		return step_domain();
	}
}

/* The domain is there, or will not be: the answer to the caller. */
static void finish(int result, struct sigma_build_step *op)
{
	struct domain *d = build->domain;

	if (result == 0) {
		op->domid = d->id;
		domain_start(d);
		domain_pause(d); /* before it has run: the caller has the processor */
	} else {
		hv_snprintf(op->error, sizeof(op->error), "%s: %s", build->fit.part,
			    build->fit.error);
		if (d)
			domain_destroy(d);
	}
	give_back();
}

static long build_step(vaddr_t arg)
{
	struct sigma_build_step op;
	int result;

	if (copy_from_guest_for_update(&op, arg, sizeof(op)))
		return -XEN_EFAULT;
	if (!build)
		return -XEN_EINVAL;
	memset(&op, 0, sizeof(op));
	arch_sigma_enter();
	result = take_step();
	arch_sigma_leave();
	if (result <= 0)
		finish(result, &op);
	if (copy_to_guest(arg, &op, sizeof(op)))
		return -XEN_EFAULT;
	return result;
}

long do_sigma_build(uint32_t cmd, uint32_t arg, uint32_t a2, uint32_t a3, uint32_t a4)
{
	(void)a2, (void)a3, (void)a4;
	if (cmd > SIGMA_BUILD_ABORT)
		return -XEN_ENOSYS;
	if (!current_domain()->privileged)
		return -XEN_EPERM;
	switch (cmd) {
	case SIGMA_BUILD_BEGIN:
		return build_begin(vaddr(arg));
	case SIGMA_BUILD_WRITE:
		return build_write(vaddr(arg));
	case SIGMA_BUILD_STEP:
		return build_step(vaddr(arg));
	default:
		if (!build)
			return -XEN_EINVAL;
		give_back();
		return 0;
	}
}
