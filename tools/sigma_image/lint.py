# SPDX-License-Identifier: GPL-2.0-only
"""Checks of a manifest before it is booted.

What can be known on the host is said here, about all of the manifest at once; the
hypervisor checks again when it boots, and stops at the first error.  Limits and layout
are those of hypervisor/manifest.c and hypervisor/domain_plan.c.
"""

import re
from dataclasses import dataclass, field

from . import budget, container, devices, elf, fdt, split
from .errors import ImageError

MIB = 1 << 20
ENGINES = ("trampoline",)
ENGINES_LATER = ("swi", "smc", "hvc")
SCHEDULERS = ("fair",)
HASHES = ("crc32", "sha256")
SLICE_US = (1000, 30000)
DOMAINS_MAX = 8
NAME_MAX = 15
MANIFEST_PROPERTIES = ("compatible", "scheduler", "time-slice-us", "#address-cells",
                       "#size-cells", "phandle")
DOMAIN_PROPERTIES = ("kernel", "initrd", "fdt", "memory", "vcpus", "weight", "engine", "devices",
                     "bootargs", "foreign", "privileged", "image-file", *split.PROPERTIES,
                     "phandle")
IMAGE_OF = {"kernel": "kernel", "initrd": "ramdisk", "fdt": "flat_dt"}
HYPERVISOR_MAX = MIB

# name: (smallest, largest, multiple of, default; None = required), and how to say it
NUMBERS = {
    "memory": (MIB, 0x80000000, MIB, None),
    "foreign": (MIB, 0x10000000, MIB, 16 * MIB),
    "vcpus": (1, 4, 1, 1),
    "weight": (1, 65535, 1, 256),
}


@dataclass
class Domain:
    """What the checks need to know of a domain of the manifest."""
    node: object
    name: str
    memory: int = 0
    foreign: int = 0
    privileged: bool = False
    devices: list = field(default_factory=list)


