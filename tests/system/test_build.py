# SPDX-License-Identifier: GPL-2.0-only
"""Domains made at run time, by a dom0 of one page of C: guests/builder."""

import os
import subprocess

from image import BUILD, MIB, Domain, Manifest
from machine import passed

# The FIT that the builder holds: one domain, and two hashes on its kernel.
FIT = """/dts-v1/;
/ {
        description = "one domain"; #address-cells = <1>;
        images {
            hello {
                description = "hello"; data = /incbin/("%s/guests/hello.elf"); type = "kernel";
                arch = "arm"; os = "linux"; entry = <0>; compression = "none"; load = <0>;
                hash-1 { algo = "crc32"; }; hash-2 { algo = "sha256"; };
            };
        };
        domains {
            compatible = "sigma,domains-1";
            made {
                kernel = "hello"; memory = <0x800000>; foreign = <0x100000>;
                engine = "trampoline"; %s
            };
        };
};
"""
STEP_MAX = 2_000_000  # instructions


def builder(directory, extra=""):
    """Manifest of a dom0 that makes domains, the FIT of one of them as its initrd."""
    source, fit = (os.path.join(directory, name) for name in ("made.its", "made.fit"))
    with open(source, "w", encoding="ascii") as file:
        file.write(FIT % (BUILD, extra))
    subprocess.run(["mkimage", "-E", "-B", "0x8", "-f", source, fit], check=True,
                   capture_output=True)
    return Manifest([Domain("builder", memory=8 * MIB, extra='initrd = "made";')],
                    images={"made": (fit, "ramdisk")})


def memory(machine):
    """(MiB free for domains, KiB free of the hypervisor's heap), as its console says."""
    match = machine.key("s", r"(\d+) MiB free for domains; hypervisor's heap: (\d+) KiB")
    return match.group(1), match.group(2)


def press_enter(machine):
    machine.focus("dom0")
    machine.send("\r")


def test_a_hundred_domains(boot, tmp_path):
    """Made, started, ended in the middle of their work: all that they took comes back."""
    with boot(builder(tmp_path), icount=0) as machine:
        machine.expect(r"refused: image hello: is damaged: its crc32 is")
        machine.expect(r"refused: domain made: exists already")
        machine.expect(r"\[made\] hello, I am domain 1 of Sigma")
        machine.expect(passed("made", "hello"))
        ticks = int(machine.expect(r"the longest step took (\d+) ticks").group(1))
        assert ticks * 10 < STEP_MAX, "a step holds the processor for too long"
        machine.expect("press Enter")
        before = memory(machine)
        press_enter(machine)
        pages = machine.expect(r"100 domains: (\d+) pages free before, (\d+) after", limit=300)
        assert pages.group(1) == pages.group(2)
        machine.expect("press Enter")
        assert memory(machine) == before
        press_enter(machine)
        machine.expect(passed("dom0", "builder"))
        machine.expect_end()
