# SPDX-License-Identifier: GPL-2.0-only
"""Twice the same: boot logs under a clock of instructions, and builds."""

import hashlib
import os
import subprocess

import pytest

from image import TOP, guests, linux, pack

FIXED = ("-rtc", "base=2026-01-01T00:00:00,clock=vm")


def boot_log(start, image, until):
    """Every line of the machine until all of the patterns were seen."""
    with start("-kernel", image, *FIXED, icount=0) as machine:
        until(machine)
        path = machine.log_path
    with open(path, encoding="utf-8", errors="replace") as log:
        lines = log.read().splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("sigma-boot: "))
    return lines[first:]


def test_small_guests_repeat(start, tmp_path):
    image, _ = pack(guests("ticker+pingpong+hello"), tmp_path)

    def until(machine):
        machine.expect(r"latest \d+ us late")

    logs = [boot_log(start, image, until) for _ in range(2)]
    assert len(logs[0]) > 20 and logs[0] == logs[1]


def test_linux_repeats(start, tmp_path):
    """Two boots of dom0 and domU print identical logs with identical times."""
    image, _ = pack(linux(), tmp_path)

    def until(machine):
        machine.expect(r"dom0# ")

    logs = [boot_log(start, image, until) for _ in range(2)]
    shown = [(a, b) for a, b in zip(*logs) if a != b]
    assert not shown, f"first difference:\n{shown[0][0]}\n{shown[0][1]}"
    assert len(logs[0]) == len(logs[1]) > 100


ARTIFACTS = ["hypervisor.bin", "bootstrap.bin", "board.dtb", "sigma.fit", "sigma.img",
             "sigma-flash.img"]


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@pytest.mark.parametrize("guests_built", ["hello+selftest"])
def test_build_repeats(tmp_path, guests_built):
    """Two builds of one commit, in directories of different names, are the same."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "BUILD", "GUESTS")}
    found = []
    for name in ("one", "another/deeper"):
        build = tmp_path / name
        build.mkdir(parents=True)
        subprocess.run(["make", "-C", TOP, f"BUILD={build}", f"GUESTS={guests_built}", "image"],
                       check=True, env=environment, stdout=subprocess.DEVNULL)
        found.append({artifact: digest(build / artifact) for artifact in ARTIFACTS})
    assert found[0] == found[1]
