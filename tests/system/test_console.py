# SPDX-License-Identifier: GPL-2.0-only
"""One serial port for all: prefixes, whole lines, focus, the hypervisor's keys."""

import os
import re

import pytest

from image import TOP, guests
from machine import CTRL_A, passed

LISTENING = (r"\[dom0\] echo of domain 0 is listening", r"\[domU\] echo of domain 1 is listening")


def test_focus_moves_the_input(boot):
    """Ctrl-A three times moves the input on; only the domain with the focus hears."""
    with boot("echo+echo") as machine:
        machine.expect_all(*LISTENING)
        for name, number in (("domU", 1), ("dom0", 0), ("domU", 1)):
            machine.focus(name)
            machine.send(f"to {name}\r")
            assert machine.expect(r"domain (\d) heard: ([^\r\n]*)\r").groups() == \
                (str(number), f"to {name}")
        machine.focus("domU")
        machine.send("end\r")
        machine.expect(passed("domU", "echo"))
        machine.focus("dom0")
        machine.send("end\r")
        machine.expect(passed("dom0", "echo"))
        machine.expect_end()


def test_single_ctrl_a_reaches_the_domain(boot):
    with boot("echo+echo") as machine:
        machine.expect_all(*LISTENING)
        machine.focus("dom0")
        machine.send(f"one{CTRL_A}two\r")
        heard = machine.expect(r"domain 0 heard: ([^\r\n]*)\r").group(1)
        assert heard == "one^Atwo"


def test_lines_never_mix(boot):
    """Two domains print at once; every line of the log belongs to one source."""
    with boot(guests("selftest+selftest", slice_us=1000)) as machine:
        machine.expect_all(passed("dom0", "selftest"), passed("domU", "selftest"))
        machine.expect_end()
        log = open(machine.log_path, encoding="utf-8").read()
    lines = [line for line in log.splitlines() if "ok " in line]
    parts = [re.fullmatch(r"\[(dom0|domU)\] ok (\d) - [\w']+\s*", line) for line in lines]
    assert all(parts), f"a mixed line among {lines}"
    for source in ("dom0", "domU"):
        assert [p[2] for p in parts if p[1] == source] == [str(i) for i in range(1, 9)]


def defined_keys():
    with open(os.path.join(TOP, "hypervisor", "include", "hv", "keys.def"),
              encoding="utf-8") as file:
        return re.findall(r"SIGMA_KEY\('(.)', \w+, \"([^\"]*)\"\)", file.read())


ANSWERS = {
    "d": r"domain 1 domU: running", "m": r"machine memory: \d+ MiB", "e": r"domU", "g": r"domU",
    "i": r"hypervisor  console, taken \d+", "s": r"CPU 0: idle \d+\.\d %", "r": r"domain 1 domU vCPU 0",
}


def test_keys(boot):
    """The help lists every key; each of those that only look answers."""
    keys = defined_keys()
    assert {key for key, _ in keys} == set(ANSWERS) | set("hwRq")
    with boot("echo+echo") as machine:
        machine.expect_all(*LISTENING)
        machine.focus("hypervisor")
        machine.send("h")
        for key, text in keys:
            machine.expect(rf"\[sigma\] {key}  {re.escape(text)}")
        for key, answer in ANSWERS.items():
            machine.send(key)
            machine.expect(answer)
        machine.send("q")
        machine.expect(r"input goes to dom0")
        machine.send("still there\r")
        machine.expect(r"domain 0 heard: still there")


def test_walk_key(boot):
    """virtual -> pseudo-physical -> machine of an address of the domain's kernel."""
    with boot("echo+echo") as machine:
        machine.expect_all(*LISTENING)
        machine.focus("hypervisor")
        machine.send("w")
        machine.expect(r"walk: ")
        machine.send("1 60008000\r")
        machine.expect(r"pseudo-physical 0x60008000: RAM of the domain")
        machine.expect(r"machine 0x[0-9a-f]{3}08000")


def test_reboot_key(boot):
    """R twice restarts the machine; with -no-reboot QEMU ends there."""
    with boot("echo+echo") as machine:
        machine.expect_all(*LISTENING)
        machine.focus("hypervisor")
        machine.send("R")
        machine.expect(r"R again restarts")
        machine.send("R")
        machine.expect_end()


@pytest.mark.parametrize("name", ["dom0", "domU"])
def test_output_is_prefixed(boot, name):
    with boot("hello+hello") as machine:
        machine.expect(rf"(?m)^\[{name}\] hello, I am domain")
