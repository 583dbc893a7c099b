# SPDX-License-Identifier: GPL-2.0-only
"""Two Linuxes from one image: three ways to boot, work in both at once."""

import os
import re
import subprocess

import pytest

from image import BUILD, MIB, TOP, linux, pack, sd_card
from machine import LIMIT

RUNNER = os.path.join(TOP, "tools", "run-qemu.sh")
STARTED = r"start the domains; "
SWITCHES = 20000
ROUNDS = 120


def domain_switches(machine):
    machine.focus("hypervisor")
    machine.send("s")
    return int(machine.expect(r"(\d+) domain switches").group(1))


def work_in_both(machine):
    """One run of `load` in each domain at the same time; both check their results."""
    for domain in ("dom0", "domU"):
        machine.type(domain, f"load {ROUNDS}; echo {domain} EN''DED-$?-")
    machine.expect_all(r"dom0 ENDED-0-", r"domU ENDED-0-", limit=300)


def way_to_boot(way, directory):
    """Arguments of tools/run-qemu.sh."""
    image, flash = pack(linux(slice_us=1000), directory)
    if way == "kernel":
        return ("kernel", image)
    if way == "flash":
        return ("flash", flash)
    return ("uboot", os.path.join(BUILD, "u-boot.bin"), sd_card(image, directory))


@pytest.mark.parametrize("way", ["kernel", "flash", "uboot"])
def test_work_in_both(start, tmp_path, way):
    """Log in to both, let both work for at least 20,000 domain switches, check results."""
    with start(*way_to_boot(way, tmp_path), runner=RUNNER, icount=3) as machine:
        machine.expect(STARTED)
        machine.prompts("dom0", "domU")
        for domain in ("dom0", "domU"):
            assert domain in machine.shell(domain, "cat /etc/domain")
        before = domain_switches(machine)
        done = 0
        while done < SWITCHES:
            work_in_both(machine)
            done = domain_switches(machine) - before
        for domain in ("dom0", "domU"):
            assert "Oops" not in machine.shell(domain, "dmesg | tail -n 20")


@pytest.mark.parametrize("built", [
    ("kernel", "sigma.img"), ("flash", "sigma-flash.img"), ("uboot", "u-boot.bin", "sigma-sd.img"),
], ids=lambda built: built[0])
def test_built_artifacts(start, built):
    """What `make all` leaves in build/ boots to both prompts; domU's root is the disk."""
    way, *files = built
    with start(way, *(os.path.join(BUILD, name) for name in files), runner=RUNNER,
               variables={"DISK": os.path.join(BUILD, "linux", "domU.ext4"),
                          "HOST_PORT": "none"}, more=["-snapshot"]) as machine:
        machine.expect(STARTED)
        machine.prompts("dom0", "domU")


def test_devices_belong_to_dom0(start, tmp_path):
    """dom0 has the board's network, serial ports, clock, card and flash; domU has none."""
    card = tmp_path / "card.img"
    card.write_bytes(b"Sigma's card".ljust(MIB, b"\0"))
    image, _ = pack(linux(), tmp_path)
    with start("-kernel", image, "-drive", f"if=sd,format=raw,file={card}") as machine:
        machine.expect(STARTED)
        machine.prompts("dom0", "domU")
        machine.shell("dom0", "test -e /sys/class/net/eth0 -a -e /dev/ttyAMA1 -a -e /dev/rtc0 "
                              "-a -e /dev/mtd0")
        assert "Sigma's card" in machine.shell("dom0", "head -c 12 /dev/mmcblk0; echo")
        machine.shell("domU", "! ls -d /sys/class/net/eth0 /dev/ttyAMA* /dev/rtc0 /dev/mmcblk0 "
                              "/dev/mtd0 2>/dev/null")


def test_domu_switches_off_alone(start, tmp_path):
    image, _ = pack(linux(), tmp_path)
    with start("-kernel", image) as machine:
        machine.expect(STARTED)
        machine.prompts("dom0", "domU")
        machine.type("domU", "poweroff -f")
        machine.expect(r"\[sigma\] domU powers off")
        machine.shell("dom0", "load 1")
        machine.type("dom0", "poweroff -f")
        machine.expect_end()


def test_same_kernel_runs_natively(start):
    """No hypervisor: the zImage of the same build boots, and works."""
    with start("-kernel", os.path.join(BUILD, "linux", "zImage"),
               "-dtb", os.path.join(BUILD, "board.dtb"),
               "-initrd", os.path.join(BUILD, "linux", "dom0.cpio"),
               "-append", "console=ttyAMA0") as machine:
        machine.expect(r"native# ")
        assert re.search(r"load: 2 rounds ok", machine.run(r"native# ", "load 2"))


def test_series_applies():
    """linux-patches/ applies to Debian's source and is well formed."""
    subprocess.run([os.path.join(TOP, "tools", "linux-series.sh"), "check"], check=True,
                   cwd=TOP, timeout=LIMIT * 5)


@pytest.mark.parametrize("memory", ["256M", "1G"])
def test_sizes_of_ram(start, tmp_path, memory):
    image, _ = pack(linux(), tmp_path)
    with start("-kernel", image, memory=memory) as machine:
        machine.expect(STARTED)
        machine.prompts("dom0", "domU")
        for domain in ("dom0", "domU"):
            assert "2 rounds ok" in machine.shell(domain, "load 2")
