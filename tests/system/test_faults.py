# SPDX-License-Identifier: GPL-2.0-only
"""Faults: domains that misbehave, that are killed, windows that are full, and dom0 goes on.

One machine for the module: dom0 with Xen's tools, domU as the honest neighbour.  What
the others are made of is on a second disk of dom0's.
"""

import hashlib
import os
import random
import re
import shutil
import subprocess

import pytest

from image import BUILD, MIB, TOP, full, pack
from machine import Machine, log_directory
from test_manage import RUNNER, STARTED, Managed

pytestmark = pytest.mark.xdist_group("faults")

# Cycles of create, load, kill: some 4 to 8 s each.  `make soak` asks for 200.
KILLS = int(os.environ.get("SIGMA_KILLS", "20"))
HERE = os.path.dirname(os.path.abspath(__file__))
KNOWN_FILES = 12
# What no kernel may say, whatever the others do; written so that it does not find itself
# in the shell's echo.
BUGS = "Oop[s]|BU[G]:|WARNIN[G]:|Unable to handl[e]|Internal erro[r]|scheduling whil[e]"
# Linux's blkback counts wrongly after a ring of more pages than it takes was refused.
KNOWN = "xen_blkif_disconnect"


def cross_compile(source, program):
    subprocess.run([os.environ.get("CROSS_COMPILE", "arm-linux-gnueabihf-") + "gcc", "-static",
                    "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, source], check=True)


def cpio_member(name, data, mode):
    """One file of a "newc" archive; Linux unpacks archives that follow one another."""
    head = "070701" + "".join(f"{value:08x}" for value in (
        1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0))
    member = head.encode() + name.encode() + b"\0"
    member += bytes(-len(member) % 4) + data
    return member + bytes(-len(member) % 4)


def victim_ramdisk(path):
    """domU's small root file system with the victim's /etc/start."""
    shutil.copy(os.path.join(BUILD, "linux", "domU.cpio"), path)
    with open(os.path.join(HERE, "kill", "start.sh"), "rb") as script, open(path, "ab") as file:
        file.write(bytes(-os.path.getsize(path) % 512))
        file.write(cpio_member("etc/start", script.read(), 0o100755) +
                   cpio_member("TRAILER!!!", b"", 0))


def victim_disk(path, directory):
    """A file system with a journal and files whose checksums are known."""
    generator = random.Random(2012)
    known = directory / "victim" / "known"
    known.mkdir(parents=True)
    sums = []
    for i in range(KNOWN_FILES):
        data = generator.randbytes(generator.randrange(1, 200000))
        (known / f"file{i}").write_bytes(data)
        sums.append(f"{hashlib.sha256(data).hexdigest()}  file{i}\n")
    (known.parent / "sums").write_text("".join(sums), encoding="ascii")
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-J", "size=4", "-d", known.parent, path, "16M"],
                   check=True)


def files_for_dom0(directory):
    files = directory / "files"
    files.mkdir()
    shutil.copy(os.path.join(BUILD, "linux", "Image"), files)
    shutil.copy(os.path.join(BUILD, "guests", "badfront.elf"), files)
    shutil.copy(os.path.join(HERE, "kill", "loop.sh"), files)
    cross_compile(os.path.join(TOP, "tests", "target", "fill_window.c"), files / "fill_window")
    victim_ramdisk(files / "victim.cpio")
    victim_disk(files / "victim.img", directory)
    with open(files / "bad.img", "wb") as file:
        file.truncate(4 * MIB)
    disk = directory / "files.ext4"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", files, disk, "96M"], check=True)
    return disk


class Faulty(Managed):
    def __init__(self, directory):  # pylint: disable=super-init-not-called
        image, _ = pack(full(), directory)
        disk = directory / "disk.img"
        shutil.copy(os.path.join(BUILD, "linux", "domU.ext4"), disk)
        self.files = files_for_dom0(directory)
        more = ["-drive", f"if=none,id=files,format=raw,file={self.files}",
                "-device", "virtio-blk-device,drive=files"]
        Machine.__init__(self, "kernel", image, runner=RUNNER, more=more,
                         variables={"DISK": str(disk), "HOST_PORT": "none"},
                         log=os.path.join(log_directory(), "test_faults.log"))
        self.expect(STARTED)
        self.prompts("dom0", "domU")
        self.dom0("mount /dev/vdb /mnt")
        self.dom0("dmesg -n 1")

    def counters(self):
        """What must be the same before and after, domU running all the time."""
        self.dom0("until ! xl list | grep -qE -- '-----d|null'; do usleep 50000; done")
        # what Linux's backends say of errors stays there to be read
        nodes = self.dom0("xenstore-ls -f | grep -vc ^/local/domain/0/error; xenstore-ls -f /local/domain/0/backend "
                          "| cut -d' ' -f1")
        devices = self.dom0("ls /sys/bus/xen-backend/devices; ls /sys/class/net; losetup -a")
        statistics = self.key("s", r"RAM: (\d+) MiB, (\d+) MiB free for domains; "
                                   r"hypervisor's heap: (\d+) KiB free").groups()
        return nodes, devices, statistics

    def healthy(self):
        """dom0 and domU answer, domU's disk works, no kernel complains."""
        self.shell("domU", "dd if=/dev/urandom of=/root/x bs=64k count=4 conv=fsync && sync && "
                           "echo 3 >/proc/sys/vm/drop_caches && md5sum /root/x && rm /root/x")
        for domain in ("dom0", "domU"):
            complaints = re.findall(rf"[^\n]*(?:{BUGS})[^\n]*",
                                    self.shell(domain, f"dmesg | grep -E '{BUGS}' || true"))
            assert not [line for line in complaints if KNOWN not in line], complaints
        self.dom0("pidof xenstored xenconsoled >/dev/null && xenstore-exists /local/domain/1")


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    with Faulty(tmp_path_factory.mktemp("faults")) as faulty:
        yield faulty


def test_bad_frontend(machine):
    """A domU that breaks every rule towards xenstore, disk, network, grants and console."""
    path = machine.config("bad.cfg", """
        name = "bad"
        kernel = "/mnt/badfront.elf"
        memory = 8
        disk = [ "file:/mnt/bad.img,xvda,w" ]
        vif = [ "bridge=xenbr0" ] """)
    before = machine.counters()
    machine.type("dom0", f"sigma create {path}")
    for step in (r"events: dom0's ports refused", r"grants: .* refused", r"console: still heard",
                 r"xenstore: \d+ strange requests refused", r"xenstore: stopped at \d+ nodes",
                 r"xenstore: 2000 requests", r"vbd: multi-queue-num-queues", r"vbd: frames",
                 r"vbd: attacks over", r"vif: attacks over", r"PASS: badfront"):
        machine.expect(r"\[bad\] " + step, limit=120)
    machine.dom0("until ! xl list bad >/dev/null 2>&1; do usleep 50000; done")
    machine.healthy()
    assert machine.counters() == before


def test_window_at_its_limit(machine):
    """dom0 maps pages of domU until its window is full: an error, then all as before."""
    before = machine.counters()
    machine.type("dom0", "/mnt/fill_window 1; echo WINDOW FR''EE")
    mapped = int(machine.expect(r"mapped (\d+) pages until: Cannot allocate memory").group(1))
    assert 0x02000000 // 4096 - 4096 < mapped < 0x02000000 // 4096  # image/manifests/linux.its
    # full: domU's disk may fail with an error now, but nobody hangs or dies
    machine.type("domU", "dd if=/dev/xvda of=/dev/null bs=64k count=64 iflag=direct; "
                         "echo DIS''K-$?")
    machine.expect(r"DISK-\d", limit=300)
    machine.focus("dom0")
    machine.send("\r")
    machine.expect(r"WINDOW FREE")
    machine.dom0("dmesg | grep -q 'fill_window.* wants .* of the foreign window'")
    machine.healthy()
    assert machine.counters() == before


def test_killed_under_load(machine):
    """Killed in the middle of disk and network load, again and again: nothing is left."""
    path = machine.config("victim.cfg", """
        name = "victim"
        kernel = "/mnt/Image"
        ramdisk = "/mnt/victim.cpio"
        memory = 32
        extra = "console=hvc0 quiet"
        disk = [ "file:/mnt/victim.img,xvda,w" ]
        vif = [ "bridge=xenbr0" ] """)
    before = machine.counters()
    machine.type("dom0", f"sh /mnt/loop.sh {path} victim {KILLS}; echo LO''OP-$?-")
    for done in range(10, KILLS + 1, 10):
        seen = machine.expect(rf"killed {done} times", r"LOOP-\d", limit=600).group(0)
        assert seen == f"killed {done} times", f"the loop ended before: {machine.tail()}"
    assert machine.expect(r"LOOP-(\d+)-", limit=100).group(1) == "0"
    assert machine.counters() == before
    machine.healthy()
    # what the journal has is complete: the check after it finds nothing
    machine.dom0("cp /mnt/victim.img /tmp/v.img && mount -o loop /tmp/v.img /root && "
                 "cd /root/known && sha256sum -c -s ../sums; status=$?; cd /; umount /root; "
                 "rm /tmp/v.img; test $status = 0")


def test_the_victims_disk(machine, tmp_path):
    """On the host: the journal is replayed, and the file system is without a fault."""
    machine.dom0("umount /mnt && sync")
    disk = tmp_path / "victim.img"
    subprocess.run(["debugfs", "-R", f"dump /victim.img {disk}", machine.files], check=True,
                   capture_output=True)
    replay = subprocess.run(["e2fsck", "-p", disk], capture_output=True, text=True, check=False)
    assert replay.returncode in (0, 1), replay.stdout + replay.stderr
    check = subprocess.run(["e2fsck", "-fn", disk], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout + check.stderr
