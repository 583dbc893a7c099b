# SPDX-License-Identifier: GPL-2.0-only
"""Domains made at run time, by a dom0 of one page of C: guests/builder."""

import os
import re
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
            disk {
                description = "disk"; data = /incbin/("%s"); type = "ramdisk";
                arch = "arm"; os = "linux"; compression = "none"; hash-1 { algo = "crc32"; };
            };
        };
        domains {
            compatible = "sigma,domains-1";
            made {
                kernel = "hello"; initrd = "disk"; memory = <0x800000>; foreign = <0x100000>;
                engine = "trampoline";
            };
        };
};
"""
STEP_MAX = 1_000_000  # instructions


def builder(directory):
    """Manifest of a dom0 that makes domains, the FIT of one of them as its initrd."""
    source, fit, disk = (os.path.join(directory, name)
                         for name in ("made.its", "made.fit", "disk"))
    with open(disk, "wb") as file:
        file.write(os.urandom(MIB + MIB // 2 + 8))
    with open(source, "w", encoding="ascii") as file:
        file.write(FIT % (BUILD, disk))
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


def test_boot_code_is_not_used_later():
    """Its memory is heap after boot: only what runs until then may lead there."""
    elf = os.path.join(BUILD, "sigma.elf")
    names = subprocess.run(["arm-linux-gnueabihf-nm", elf], capture_output=True, text=True,
                           check=True).stdout
    start, end = (int(re.search(rf"^(\w+) \w __init_{name}$", names, re.M)[1], 16)
                  for name in ("start", "end"))
    code = subprocess.run(["arm-linux-gnueabihf-objdump", "-d", "-j", ".text", elf],
                          capture_output=True, text=True, check=True).stdout
    users, function = set(), None
    for line in code.splitlines():
        head = re.match(r"\w+ <([^>.]*).*>:$", line)
        if head:
            function = head[1]
        elif any(start <= int(number, 16) < end
                 for number in re.findall(r"\b(?:0x)?(ff[0-9a-f]{6})\b", line.partition(":")[2])):
            users.add(function)
    assert users == {"head_start", "hv_init"}


def test_a_hundred_domains(boot, tmp_path):
    """Made, started, ended in the middle of their work: all that they took comes back."""
    with boot(builder(tmp_path), icount=0) as machine:
        machine.expect(r"refused: image disk: is damaged: its crc32 is")
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
