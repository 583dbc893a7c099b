# SPDX-License-Identifier: GPL-2.0-only
"""Debian's xl in dom0: every answer is true, every error is one and no hang.

One machine for the module.  What ends domains is in test_manage.py.
"""

import os
import re
import shutil
import time

import pytest

from image import BUILD, TOP, full, pack
from machine import Machine, log_directory

pytestmark = pytest.mark.xdist_group("xl")

RUNNER = os.path.join(TOP, "tools", "run-qemu.sh")
PROMPT = r"dom0# "
LIMIT = 60  # seconds; a command that takes longer hangs
MEASURED_MS = 1500  # of the processor's time, to compare shares
LEAVE = "\x1d\x1d"  # xenconsole's key, which is QEMU's here: twice is once
NO_UUID = "00000000-0000-0000-0000-000000000000"


class XL(Machine):
    def __init__(self, directory):
        image, _ = pack(full(), directory)
        disk = directory / "disk.img"
        shutil.copy(os.path.join(BUILD, "linux", "domU.ext4"), disk)
        # shares and slices are exact when time is counted in instructions
        super().__init__("kernel", image, runner=RUNNER, icount=3,
                         variables={"DISK": str(disk), "HOST_PORT": "none"},
                         log=os.path.join(log_directory(), "test_xl.log"))
        self.expect(r"start the domains; ")
        self.prompts("domU", "dom0")  # the input stays with dom0

    def command(self, command):
        """Status and output of a command of dom0's, whose prompt is there."""
        self.send(self.marked(f"echo BEG''IN; {command}") + "\r")
        status = self.expect(rf"END{self.commands}-(\d+)-", limit=LIMIT).group(1)
        lines = re.split(r"BEGIN\r*\n", self.child.before)[-1].replace("\r", "").split("\n")
        self.expect(PROMPT)
        own = [line.removeprefix("[dom0] ") for line in lines
               if not line.startswith(("[domU]", "[sigma]"))]
        return int(status), "\n".join(own)

    def dom0(self, command):
        status, output = self.command(command)
        assert status == 0, f"{command}: status {status}\n{output}"
        return output

    def domains(self):
        """xl list: name -> (id, MiB, vCPUs, state, seconds)."""
        rows = re.findall(r"^(\S+) +(\d+) +(\d+) +(\d+) +(\S+) +([\d.]+)$",
                          self.dom0("xl list"), re.M)
        return {name: (int(i), int(mem), int(vcpus), state, float(ran))
                for name, i, mem, vcpus, state, ran in rows}

    def key_domains(self):
        """The hypervisor's own figures: name -> (ms run, switches)."""
        self.send("xl debug-keys d\r")
        found = {}
        for name in ("dom0", "domU"):
            found[name] = tuple(map(int, self.expect(
                rf"\[sigma\] domain \d+ {name}: [^\n]*\n"
                r"\[sigma\]   vCPU 0 .*?ran (\d+) ms, (\d+) switches", limit=LIMIT).groups()))
        self.expect(PROMPT)
        return found

    def compute(self):
        """Both work for a while: how many ms each ran, and switches to each."""
        before = self.key_domains()
        end = time.monotonic() + LIMIT
        while True:
            now = self.key_domains()
            ran = {name: now[name][0] - before[name][0] for name in now}
            if sum(ran.values()) > MEASURED_MS:
                return ran, {name: now[name][1] - before[name][1] for name in now}
            assert time.monotonic() < end, f"in {LIMIT} s they ran {ran} ms"


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    with XL(tmp_path_factory.mktemp("xl")) as booted:
        yield booted


def test_dmesg_shows_how_it_started(machine):
    text = machine.dom0("xl dmesg")
    assert text.startswith("Sigma ")
    steps = re.findall(r"^\[(\d)/(\d)\] ", text, re.M)
    assert [int(step) for step, _ in steps] == list(range(1, int(steps[0][1]) + 1))
    assert re.search(r"domain 1 domU: 64 MiB at \w+ \(relocated\)", text)
    # it is all there again, until -c has shown it
    assert machine.dom0("xl dmesg -c") == text
    assert machine.dom0("xl dmesg") == ""


