# SPDX-License-Identifier: GPL-2.0-only
"""The ways to boot, and that no address of the domains is fixed: relocation."""

import re
import subprocess

import pytest

from image import BUILD, MIB, Domain, Manifest, build_with, guests, pack, sd_card
from machine import passed

PLACED = r"domain (\d) (\w+): (\d+) MiB at ([0-9a-f]{8}) \((\w+)\)"


def placements(machine, count):
    """{name: (machine address, size)} as the hypervisor prints them."""
    found = {}
    for _ in range(count):
        match = machine.expect(PLACED)
        found[match.group(2)] = (int(match.group(4), 16), int(match.group(3)) * MIB)
    return found


def apart(ranges):
    ordered = sorted(ranges)
    return all(a + size <= b for (a, size), (b, _) in zip(ordered, ordered[1:]))


@pytest.mark.parametrize("way", ["kernel", "flash", "uboot"])
def test_three_ways(start, tmp_path, way):
    """The same image by QEMU's -kernel, from reset in NOR flash, through U-Boot."""
    image, flash = pack(guests("hello+hello"), tmp_path)
    arguments = {
        "kernel": lambda: ("-kernel", image),
        "flash": lambda: ("-drive", f"if=pflash,format=raw,file={flash}"),
        "uboot": lambda: ("-device", f"loader,file={BUILD}/u-boot.bin,addr=0x60800000,"
                          "cpu-num=0,force-raw=on", "-drive",
                          f"if=sd,format=raw,file={sd_card(image, tmp_path)}"),
    }[way]()
    with start(*arguments) as machine:
        machine.expect_all(passed("dom0", "hello"), passed("domU", "hello"))
        machine.expect_end()


@pytest.mark.parametrize("memory", ["256M", "512M", "1G"])
def test_sizes_of_ram(boot, memory):
    """The same image finds its places in whatever RAM there is."""
    with boot("hello+hello", memory=memory) as machine:
        places = placements(machine, 2)
        assert apart(places.values())
        assert places["dom0"][0] == 0x60000000, "dom0 is not mapped directly"
        machine.expect_all(passed("dom0", "hello"), passed("domU", "hello"))
        machine.expect_end()


@pytest.mark.parametrize("sizes", [(8, 16), (100, 8), (8, 100), (64, 64, 64)])
def test_sizes_and_order_of_domains(boot, sizes):
    domains = [Domain("hello", memory=size * MIB) for size in sizes]
    with boot(Manifest(domains), memory="256M") as machine:
        places = placements(machine, len(sizes))
        assert sorted(size for _, size in places.values()) == sorted(s * MIB for s in sizes)
        assert apart(places.values())
        machine.expect_all(*(passed(name, "hello") for name in places))
        machine.expect_end()


def test_domu_before_dom0(boot):
    """The privileged domain need not come first in the manifest."""
    manifest = Manifest([Domain("hello", memory=16 * MIB), Domain("hello")])
    first, second = (domain.node(i) for i, domain in enumerate(manifest.domains))
    text = manifest.text()
    assert first + second in text
    with boot(text.replace(first + second, second + first)) as machine:
        machine.expect_all(passed("dom0", "hello"), passed("domU", "hello"))
        machine.expect_end()


HOLE = (0x6F000000, 8 * MIB)
HOLE_NODE = "hole@6f000000 { reg = <0x6f000000 0x00800000>; no-map; };"
HOLE_ENTRY = "/memreserve/ 0x6f000000 0x00800000;"


def board_with_hole(how, tmp_path):
    """The board's tree with 8 MiB of its RAM reserved, by a node or by an entry."""
    source = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", f"{BUILD}/board.dtb"],
                            capture_output=True, text=True, check=True).stdout
    if how == "memreserve":
        source = source.replace("/ {", f"{HOLE_ENTRY}\n/ {{", 1)
    else:
        source, count = re.subn(r"(reserved-memory \{.*?ranges;)", rf"\1\n{HOLE_NODE}", source,
                                count=1, flags=re.S)
        assert count == 1
    path = tmp_path / "board.dtb"
    path.write_bytes(subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb"], check=True,
                                    input=source.encode(), capture_output=True).stdout)
    return path


@pytest.mark.parametrize("how", ["reserved-memory", "memreserve"])
def test_reserved_hole(boot, tmp_path, how):
    """Nothing is placed over memory that the board's tree reserves."""
    board = board_with_hole(how, tmp_path)
    build = build_with(tmp_path / "build", board_dtb=board)
    domains = [Domain("hello", memory=100 * MIB), Domain("hello", memory=100 * MIB)]
    with boot(Manifest(domains), memory="256M", build=build) as machine:
        places = placements(machine, 2)
        assert apart([*places.values(), HOLE]), places
        machine.expect_all(passed("dom0", "hello"), passed("domU", "hello"))
        machine.expect_end()
