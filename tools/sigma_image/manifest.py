# SPDX-License-Identifier: GPL-2.0-only
"""Manifests (.its files): compile one, make one for two small guests, turn one into a FIT."""

import os
import re
import subprocess

from .errors import ImageError
from .fit import Fit

INCBIN = re.compile(r'/incbin/\s*\(\s*"([^"]*)"')
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)

SMALL_GUESTS = """\
/dts-v1/;
/* Made by tools/sigma-image: small guests, without Linux. */
/ {{
	description = "Sigma: {names}";
	#address-cells = <1>;

	images {{
		hypervisor {{
			description = "Sigma hypervisor";
			data = /incbin/("hypervisor.bin");
			type = "firmware";
			arch = "arm";
			os = "u-boot";
			compression = "none";
			load = <0>;
			hash-1 {{ algo = "crc32"; }};
		}};
		board {{
			description = "board device tree";
			data = /incbin/("board.dtb");
			type = "flat_dt";
			arch = "arm";
			compression = "none";
			hash-1 {{ algo = "crc32"; }};
		}};
{images}	}};

	domains {{
		compatible = "sigma,domains-1";
		scheduler = "fair";
		time-slice-us = <10000>;
{domains}	}};
}};
"""

GUEST_IMAGE = """\
		{name} {{
			description = "small guest {name}";
			data = /incbin/("guests/{name}.elf");
			type = "kernel";
			arch = "arm";
			os = "linux";
			compression = "none";
			load = <0>;
			entry = <0>;
			hash-1 {{ algo = "crc32"; }};
		}};
"""

GUEST_DOMAIN = """\
		{domain} {{
			kernel = "{name}";
			fdt = "board";
			memory = <0x00800000>;
			foreign = <0x00100000>;
			engine = "trampoline";
{extra}		}};
"""


def small_guests(spec):
    """The manifest text for "a+b": a is dom0, b is domU (a third is domU2, ...)."""
    names = spec.split("+")
    for name in names:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            raise ImageError("GUESTS", f'"{spec}" is neither a manifest nor small guests '
                                       'joined by "+" (as in hello+pingpong)')
    images = "".join(GUEST_IMAGE.format(name=name) for name in dict.fromkeys(names))
    domains = ""
    for number, name in enumerate(names):
        domain = "dom0" if number == 0 else "domU" if number == 1 else f"domU{number}"
        extra = '\t\t\tdevices = "all";\n\t\t\tprivileged;\n' if number == 0 else ""
        domains += GUEST_DOMAIN.format(domain=domain, name=name, extra=extra)
    return SMALL_GUESTS.format(names=" + ".join(names), images=images, domains=domains)


def includes(text):
    """The files that a manifest takes in, in order, each once."""
    return list(dict.fromkeys(INCBIN.findall(COMMENT.sub("", text))))


def missing_files(text, base):
    return [name for name in includes(text)
            if not os.path.isfile(os.path.join(base, name))]


def _run(command, part, reason):
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        raise ImageError(command[0],
                         "the program is missing (tools/setup.sh installs it)") from None
    if done.returncode:
        output = (done.stderr + done.stdout).decode(errors="replace").strip()
        raise ImageError(part, f"{reason}:\n{output}")
    return done.stdout


def compile_manifest(path, base):
    """The manifest as a Fit whose images hold their data but no hashes yet."""
    blob = _run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-i", base, "-o", "-", path],
                os.path.basename(path), "dtc does not accept it")
    return Fit(blob)


def make_fit(path, base, output):
    """mkimage: fill in the hashes, put the data behind the tree."""
    _run(["mkimage", "-D", f"-I dts -O dtb -p 500 -i {base}", "-E", "-B", "0x1000",
          "-f", path, output], os.path.basename(path), "mkimage does not accept it")


def make_uimage(data, load, scratch, output):
    """The uImage header in front, for QEMU's -kernel and U-Boot's bootm."""
    with open(scratch, "wb") as file:
        file.write(data)
    _run(["mkimage", "-A", "arm", "-O", "linux", "-T", "kernel", "-C", "none",
          "-a", f"0x{load:08x}", "-e", f"0x{load:08x}", "-n", "Sigma", "-d", scratch, output],
         "uImage", "mkimage does not accept it")