def test_debug_keys(machine):
    machine.send("xl dmesg -c >/dev/null; xl debug-keys s\r")
    shown = machine.expect(r"\[sigma\] (up \d+ ms, engine trampoline)").group(1)
    machine.expect(PROMPT)
    assert shown in machine.dom0("xl dmesg")
    # a question that nobody answers does not wait for whoever types next
    machine.dom0("xl debug-keys R; xl debug-keys R")
    assert "not restarted" in machine.dom0("xl dmesg -c")
    assert "virtual 0xc0008000" in machine.dom0("xl debug-keys 'w0 c0008000'; xl dmesg -c")


def test_list(machine):
    domains = machine.domains()
    assert domains["Domain-0"][:3] == (0, 128, 1)
    assert domains["domU"][:3] == (1, 64, 1)
    assert domains["Domain-0"][3][0] == "r", "who asks runs"
    assert set(domains["domU"][3]) <= set("rb-")
    # between what the hypervisor says before and after
    before = machine.key_domains()
    ran = machine.domains()["Domain-0"][4]
    after = machine.key_domains()
    assert before["dom0"][0] / 1000 - 0.1 <= ran <= after["dom0"][0] / 1000 + 0.1
    assert '"weight": 256' in machine.dom0("xl list -l domU")
    uuid = machine.dom0("xenstore-read /local/domain/1/vm").strip().removeprefix("/vm/")
    assert uuid != NO_UUID and re.search(rf"^domU .* {uuid} ", machine.dom0("xl list -v"), re.M)


def test_vcpu_list(machine):
    rows = re.findall(r"^(\S+) +(\d+) +(\d+) +(\d+) +(\S+) +[\d.]+  (\S+) / (\S+)$",
                      machine.dom0("xl vcpu-list"), re.M)
    assert [row[:4] for row in rows] == [("Domain-0", "0", "0", "0"), ("domU", "1", "0", "0")]
    assert rows[0][4] == "r--" and rows[1][4] in ("-b-", "---")
    assert all(row[5:] == ("0", "0") for row in rows), "one processor"


def test_info(machine):
    text = machine.dom0("xl info -n")
    info = dict(re.findall(r"^(\w+) +: (.*)$", text, re.M))
    keys = machine.dom0("xl dmesg -c >/dev/null; xl debug-keys s; xl dmesg -c")
    total, free = re.search(r"RAM: (\d+) MiB, (\d+) MiB free for domains", keys).groups()
    assert (info["total_memory"], info["free_memory"]) == (total, free)
    assert int(free) <= 512 - 128 - 64
    assert info["nr_cpus"] == "1" and info["free_cpus"] == "0"
    assert info["xen_version"] == "4.17.0-sigma" and info["xen_scheduler"] == "credit"
    assert re.search(r"^ +0: +0 +0 +0$", text, re.M), "core, socket, node of the processor"
    assert re.search(rf"^ +0: +{total} +{free} +10$", text, re.M), "memory of the node"


def test_names_pool_and_uptime(machine):
    assert machine.dom0("xl domid domU").strip() == "1"
    assert machine.dom0("xl domname 1").strip() == "domU"
    assert re.search(r"^Pool-0 +1 +credit +y +2$", machine.dom0("xl cpupool-list"), re.M)
    assert re.search(r"^domU +1 +0:0\d:\d\d$", machine.dom0("xl uptime"), re.M)