class Lint:
    """The errors and warnings of one manifest."""

    def __init__(self, fit, ram):
        self.fit = fit
        self.ram = ram
        self.errors = []
        self.warnings = []
        self.board = None
        self.domains = []

    def error(self, part, reason):
        self.errors.append(ImageError(part, reason))

    def warn(self, part, reason):
        self.warnings.append(ImageError(part, reason))

    def attempt(self, function, *arguments):
        """Call; an ImageError becomes one of the errors.  True if there was none."""
        try:
            function(*arguments)
            return True
        except ImageError as error:
            self.errors.append(error)
            return False

    # ---- images ----

    def check_images(self):
        for image in self.fit.images.values():
            self.attempt(self.check_image, image)
        for name, kind in (("hypervisor", "firmware"), ("board", "flat_dt")):
            image = self.fit.images.get(name)
            if image is None:
                self.error("manifest", f"the image `{name}` is missing")
            elif image.type != kind:
                self.error(f"image {name}", f'its type is "{image.type}", it must be "{kind}"')
        hypervisor = self.fit.images.get("hypervisor")
        if hypervisor and len(hypervisor.data) > HYPERVISOR_MAX:
            self.error("image hypervisor", f"{len(hypervisor.data)} bytes do not fit into its "
                                           "1 MiB")

    def check_image(self, image):
        part = f"image {image.name}"
        compression = image.node.string("compression", "none")
        if not image.type:
            self.error(part, "it has no type")
        if not image.data:
            self.error(part, "it is empty")
        if compression != "none":
            self.error(part, f'it is compressed ({compression}); the whole image is compressed '
                             'once, so this must be "none"')
        algorithms = [algo for algo, _ in image.hashes]
        if "crc32" not in algorithms:
            self.error(part, 'it has no crc32: hash-1 { algo = "crc32"; }; is needed')
        for algo in algorithms:
            if algo not in HASHES:
                self.error(part, f'its hash "{algo}" is not known (known: {", ".join(HASHES)})')

    def check_use(self):
        used = {"hypervisor", "board"}
        for domain in self.domains:
            used.update(domain.node.string(name) for name in IMAGE_OF
                        if domain.node.string(name))
        seen = {}
        for image in self.fit.images.values():
            if image.name not in used:
                self.warn(f"image {image.name}", "no domain uses it")
            twin = seen.setdefault(image.data, image.name)
            if twin != image.name:
                self.warn(f"image {image.name}", f"it is the same as image {twin}: name that one "
                                                 "twice, and it is stored once")

    # ---- the board ----

    def check_board(self):
        image = self.fit.images.get("board")
        if image is None:
            return
        tree = fdt.parse(image.data, "image board")
        container.boot_facts(tree)
        self.board = tree

    # ---- domains ----

    def check_manifest(self):
        node = self.fit.domains
        if node is None:
            self.error("manifest", "it has no node /domains")
            return
        if "sigma,domains-1" not in node.strings("compatible"):
            self.error("manifest", '/domains is not compatible = "sigma,domains-1"')
        self.check_known("manifest", node, MANIFEST_PROPERTIES)
        scheduler = node.string("scheduler", "fair")
        if scheduler not in SCHEDULERS:
            self.error("manifest", f'scheduler "{scheduler}" is unknown '
                                   f'(known: {", ".join(SCHEDULERS)})')
        time_slice = node.cell("time-slice-us", 10000)
        if not SLICE_US[0] <= time_slice <= SLICE_US[1]:
            self.error("manifest", f"time-slice-us is {time_slice}, it must be {SLICE_US[0]} to "
                                   f"{SLICE_US[1]} (microseconds)")
        self.check_domains(node.children)

    def check_domains(self, nodes):
        if not nodes:
            self.error("manifest", "it describes no domain")
        if len(nodes) > DOMAINS_MAX:
            self.error("manifest", f"{len(nodes)} domains; at most {DOMAINS_MAX} are possible")
        for node in nodes:
            self.attempt(self.check_domain, node)
        chiefs = [d.name for d in self.domains if d.privileged]
        if not chiefs and nodes:
            self.error("manifest", "no domain is `privileged`: one must be, it becomes dom0")
        if len(chiefs) > 1:
            self.error(f"domain {chiefs[1]}", f"`privileged` belongs to domain {chiefs[0]} already")

    def check_known(self, part, node, known):
        for name in node.props:
            if name not in known:
                self.error(part, f'property "{name}" is unknown (known: {", ".join(known[:-1])})')

    def check_domain(self, node):
        part = f"domain {node.name}"
        domain = Domain(node, node.name)
        self.domains.append(domain)
        if not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{NAME_MAX}}}", node.name):
            self.error(part, f"a name is at most {NAME_MAX} letters, digits, - and _")
        self.check_known(part, node, DOMAIN_PROPERTIES)
        if node.children:
            self.error(part, f"a domain has no nodes below it, but there is "
                             f"{node.children[0].name}")
        numbers = {name: self.number(part, node, name) for name in NUMBERS}
        domain.memory, domain.foreign = numbers["memory"], numbers["foreign"]
        domain.privileged = "privileged" in node.props
        if node.props.get("privileged"):
            self.error(part, "`privileged` takes no value")
        self.check_engine(part, node)
        for name, kind in IMAGE_OF.items():
            self.check_reference(part, node, name, kind)
        node.string("bootargs")
        domain.devices = node.strings("devices")
        self.errors.extend(split.check(node, domain.privileged))
        if "all" in domain.devices and len(domain.devices) > 1:
            self.error(part, '`devices` has more entries beside "all"')
        if domain.memory:
            self.attempt(self.check_contents, domain)

    def number(self, part, node, name):
        """A number of a domain within its limits, or 0."""
        low, high, multiple, default = NUMBERS[name]
        value = node.cell(name, default)

        def shown(number):
            if multiple == 1:
                return str(number)
            return f"{number // MIB} MiB" if number % MIB == 0 else f"0x{number:x} bytes"
        if value is None:
            self.error(part, f"`{name}` is missing")
        elif not low <= value <= high:
            self.error(part, f"`{name}` is {shown(value)}, it must be {shown(low)} to "
                             f"{shown(high)}")
        elif value % multiple:
            self.error(part, f"`{name}` is {shown(value)}, it must be a multiple of "
                             f"{shown(multiple)}")
        else:
            return value
        return 0

    def check_engine(self, part, node):
        engine = node.string("engine")
        if engine is None:
            self.error(part, f'`engine` is missing (as in engine = "{ENGINES[0]}";)')
        elif engine in ENGINES_LATER:
            self.error(part, f'engine "{engine}" does not exist yet (there is: '
                             f'{", ".join(ENGINES)})')
        elif engine not in ENGINES:
            self.error(part, f'engine "{engine}" is unknown (known: {", ".join(ENGINES)})')

    def check_reference(self, part, node, name, kind):
        target = node.string(name)
        if target is None:
            if name == "kernel":
                self.error(part, "`kernel` is missing: the name of an image")
            return
        image = self.fit.images.get(target)
        if image is None:
            self.error(part, f'{name} = "{target}", but there is no such image (there are: '
                             f'{", ".join(self.fit.images)})')
        elif image.type != kind:
            self.error(part, f'{name} = "{target}", but this image is of type "{image.type}", '
                             f'not "{kind}"')

    # ---- contents ----

    def check_contents(self, domain):
        kernel = self.fit.images.get(domain.node.string("kernel", ""))
        initrd = self.fit.images.get(domain.node.string("initrd", ""))
        base = container.memory_banks(self.board)[0][0] if self.board else None
        if kernel is None or base is None:
            return
        where, size = kernel_extent(kernel, base)
        image_file = domain.node.string("image-file")
        archive = budget.archive_size(image_file, budget.fit_size(self.fit)) if image_file else 0
        whole = archive + (len(initrd.data) if initrd else 0)
        room = budget.domain_room(domain.memory, domain.foreign, whole)
        part = f"domain {domain.name}"
        if room <= 0:
            self.error(part, f"`memory` of {domain.memory // MIB} MiB is too small for its initrd, "
                             + (f"the image in it ({archive / MIB:.1f} MiB, `image-file`), "
                                if archive else "")
                             + "its device tree and what the hypervisor keeps")
        elif where < base + budget.KERNEL_FLOOR:
            self.error(part, f'kernel "{kernel.name}" is linked for 0x{where:08x}, below its RAM, '
                             f"which begins at 0x{base:08x} with 16 KiB of sigma'")
        elif where + size > base + room:
            self.error(part, f"`memory` of {domain.memory // MIB} MiB is too small: kernel "
                             f'"{kernel.name}" ends at 0x{where + size:08x}, only what lies below '
                             f"0x{base + room:08x} is left beside initrd and device tree")
        elif archive and size + 2 * whole > domain.memory:
            self.warn(part, f"`memory` of {domain.memory // MIB} MiB will be too small for Linux: "
                            f"the image ({archive / MIB:.1f} MiB, `image-file`) and the initrd are "
                            "there twice while they are unpacked")

    # ---- all domains together ----

    def check_together(self):
        if self.board is None:
            return
        errors = devices.check(self.board, self.domains)
        self.errors.extend(errors)
        if all(domain.memory for domain in self.domains):
            errors, warnings = budget.check(self.fit, self.board, self.domains, self.ram)
            self.errors.extend(errors)
            self.warnings.extend(warnings)

    def run(self):
        self.check_images()
        self.attempt(self.check_board)
        if self.attempt(self.check_manifest):
            self.attempt(self.check_together)
            self.attempt(self.check_use)


def kernel_extent(image, base):
    """(address, bytes) that a kernel takes when RAM begins at base."""
    data = image.data
    if elf.is_elf(data):
        moves, lowest, size = elf.measure(data, image.name)
        return (base + budget.KERNEL_OFFSET if moves else lowest), size
    part = f"image {image.name}"
    for wrong, what in ((data[0x24:0x28] == b"\x18\x28\x6f\x01", "a zImage"),
                        (data[:4] == b"\x27\x05\x19\x56", "a uImage"),
                        (data[:2] == b"\x1f\x8b", "compressed by gzip")):
        if wrong:
            raise ImageError(part, f"it is {what}; take the raw arch/arm/boot/Image")
    if len(data) < 64:
        raise ImageError(part, "it is too small to be a kernel")
    return base + budget.KERNEL_OFFSET, len(data) + len(data) // 8 + 0x10000


def check(fit, ram=None):
    """(errors, warnings) of a Fit; ram: bytes of RAM of the board, None = as its tree says."""
    lint = Lint(fit, ram)
    lint.run()
    return lint.errors, lint.warnings
