// SPDX-License-Identifier: GPL-2.0-only
/* A domain whose RAM is loaded gets all the rest: tables, device tree, rings. */
#include <arch/memory.h>
#include <hv/board.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/domain_build.h>
#include <hv/event.h>

paddr_t domain_grant_frames(const struct domain *d)
{
	return paddr(d->reserved_base.p + d->reserved_size -
		     GRANT_FRAMES_MAX * PAGE_SIZE);
}

paddr_t domain_xenstore_page(const struct domain *d)
{
	return paddr(domain_grant_frames(d).p - PAGE_SIZE);
}

paddr_t domain_console_page(const struct domain *d)
{
	return paddr(domain_grant_frames(d).p - 2 * PAGE_SIZE);
}

paddr_t domain_relay_page(const struct domain *d)
{
	return paddr(domain_grant_frames(d).p - 3 * PAGE_SIZE);
}

static void *ram(const struct domain *d, paddr_t p)
{
	return arch_ram_pointer(maddr_add(d->machine_base, p.p - d->ram_base.p));
}

static void flush(const struct domain *d, paddr_t p, uint32_t bytes)
{
	arch_cache_flush(maddr_add(d->machine_base, p.p - d->ram_base.p), bytes);
}

/* From here on the RAM is the domain's to give back. */
static void hand_over(struct domain *d, struct domain_plan *p)
{
	d->ram_base = board_ram_base();
	d->ram_size = p->m->memory;
	d->machine_base = p->machine_base;
	p->machine_base = maddr(0);
	d->foreign_base = paddr_add(d->ram_base, d->ram_size);
	d->foreign_size = p->m->foreign;
	d->reserved_size = p->reserved_size;
	d->reserved_base = paddr_add(d->ram_base, d->ram_size - d->reserved_size);
	d->entry = paddr(p->load.entry);
	d->dtb = paddr_add(d->ram_base, p->dtb_offset);
	d->weight = p->m->weight;
	if (p->initrd_size != 0) {
		d->initrd = paddr_add(d->ram_base, p->initrd_offset);
		d->initrd_size = p->initrd_size;
	}
}

static int out_of_memory(const struct domain_plan *p, const char *what)
{
	return fit_fail(p->fit, -XEN_ENOMEM, "domain", p->m->name,
			"the hypervisor has no memory left for %s", what);
}

int domain_assemble(struct domain_plan *p, struct domain **made)
{
	struct domain *d = domain_create(p->m->name, p->m->vcpus, p->m->privileged);

	*made = d;
	if (d == NULL)
		return out_of_memory(p, "it");
	hand_over(d, p);
	memset(ram(d, domain_relay_page(d)), 0, DOMAIN_OWN_PAGES * PAGE_SIZE);
	return arch_domain_build(d) == 0 ? 0 : out_of_memory(p, "its tables");
}

static int load_tree(struct domain *d, const struct domain_plan *p)
{
	const char *error;
	int size = domain_tree_build(d, p->m, p->fit, p->base, ram(d, d->dtb),
				     DOMAIN_TREE_SIZE, &error);

	if (size < 0)
		return fit_fail(p->fit, size, "domain", p->m->name, "%s", error);
	d->dtb_size = (uint32_t)size;
	flush(d, d->dtb, d->dtb_size);
	return 0;
}

/* What arch_domain_build() could not know yet. */
static void complete_descriptor(const struct domain *d)
{
	d->descriptor->dtb = d->dtb.p;
	d->descriptor->dtb_size = d->dtb_size;
	d->descriptor->initrd = d->initrd.p;
	d->descriptor->initrd_size = d->initrd_size;
}

/*
 * A domU's console and xenstore rings, granted to dom0's daemons in advance.  Until
 * xenstored has introduced the domain, the ring says that it is reconnecting.
 */
static int connect_rings(struct domain *d)
{
	paddr_t relay = domain_relay_page(d), xenstore = domain_xenstore_page(d);
	struct xenstore_domain_interface *ring = ram(d, xenstore);
	int port, result;

	result = console_setup_ring(d, domain_console_page(d));
	if (result == 0)
		result = console_setup_relay(d, relay);
	if (result != 0)
		return result;
	port = event_bind_hypervisor(d, 0, NULL);
	if (port < 0)
		return port;
	ring->connection = XENSTORE_RECONNECT;
	flush(d, xenstore, PAGE_SIZE);
	d->hvm_params[HVM_PARAM_STORE_PFN] = xenstore.p >> PAGE_SHIFT;
	d->hvm_params[HVM_PARAM_STORE_EVTCHN] = (uint64_t)port;
	grant_preset(d, GNTTAB_RESERVED_CONSOLE, relay, 0);
	grant_preset(d, GNTTAB_RESERVED_XENSTORE, xenstore, 0);
	return 0;
}

int domain_describe(struct domain *d, const struct domain_plan *p)
{
	int result = load_tree(d, p);

	if (result != 0)
		return result;
	complete_descriptor(d);
	if (!d->privileged && connect_rings(d) != 0)
		return out_of_memory(p, "its rings");
	return 0;
}
