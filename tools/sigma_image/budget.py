# SPDX-License-Identifier: GPL-2.0-only
"""Where everything goes in RAM: the placing of hypervisor/domain_plan.c, done on paper."""

from . import container
from .errors import ImageError

MIB = 1 << 20
PAGE = 4096
KERNEL_OFFSET = 0x8000        # of a raw Image, in the domain's RAM
KERNEL_FLOOR = 0x4000         # below it lies sigma'
TREE_SIZE = 0x10000           # a domain's device tree
LOAD_LIMIT = 0x10000000       # initrd and tree lie within
OWN_PAGES = 35                # grant frames, rings: see domain_reserved_size()
WINDOW_BASE = 0xFF000000      # the hypervisor's window in every address space
DTB_ROOM = 0x4000


def align(number, to):
    return container.align(number, to)


def domain_room(memory, foreign, initrd):
    """Bytes from the base of a domain's RAM that its kernel may take."""
    reserved = PAGE + align(foreign // PAGE * 4, PAGE) + align(foreign // MIB * 1024, PAGE) \
        + OWN_PAGES * PAGE
    top = min((memory - reserved) // PAGE * PAGE, LOAD_LIMIT)
    return (top - align(initrd, PAGE) - TREE_SIZE) // TREE_SIZE * TREE_SIZE


def archive_size(path, size):
    """Bytes of the archive that `image-file` puts in front of the initrd: archive.c."""
    steps = path.split("/")
    names = ["/".join(steps[:count + 1]) for count in range(len(steps))] + ["TRAILER!!!"]
    return align(size, 4) + sum(align(110 + len(name) + 1, 4) for name in names)


def reservations(tree):
    """(base, size, name) of what the board's tree keeps out of use."""
    found = [(base, size, "a /memreserve/") for base, size in tree.reservations]
    node = tree.find("/reserved-memory")
    if node is None:
        return found
    cells, size_cells = node.cell("#address-cells", 2), node.cell("#size-cells", 1)
    for child in node.children:
        reg = child.cells("reg")
        while len(reg) >= cells + size_cells:
            found.append((reg[cells - 1], reg[cells + size_cells - 1], child.path))
            reg = reg[cells + size_cells:]
    return found


class Slots:
    """RAM in pieces of a MiB."""

    def __init__(self, banks, reserved):
        self.free = set()
        for base, size in banks:
            self.free.update(range(align(base, MIB) // MIB, (base + size) // MIB))
        for base, size, _ in reserved:
            self.free.difference_update(range(base // MIB, align(base + size, MIB) // MIB))

    def take(self, size, wanted=None):
        """A run of slots: at `wanted` if it is free there, else the highest.  None: no run."""
        count = align(size, MIB) // MIB
        if wanted is not None and self.free.issuperset(range(wanted, wanted + count)):
            first = wanted
        else:
            first = self.highest(count)
        if first is not None:
            self.free.difference_update(range(first, first + count))
        return first

    def highest(self, count):
        length = 0
        for slot in range(max(self.free, default=0), 0, -1):
            length = length + 1 if slot in self.free else 0
            if length == count:
                return slot
        return None

    def longest(self):
        best = length = 0
        for slot in sorted(self.free):
            length = length + 1 if slot - 1 in self.free else 1
            best = max(best, length)
        return best


def fit_size(fit):
    """Bytes of the packed FIT; images of a manifest are page aligned by pack."""
    if any("data-size" in image.node.props for image in fit.images.values()):
        return len(fit.blob)
    return sum(align(len(image.data), PAGE) for image in fit.images.values()) + 2 * PAGE


def banks_of(tree, ram):
    """The board's RAM, cut to `ram` bytes if that is given."""
    banks, left = [], ram
    for base, size in container.memory_banks(tree):
        if left is not None:
            size, left = min(size, left), left - min(size, left)
        if size:
            banks.append((base, size))
    return banks


def check(fit, tree, domains, ram):
    """(errors, warnings): does everything find a place?"""
    errors, warnings = [], []
    banks, reserved = banks_of(tree, ram), reservations(tree)
    total = sum(size for _, size in banks) // MIB
    slots = Slots(banks, reserved)
    payload = fit_size(fit) + tree.size + DTB_ROOM
    lowest = banks[0][0]
    if slots.take(MIB) is None or slots.take(payload) is None:
        return [ImageError("memory", f"{total} MiB of RAM are too little for the hypervisor and "
                                     f"the FIT of {payload // MIB + 1} MiB")], warnings
    needed = sum(domain.memory for domain in domains) // MIB
    if needed > len(slots.free):
        spent = total - len(slots.free)
        return [ImageError("memory", f"the domains need {needed} MiB, but of {total} MiB of RAM "
                                     f"only {len(slots.free)} are free ({spent} MiB are the "
                                     "hypervisor's, the FIT's while it boots, or reserved)")], \
            warnings
    for domain in sorted(domains, key=lambda d: (not d.privileged, -d.memory)):
        part = f"domain {domain.name}"
        wanted = lowest // MIB if domain.privileged else None
        first = slots.take(domain.memory, wanted)
        if first is None:
            errors.append(ImageError(part, f"no free run of {domain.memory // MIB} MiB is left, "
                                           f"the longest has {slots.longest()} MiB"))
        elif wanted not in (None, first):
            warnings.append(_moved(domain, lowest, reserved))
        if lowest + domain.memory + domain.foreign > WINDOW_BASE:
            errors.append(ImageError(part, "memory and foreign window reach into the hypervisor's "
                                           f"window at 0x{WINDOW_BASE:08x}"))
    return errors, warnings


def _moved(domain, lowest, reserved):
    end = lowest + domain.memory
    names = [name for base, size, name in reserved if base < end and lowest < base + size]
    return ImageError(f"domain {domain.name}",
                      f"its RAM 0x{lowest:08x} to 0x{end - 1:08x} overlaps {', '.join(names)}: it "
                      "will lie elsewhere, and a device can do DMA only if its driver goes by "
                      "dma-ranges")
