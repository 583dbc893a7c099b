// SPDX-License-Identifier: GPL-2.0-only
#include <hv/guest_access.h>
#include <arch/memory.h>
#include <hv/domain.h>
#include <hv/xen.h>

int copy_from_guest(void *to, vaddr_t from, uint32_t bytes)
{
	if (!arch_guest_range_ok(from, bytes, false))
		return -XEN_EFAULT;
	memcpy(to, arch_guest_pointer(from), bytes);
	return 0;
}

int copy_from_guest_for_update(void *to, vaddr_t from, uint32_t bytes)
{
	if (!arch_guest_range_ok(from, bytes, true))
		return -XEN_EFAULT;
	memcpy(to, arch_guest_pointer(from), bytes);
	return 0;
}

int copy_to_guest(vaddr_t to, const void *from, uint32_t bytes)
{
	if (!arch_guest_range_ok(to, bytes, true))
		return -XEN_EFAULT;
	memcpy(arch_guest_pointer(to), from, bytes);
	return 0;
}

int read_guest_word(uint32_t *to, vaddr_t from)
{
	/* the guest may have alignment checking on: no unaligned word access */
	if (unlikely(from.v % sizeof(*to)))
		return copy_from_guest(to, from, sizeof(*to));
	if (!arch_guest_word_ok(from))
		return -XEN_EFAULT;
	*to = READ_ONCE(*(uint32_t *)arch_guest_pointer(from));
	return 0;
}

bool domain_frame_to_machine(const struct domain *d, uint64_t gfn, maddr_t *m)
{
	paddr_t p = paddr((uint32_t)gfn << PAGE_SHIFT);

	if (gfn >> (32 - PAGE_SHIFT))
		return false;
	if (range_in(p.p, PAGE_SIZE, d->ram_base.p, SIGMA_TABLE_SIZE))
		return false;
	return domain_ram_to_machine(d, p, PAGE_SIZE, m);
}
