# SPDX-License-Identifier: GPL-2.0-only
"""Images for the tests: manifests written here, packed by tools/sigma-image."""

import os
import re
import subprocess
from dataclasses import dataclass, field

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.path.join(TOP, os.environ.get("BUILD", "build")))
TOOL = os.path.join(TOP, "tools", "sigma-image")
MIB = 1 << 20
UIMAGE_HEADER = 64


@dataclass
class Domain:
    """A domain of a manifest; kernel is the name of a small guest."""
    kernel: str
    memory: int = 8 * MIB
    weight: int = 256
    extra: str = ""

    def node(self, number):
        name = "dom0" if number == 0 else "domU" if number == 1 else f"domU{number}"
        privileged = "privileged;" if number == 0 else ""
        return f"""
            {name} {{
                kernel = "{self.kernel}";
                fdt = "board";
                memory = <{self.memory:#x}>;
                foreign = <0x100000>;
                weight = <{self.weight}>;
                engine = "trampoline";
                {privileged}
                {self.extra}
            }};"""


@dataclass
class Manifest:
    domains: list
    slice_us: int = 10000
    hashes: tuple = ("crc32",)
    images: dict = field(default_factory=dict)  # name: (file below build, type)

    def image_node(self, name, file, kind):
        hashes = "".join(f' hash-{i + 1} {{ algo = "{algo}"; }};'
                         for i, algo in enumerate(self.hashes))
        system = 'os = "linux"; entry = <0>;' if kind == "kernel" else ""
        system = 'os = "u-boot";' if kind == "firmware" else system
        return f"""
            {name} {{
                description = "{name}"; data = /incbin/("{file}"); type = "{kind}";
                arch = "arm"; {system} compression = "none"; load = <0>;{hashes}
            }};"""

    def text(self):
        images = {"hypervisor": ("hypervisor.bin", "firmware"), "board": ("board.dtb", "flat_dt")}
        for domain in self.domains:
            images[domain.kernel] = (f"guests/{domain.kernel}.elf", "kernel")
        images.update(self.images)
        nodes = "".join(self.image_node(name, *what) for name, what in images.items())
        domains = "".join(domain.node(i) for i, domain in enumerate(self.domains))
        return f"""/dts-v1/;
/ {{
        description = "test"; #address-cells = <1>;
        images {{{nodes}
        }};
        domains {{
            compatible = "sigma,domains-1";
            scheduler = "fair";
            time-slice-us = <{self.slice_us}>;{domains}
        }};
}};
"""


def guests(spec, **options):
    """Manifest of "a+b": small guest a is dom0, b is domU."""
    return Manifest([Domain(name) for name in spec.split("+")], **options)


def tool(*args, check=True):
    """Run tools/sigma-image; the finished process, output as text."""
    done = subprocess.run([TOOL, *map(str, args)], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise AssertionError(f"sigma-image {args[0]} failed:\n{done.stdout}{done.stderr}")
    return done


def pack(manifest, directory, build=BUILD, force=False):
    """Paths of the image and of the flash image made of a Manifest or its text."""
    os.makedirs(directory, exist_ok=True)
    source = os.path.join(directory, "test.its")
    with open(source, "w", encoding="ascii") as file:
        file.write(manifest if isinstance(manifest, str) else manifest.text())
    image = os.path.join(directory, "sigma.img")
    flash = os.path.join(directory, "flash.img")
    tool("pack", source, "-o", image, "--flash", flash, "--fit", os.path.join(directory, "fit"),
         "--bootstrap", os.path.join(build, "bootstrap.bin"), "--build", build,
         *(["--force"] if force else []))
    return image, flash


def build_with(directory, **replaced):
    """A build directory like BUILD in which some files, board_dtb="..." are others."""
    os.makedirs(directory, exist_ok=True)
    for name in os.listdir(BUILD):
        if not os.path.lexists(os.path.join(directory, name)):
            os.symlink(os.path.join(BUILD, name), os.path.join(directory, name))
    for name, path in replaced.items():
        target = os.path.join(directory, name.replace("_", "."))
        if os.path.lexists(target):
            os.unlink(target)
        os.symlink(os.path.abspath(path), target)
    return directory


def manifest_text(name, changes):
    """The text of one of image/manifests/, some of its words replaced."""
    with open(os.path.join(TOP, "image", "manifests", f"{name}.its"), encoding="ascii") as file:
        text = file.read()
    for old, new in changes.items():
        assert old in text, f"{old} is not in {name}.its"
        text = text.replace(old, new)
    return text


def linux(slice_us=10000, **replaced):
    """Two small Linuxes, without xenstore or split drivers."""
    return manifest_text("mini", {"time-slice-us = <10000>": f"time-slice-us = <{slice_us}>",
                                  **replaced})


def full(changes=None):
    """The whole system: dom0 with Xen's tools serves domU's disk, network and screen."""
    return manifest_text("linux", changes or {})


def sd_card(image, directory, build=BUILD):
    """An SD card for U-Boot with this sigma.img, as image.mk makes one."""
    source = os.path.join(TOP, "image", "uboot")
    with open(os.path.join(source, "sigma.its"), encoding="ascii") as file:
        text = file.read()
    for name, path in (("sigma.raw", os.path.join(directory, "sigma.raw")),
                       ("board.dtb", os.path.join(build, "board.dtb"))):
        text = re.sub(rf'incbin/\("[^"]*{name}"', f'incbin/("{path}"', text)
    with open(image, "rb") as whole, open(os.path.join(directory, "sigma.raw"), "wb") as raw:
        raw.write(whole.read()[UIMAGE_HEADER:])
    its, itb, script, card = (os.path.join(directory, name)
                              for name in ("uboot.its", "sigma.itb", "boot.scr", "sd.img"))
    with open(its, "w", encoding="ascii") as file:
        file.write(text)
    for command in (["mkimage", "-f", its, itb],
                    ["mkimage", "-A", "arm", "-O", "linux", "-T", "script", "-C", "none",
                     "-d", os.path.join(source, "boot.cmd"), script],
                    [os.path.join(source, "make-sd.sh"), card, script, itb]):
        subprocess.run(command, check=True, capture_output=True)
    return card
