// SPDX-License-Identifier: GPL-2.0-only
/*
 * The domains of the image: everything is checked and placed first, only then is
 * anything created, so that an image with a fault in it starts no domain at all.
 */
#include <hv/domain.h>
#include <hv/domain_build.h>
#include <hv/frames.h>
#include <hv/printk.h>

struct boot_build {
	struct fit *fit;
	const void *board;
	struct domain_plan *plans;
	unsigned int count;
};

static __init void check(const struct boot_build *b, int result)
{
	if (result != 0)
		boot_fail(b->fit->part, "%s", b->fit->error);
}

static __init void check_budget(const struct manifest *manifest)
{
	uint32_t needed = 0;

	for (unsigned int i = 0; i < manifest->domain_count; i++)
		needed += manifest->domain[i].memory >> SLOT_SHIFT;
	if (needed > slots_available() >> SLOT_SHIFT)
		boot_fail("manifest", "the domains need %u MiB of RAM, %u MiB are free",
			  needed, slots_available() >> SLOT_SHIFT);
}

/*
 * The privileged domain first, at the address that it calls its own, so that its
 * devices can do DMA; then the others by size, the largest first, so that the order
 * in the manifest decides nothing.
 */
static __init struct domain_plan *next_to_place(const struct boot_build *b)
{
	struct domain_plan *best = NULL;

	for (struct domain_plan *p = b->plans; p < b->plans + b->count; p++) {
		if (p->machine_base.m != 0)
			continue;
		if (best == NULL || (p->m->privileged && !best->m->privileged) ||
		    (p->m->privileged == best->m->privileged &&
		     p->m->memory > best->m->memory))
			best = p;
	}
	return best;
}

static __init void report(const struct domain *d)
{
	printk("      domain %u %s: %u MiB at %08x (%s), %u vCPU%s, kernel at %08x\n",
	       d->id, d->name, d->ram_size >> SLOT_SHIFT, d->machine_base.m,
	       d->machine_base.m == d->ram_base.p ? "direct" : "relocated", d->vcpu_count,
	       d->vcpu_count == 1 ? "" : "s", d->entry.p);
}

static __init void build_one(const struct boot_build *b, struct domain_plan *p)
{
	struct domain *d;
	const char *error;

	while (plan_load(p, UINT32_MAX))
		;
	check(b, domain_assemble(p, &d));
	if (domain_devices_assign(d, p->m, b->fit, b->board, &error) != 0)
		check(b, fit_fail(b->fit, -XEN_EINVAL, "domain", d->name, "%s", error));
	check(b, domain_describe(d, p));
	plan_drop(p);
	report(d);
}

static __init void build_all(const struct boot_build *b, bool privileged)
{
	for (struct domain_plan *p = b->plans; p < b->plans + b->count; p++)
		if (p->m->privileged == privileged)
			build_one(b, p);
}

__init void domains_build(struct fit *fit, const struct manifest *manifest,
			  const void *board)
{
	const unsigned int pages =
		(sizeof(struct domain_plan) * MANIFEST_DOMAINS_MAX + PAGE_MASK) >>
		PAGE_SHIFT;
	struct boot_build b = {fit, board, heap_alloc(pages), manifest->domain_count};
	struct domain_plan *p;

	if (b.plans == NULL)
		boot_fail("manifest", "the hypervisor has no memory left for it");
	check_budget(manifest);
	for (unsigned int i = 0; i < b.count; i++)
		check(&b, plan_make(&b.plans[i], fit, &manifest->domain[i]));
	check(&b, domain_devices_check(fit, manifest, board));
	while ((p = next_to_place(&b)) != NULL)
		check(&b, plan_place(p, false));
	build_all(&b, true);
	build_all(&b, false);
	heap_free(b.plans, pages);
}
