#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Figures of the hypervisor, and of Linux on it against Linux alone, in instructions.

QEMU counts time in instructions (-icount shift=0,sleep=off), so that a figure is the
same from run to run; insn_count.c counts between points.  QEMU models no caches and
no TLB: a figure says how much code runs, not how long real hardware takes for it.

A measure is an entry of MEASURES; a run of QEMU that several share is a function
below `Runs`.
"""

import argparse
import functools
import json
import os
import re
import statistics
import subprocess
import sys
from dataclasses import dataclass
from typing import Callable, Optional

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "system"))

HYPERVISOR = "hypervisor:0xff000000:0xff800000"
GUEST_ENTRY = 0x60008000
IRQ_VECTOR_LINUX = 0xFFFF0018
TIMER_HANDLERS = ("hrtimer_interrupt", "tick_handle_periodic", "tick_nohz_handler")
CARD_BYTES = 16 << 20
DOM0_WEIGHT = 1024  # domU's is 256
RAM_DISK = "ramdisk_size=16384"
# a card with nothing at its other end: QEMU's user network keeps the host's time
NO_NETWORK = ("-net", "nic,model=lan9118")
LIMIT = 1800  # seconds for one run


class BenchError(Exception):
    """A measure that cannot be taken, and why."""


class Counts:
    """What insn_count.so wrote in one run, and the names of its phases."""

    def __init__(self, path, phases):
        self.phases = phases
        self.regions = []
        self.windows = {}
        self.totals = []
        with open(path, encoding="ascii") as file:
            for line in file:
                self._read(line.split())

    def _read(self, words):
        if words[0] == "regions":
            self.regions = words[1:]
        elif words[0] == "window":
            key = words[1], int(words[2])
            self.windows.setdefault(key, []).append([int(word) for word in words[3:]])
        elif words[0] == "phase":
            self.totals.append(int(words[2]))

    def values(self, window, phase, region=None):
        """Instructions of each time a window ended, of one region or of all."""
        numbers = range(len(self.phases)) if phase is None else [self.phases.index(phase)]
        column = 0 if region is None else 1 + self.regions.index(region)
        found = [counts[column] for number in numbers
                 for counts in self.windows.get((window, number), [])]
        if not found:
            raise BenchError(f"window {window} never ended in phase {phase or 'any'}")
        return found

    def median(self, window, phase, region=None):
        return statistics.median(self.values(window, phase, region))


class Runs:
    """The runs of QEMU, each made when a measure first asks for it."""

    def __init__(self, build):
        self.build = os.path.abspath(build)
        os.environ["BUILD"] = self.build
        self.directory = os.path.join(self.build, "bench")
        import image  # pylint: disable=import-outside-toplevel
        self.image = image

    def file(self, *names):
        return os.path.join(self.build, *names)

    @functools.lru_cache(maxsize=None)
    def symbols(self, name):
        """Addresses of an ELF file's or a System.map's symbols."""
        path = self.file(name)
        if name.endswith(".map"):
            with open(path, encoding="ascii") as file:
                text = file.read()
        else:
            text = subprocess.run([os.environ.get("CROSS_COMPILE", "arm-linux-gnueabihf-") + "nm",
                                   path], capture_output=True, text=True, check=True).stdout
        return {words[2]: int(words[0], 16) for words in map(str.split, text.splitlines())
                if len(words) == 3}

    def symbol(self, file, name):
        try:
            return self.symbols(file)[name]
        except KeyError:
            raise BenchError(f"{file} has no symbol {name}") from None

    def qemu(self, name, arguments, windows):
        """Run until the machine switches itself off; its counts."""
        print(f"bench: running {name}", flush=True)
        out, log = (os.path.join(self.directory, f"{name}.{kind}") for kind in ("counts", "log"))
        plugin = ",".join([f"file={self.file('bench', 'insn_count.so')}", f"out={out}",
                           f"region={HYPERVISOR}",
                           *(f"window={label}:{start}:{end}" for label, start, end in windows)])
        command = ["qemu-system-arm", "-M", "vexpress-a9", "-m", "512M", "-display", "none",
                   "-audiodev", "none,id=quiet", "-monitor", "none", "-serial", "stdio",
                   "-no-reboot", "-icount", "shift=0,sleep=off",
                   "-rtc", "base=2026-01-01T00:00:00,clock=vm", "-plugin", plugin, *arguments]
        with open(log, "wb") as file:
            try:
                subprocess.run(command, stdin=subprocess.DEVNULL, stdout=file,
                               stderr=subprocess.STDOUT, timeout=LIMIT, check=True)
            except subprocess.TimeoutExpired:
                raise BenchError(f"run {name} did not end in {LIMIT} s (see {log})") from None
        with open(log, encoding="utf-8", errors="replace") as file:
            text = file.read()
        if "FAIL:" in text or "panic:" in text:
            raise BenchError(f"run {name} failed (see {log})")
        return Counts(out, re.findall(r"^(?:\[dom[0U]\] )?phase (\w+)", text, re.M)), text

    def pack(self, manifest, name):
        path, _ = self.image.pack(manifest, os.path.join(self.directory, name), build=self.build)
        return "-kernel", path

    @functools.lru_cache(maxsize=None)
    def guests(self):
        """Two small guests whose paths are marked: guests/bench."""
        fiq = self.symbol("sigma.elf", "monitor_fiq")
        switch = self.symbol("sigma.elf", "arch_vcpu_switch")
        manifest = self.image.guests("bench+bench", slice_us=1000)
        windows = [("call", "m1", "m2"), ("vector", fiq, "m6"), ("tick", fiq, fiq),
                   ("decide", fiq, switch), ("switch", switch, "m3"), ("trip", "m4", "m5")]
        return self.qemu("guests", self.pack(manifest, "guests"), windows)[0]

    @functools.lru_cache(maxsize=None)
    def hello(self):
        """The messages of two small guests' boot, for what they say of memory."""
        return self.qemu("hello", self.pack(self.image.guests("hello+hello"), "hello"), [])[1]

    def handlers(self, start):
        system_map = os.path.join("linux", "System.map")
        return [(name, start, self.symbols(system_map)[name]) for name in TIMER_HANDLERS
                if name in self.symbols(system_map)]

    @functools.lru_cache(maxsize=None)
    def linux_native(self):
        """The kernel of the domains without a hypervisor, its init the bench program."""
        return self.qemu("linux-native", [
            "-kernel", self.file("linux", "zImage"), "-dtb", self.file("board.dtb"),
            "-initrd", self.file("linux", "dom0.cpio"),
            "-append", "console=ttyAMA0 maxcpus=1 rdinit=/bin/bench"],
            [("call", "m1", "m2"), *self.handlers(IRQ_VECTOR_LINUX)])[0]

    @functools.lru_cache(maxsize=None)
    def linux_dom0(self):
        """The same as dom0, with nobody beside it."""
        text = self.image.linux()
        dom_u = re.search(r"\n\t\tdomU \{.*?\n\t\t\};\n", text, re.S).group(0)
        text = text.replace(dom_u, "").replace('"console=hvc0"', '"console=hvc0 rdinit=/bin/bench"')
        fiq = self.symbol("sigma.elf", "monitor_fiq")
        return self.qemu("linux-dom0", self.pack(text, "linux-dom0"),
                         [("call", "m1", "m2"), ("vector", fiq, IRQ_VECTOR_LINUX),
                          *self.handlers(fiq)])[0]

    @functools.lru_cache(maxsize=None)
    def linux_both(self):
        """dom0 beside domU, from reset to dom0's init."""
        text = self.image.linux().replace('"console=hvc0"',
                                          '"console=hvc0 rdinit=/bin/bench"', 1)
        return self.qemu("linux-both", self.pack(text, "linux-both"),
                         [("first", "reset", GUEST_ENTRY)])[0]

    def card(self):
        """An SD card; QEMU keeps what is written to it to itself."""
        path = os.path.join(self.directory, "card.img")
        with open(path, "wb") as file:
            file.write(b"sigma" * (CARD_BYTES // 5 + 1))
            file.truncate(CARD_BYTES)
        return "-drive", f"if=sd,format=raw,snapshot=on,file={path}"

    @functools.lru_cache(maxsize=None)
    def io_native(self):
        """Disk and network of the kernel alone: RAM disk, SD card, loopback device."""
        return self.qemu("io-native", [
            "-kernel", self.file("linux", "zImage"), "-dtb", self.file("board.dtb"),
            "-initrd", self.file("linux", "dom0.cpio"), *NO_NETWORK, *self.card(),
            "-append", f"console=ttyAMA0 maxcpus=1 {RAM_DISK} rdinit=/bin/bench -- native"],
            [("call", "m1", "m2")])[0]

    @functools.lru_cache(maxsize=None)
    def io(self):
        """The same of domU, served by a dom0 with its ordinary init.

        dom0 works for domU and weighs more: else each event that it sends takes the
        processor away from it, and domU handles one slot of a ring at a time.
        """
        text = self.image.linux(**{
            'incbin/("linux/dom0.cpio")': 'incbin/("linux/dom0-full.cpio.lz4")',
        })
        old = 'bootargs = "console=hvc0";'
        dom0 = f"""bootargs = "console=hvc0 {RAM_DISK} rdinit=/bin/bench -- serve";
                        image-file = "boot/sigma.fit";
                        weight = <{DOM0_WEIGHT}>;"""
        dom_u = """bootargs = "console=hvc0 rdinit=/bin/bench -- io";
                        disk = "phy:/dev/ram0,xvda,w", "phy:/dev/mmcblk0,xvdb,w";
                        vif = "bridge=xenbr0,mac=00:16:3e:00:00:01";"""
        text = text.replace(old, dom0, 1).replace(old, dom_u, 1)
        return self.qemu("io", [*self.pack(text, "io"), *NO_NETWORK, *self.card()],
                         [("call", "m1", "m2")])[0]


# ---- what is measured ----------------------------------------------------------

def call(phase, region=None):
    """A marked hypercall; marker 1 itself is not of it."""
    def take(runs):
        value = runs.guests().median("call", phase, region)
        return value - 1 if region is None else value
    return take


def guests(window, phase, region="hypervisor"):
    return lambda runs: runs.guests().median(window, phase, region)


def switch_by_interrupt(runs):
    """From the interrupt to the switch, and from there to the other domain."""
    counts = runs.guests()
    return (counts.median("decide", "switch_interrupt", "hypervisor") +
            counts.median("switch", "switch_interrupt", "hypervisor"))


def over_native(phase):
    """Per cent more than native, of the same operations of Linux."""
    def take(runs):
        native = runs.linux_native().median("call", phase)
        return 100 * (runs.linux_dom0().median("call", phase) - native) / native
    return take


def io(phase, count, region=None):
    """Of one operation of domU's, `count` of which make a window: all domains' code."""
    return lambda runs: runs.io().median("call", phase, region) / count


def io_native(phase, count):
    return lambda runs: runs.io_native().median("call", phase) / count


def timer_handler(counts):
    for name in TIMER_HANDLERS:
        try:
            return counts.median(name, None)
        except BenchError:
            continue
    raise BenchError("no timer handler of Linux ran")


def handler_over_native(runs):
    return timer_handler(runs.linux_dom0()) - timer_handler(runs.linux_native())


def init_over_native(runs):
    """dom0's init, with domU booting beside it, against the zImage alone."""
    return runs.linux_both().totals[0] - runs.linux_native().totals[0]


def elf_sections(runs):
    text = subprocess.run(["size", runs.file("sigma.elf")], capture_output=True, text=True,
                          check=True).stdout.splitlines()[1].split()
    return dict(zip(("text", "data", "bss"), map(int, text)))


def ram_kept(runs):
    """RAM that is neither free nor a domain's, and what of the domains' own they lose."""
    log = runs.hello()
    total = int(re.search(r"RAM (\d+) MiB at", log).group(1))
    free = int(re.search(r"free: (\d+) MiB", log).group(1))
    domains = sum(map(int, re.findall(r"domain \d \w+: (\d+) MiB at", log)))
    reserved = sum(map(int, re.findall(r"reserved: [0-9a-f]+, (\d+) KiB", log)))
    tables = 16 * len(re.findall(r"reserved: ", log))
    return (total - free - domains) * 1024 + reserved + tables


def size_of(*names):
    return lambda runs: os.path.getsize(runs.file(*names)) / 1024


@dataclass
class Measure:
    """One line of the table; take(runs) is its figure, at most target."""
    name: str
    group: str
    text: str
    unit: str
    take: Callable
    target: Optional[float] = None


INSN, PERCENT, KIB = "instructions", "%", "KiB"
BYTE = "instr./byte"
# operations in one window, as guests/linux/bench.c makes them, and bytes of one
DISK_LARGE, DISK_SMALL, CARD, TRIPS = 32, 64, 4, 100
LARGE, NET = 64 << 10, 4 << 20

MEASURES = [
    Measure("null_leaf", "guests", "null hypercall, leaf, with the guest's call", INSN,
            call("null_leaf"), 12),
    Measure("null_call", "guests", "null hypercall, on the hypervisor's stack", INSN,
            call("null_call"), 32),
    Measure("virq_ack", "guests", "acknowledging the virtual line", INSN,
            call("virq_ack", "hypervisor")),
    Measure("timer_arm", "guests", "arming the PV timer", INSN, call("timer_arm", "hypervisor")),
    Measure("timer_to_vector", "guests", "timer interrupt to the guest's vector", INSN,
            guests("vector", "tick"), 45),
    Measure("tick", "guests", "hypervisor's part of a 10 ms tick", INSN, guests("tick", "tick"),
            130),
    Measure("switch_interrupt", "guests", "domain switch by an interrupt", INSN,
            switch_by_interrupt, 220),
    Measure("switch_yield", "guests", "domain switch by a hypercall", INSN,
            guests("call", "switch_yield"), 180),
    Measure("event_wake", "guests", "event to a blocked domain's first instruction", INSN,
            guests("call", "event_wake"), 400),
    Measure("event_round_trip", "guests", "event there and back, guests' code included", INSN,
            guests("trip", "event_round_trip", None)),
    Measure("event_ping_pong", "guests", "the same, hypervisor's part", INSN,
            guests("trip", "event_round_trip"), 900),
    Measure("linux_timer_vector", "linux", "timer interrupt to Linux's vector", INSN,
            lambda runs: runs.linux_dom0().median("vector", None, "hypervisor"), 45),
    Measure("linux_timer_handler", "linux", "timer interrupt to Linux's handler, over native", INSN,
            handler_over_native, 80),
    Measure("linux_null_syscall", "linux", "null system call in dom0, over native", PERCENT,
            over_native("linux_null_syscall"), 1),
    Measure("linux_page_fault", "linux", "page fault in dom0, over native", PERCENT,
            over_native("linux_page_fault"), 1),
    Measure("linux_fork_exit", "linux", "fork and exit in dom0, over native", PERCENT,
            over_native("linux_fork_exit"), 1),
    Measure("linux_pipe", "linux", "pipe round trip in dom0, over native", PERCENT,
            over_native("linux_pipe"), 1),
    Measure("first_guest", "linux", "reset to the first guest instruction, two Linuxes", INSN,
            lambda runs: runs.linux_both().values("first", None)[0], 100_000_000),
    Measure("init_native", "linux", "reset to init, native zImage", INSN,
            lambda runs: runs.linux_native().totals[0]),
    Measure("init", "linux", "reset to dom0's init beside domU, over native", INSN,
            init_over_native, 0),
    Measure("ram_disk_read", "io", "RAM disk, read of 64 KiB, native", BYTE,
            io_native("disk_read_64k", DISK_LARGE * LARGE)),
    Measure("vbd_read", "io", "vbd on a RAM disk, read of 64 KiB", BYTE,
            io("disk_read_64k", DISK_LARGE * LARGE), 0.6),
    Measure("vbd_write", "io", "vbd on a RAM disk, write of 64 KiB", BYTE,
            io("disk_write_64k", DISK_LARGE * LARGE)),
    Measure("ram_disk_request", "io", "RAM disk, read of 4 KiB, native", INSN,
            io_native("disk_read_4k", DISK_SMALL)),
    Measure("vbd_request", "io", "vbd on a RAM disk, read of 4 KiB", INSN,
            io("disk_read_4k", DISK_SMALL)),
    Measure("vbd_hypervisor", "io", "the same, hypervisor's part", INSN,
            io("disk_read_4k", DISK_SMALL, "hypervisor"), 1000),
    Measure("card_read", "io", "SD card, read of 64 KiB, native", BYTE,
            io_native("card_read_64k", CARD * LARGE)),
    Measure("vbd_card_read", "io", "vbd on the SD card, read of 64 KiB", BYTE,
            io("card_read_64k", CARD * LARGE)),
    Measure("loopback_send", "io", "TCP through the loopback device, native", BYTE,
            io_native("net_send", NET)),
    Measure("vif_send", "io", "TCP from domU to dom0", BYTE, io("net_send", NET), 2.0),
    Measure("vif_receive", "io", "TCP from dom0 to domU", BYTE, io("net_receive", NET)),
    Measure("loopback_trip", "io", "1-byte round trip, loopback device, native", INSN,
            io_native("net_round_trip", TRIPS)),
    Measure("vif_trip", "io", "1-byte round trip, domU and dom0", INSN,
            io("net_round_trip", TRIPS), 45_000),
    Measure("text_data", "sizes", "hypervisor's text and data", KIB,
            lambda runs: (elf_sections(runs)["text"] + elf_sections(runs)["data"]) / 1024, 64),
    Measure("bss", "sizes", "hypervisor's bss", KIB,
            lambda runs: elf_sections(runs)["bss"] / 1024),
    Measure("ram_kept", "sizes", "RAM kept from two guests", KIB, ram_kept, 2048),
    Measure("bootstrap", "sizes", "bootstrap", KIB, size_of("bootstrap.bin")),
    Measure("image", "sizes", "sigma.img", KIB, size_of("sigma.img")),
    Measure("fit", "sizes", "the FIT in it, unpacked", KIB, size_of("sigma.fit")),
]


def verdict(value, target):
    if target is None:
        return ""
    return "ok" if value <= target else f"missed by {shown(value - target)}"


def shown(value):
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"


def row(text, value, target, unit, word):
    return f"{text:<56}{value:>16}{target:>14}  {unit:<13}{word}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default="build", help="build directory")
    parser.add_argument("--only", choices=["guests", "linux", "io", "sizes"], action="append",
                        help="one group of measures")
    args = parser.parse_args()
    runs = Runs(args.build)
    os.makedirs(runs.directory, exist_ok=True)

    results, lines, broken = [], [], 0
    for measure in MEASURES:
        if args.only and measure.group not in args.only:
            continue
        target = "" if measure.target is None else shown(measure.target)
        try:
            value = measure.take(runs)
        except BenchError as error:
            broken += 1
            lines.append(row(measure.text, "-", target, measure.unit, f"not measured: {error}"))
            continue
        word = verdict(value, measure.target)
        lines.append(row(measure.text, shown(value), target, measure.unit, word))
        results.append({"name": measure.name, "text": measure.text, "unit": measure.unit,
                        "value": value, "target": measure.target, "verdict": word})
    print(row("measure", "median", "at most", "", ""))
    print("\n".join(lines))
    path = runs.file("bench.json")
    with open(path, "w", encoding="ascii") as file:
        json.dump(results, file, indent=1)
    print(f"bench: written to {path}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