def test_top(machine):
    rows = re.findall(r"^ +(\S+) ([-a-z]{6}) +(\d+) +[\d.]+ +(\d+) +[\d.]+ ",
                      machine.dom0("xentop -b -i 1"), re.M)
    assert [(row[0], row[3]) for row in rows] == [("Domain-0", "131072"), ("domU", "65536")]
    ran = machine.key_domains()["dom0"][0]
    assert ran / 1000 - 10 <= int(rows[0][2]) <= ran / 1000 + 1


def test_pause(machine):
    machine.dom0("xl pause domU")
    paused = machine.domains()["domU"]
    assert paused[3][2] == "p"
    machine.dom0("xl pause domU; xl unpause domU")  # they are counted
    before = machine.key_domains()["domU"]
    assert machine.key_domains()["domU"] == before, "it does not run"
    machine.dom0("xl unpause domU")
    assert machine.domains()["domU"][3][2] == "-"


@pytest.fixture
def both_busy(machine):
    """A loop without end in each."""
    for domain in ("domU", "dom0"):
        machine.shell(domain, "(while :; do :; done) & echo $! >/tmp/loop")
    machine.expect(PROMPT)
    yield
    for domain in ("domU", "dom0"):
        machine.shell(domain, "kill $(cat /tmp/loop)")
    machine.expect(PROMPT)


def test_weight_and_slice(machine, both_busy):
    ran, _ = machine.compute()
    assert 0.42 < ran["domU"] / sum(ran.values()) < 0.58, f"equal weights: {ran}"
    machine.dom0("xl sched-credit -d domU -w 768")
    assert re.search(r"^domU +1 +768 +0$", machine.dom0("xl sched-credit"), re.M)
    ran, _ = machine.compute()
    assert 0.68 < ran["domU"] / sum(ran.values()) < 0.82, f"768 to 256: {ran}"
    machine.dom0("xl sched-credit -d domU -w 256")
    for slice_ms in (2, 20):
        machine.dom0(f"xl sched-credit -s -t {slice_ms}")
        assert f"tslice={slice_ms}ms" in machine.dom0("xl sched-credit -s")
        ran, switches = machine.compute()
        expected = sum(ran.values()) / slice_ms
        assert 0.7 < sum(switches.values()) / expected < 1.3, f"{slice_ms} ms: {ran} {switches}"
    machine.dom0("xl sched-credit -s -t 10")


def test_console(machine):
    machine.send("xl console domU\r")
    machine.send("\r")
    machine.expect(r"\[dom0\] domU# ")
    machine.send("echo this is $(cat /etc/domain)\r")
    machine.expect(r"\[dom0\] this is domU")
    machine.send(LEAVE)
    machine.expect(PROMPT)


# What does not exist here, or cannot be: command, what it says.
ERRORS = (
    ("xl vcpu-list nosuch", "nosuch is an invalid domain identifier"),
    ("xl pause 9", "Domain 9:Pausing domain: No such process"),
    ("xl sched-credit -d domU -w 0", "weight out of range"),
    ("xl sched-credit -d domU -c 50", "Operation not supported"),
    ("xl sched-credit -s -t 31", "Invalid argument"),
    ("xl sched-credit2 -d domU -w 5", "Operation|argument|nvalid"),
    ("xl vcpu-pin domU 0 0", "Function not implemented"),
    ("xl vcpu-set domU 2", "maxcpus is 1"),
    ("xl mem-set domU 40", r"memkb=\d+ failed"),
    ("xl trigger domU power", "Function not implemented"),
    ("xl dump-core domU /tmp/core", "Function not implemented"),
    ("xl cpupool-create 'name=\"x\"'", "config parsing error|Could not create cpupool"),
    ("xl save domU /tmp/saved", "command not implemented"),
    ("xl migrate domU here", "command not implemented"),
)


@pytest.mark.parametrize("command, message", ERRORS, ids=[each[0] for each in ERRORS])
def test_error(machine, command, message):
    status, output = machine.command(f"{command} 2>&1")
    assert re.search(message, output), output
    assert status != 0 or command.split()[1] in ("pause", "trigger"), "those two always say 0"
