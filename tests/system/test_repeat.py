# SPDX-License-Identifier: GPL-2.0-only
"""Twice the same: boot logs under a clock of instructions, and builds."""

import hashlib
import os
import re
import subprocess

from image import TOP, guests, linux, pack

FIXED = ("-rtc", "base=2026-01-01T00:00:00,clock=vm")


def boot_log(start, image, last):
    """The machine's lines from the bootstrap's first to the one that `last` matches."""
    with start("-kernel", image, *FIXED, icount=0) as machine:
        machine.expect(last)
        path = machine.log_path
    with open(path, encoding="utf-8", errors="replace") as log:
        lines = [line for line in log.read().splitlines() if line]
    first = next(i for i, line in enumerate(lines) if line.startswith("sigma-boot: "))
    end = next(i for i, line in enumerate(lines) if re.search(last, line))
    return lines[first:end + 1]


def assert_same(logs):
    for number, (one, other) in enumerate(zip(*logs)):
        assert one == other, f"line {number} differs"
    assert len(logs[0]) == len(logs[1])


def test_small_guests_repeat(start, tmp_path):
    image, _ = pack(guests("ticker+hello+ticker"), tmp_path)
    logs = [boot_log(start, image, r"latest \d+ us late") for _ in range(2)]
    assert len(logs[0]) > 20
    assert_same(logs)


def test_linux_repeats(start, tmp_path):
    """Two boots of dom0 and domU print identical logs with identical times."""
    image, _ = pack(linux(), tmp_path)
    logs = [boot_log(start, image, r"dom0# ") for _ in range(2)]
    assert len(logs[0]) > 100
    assert_same(logs)


ARTIFACTS = ["hypervisor.bin", "bootstrap.bin", "board.dtb", "sigma.fit", "sigma.img",
             "sigma-flash.img", "guests/hello.elf", "guests/selftest.elf",
             "linux/dom0.cpio", "linux/dom0-full.cpio.lz4", "linux/domU.ext4"]


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def test_build_repeats(tmp_path):
    """Two builds of one commit, in directories of different names, are the same."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "BUILD", "GUESTS")}
    found = []
    for name in ("one", "another/deeper"):
        build = tmp_path / name
        build.mkdir(parents=True)
        subprocess.run(["make", "-C", TOP, f"BUILD={build}", "image", "guests", "linux"],
                       check=True, env=environment, stdout=subprocess.DEVNULL)
        found.append({artifact: digest(build / artifact) for artifact in ARTIFACTS})
    assert found[0] == found[1]
