# SPDX-License-Identifier: GPL-2.0-only
"""Split drivers: domU's disks and network, served by dom0, on one booted machine.

What a disk holds is compared in three places: domU's vbd, dom0's device, and the file
on this host that QEMU's device is.
"""

import contextlib
import hashlib
import http.server
import os
import random
import re
import shutil
import socket
import threading
import urllib.request

import pytest

from image import BUILD, MIB, TOP, full, pack
from machine import Machine, log_directory

pytestmark = pytest.mark.xdist_group("split")

RUNNER = os.path.join(TOP, "tools", "run-qemu.sh")
DISK_MIB = 8  # of the second disk and of files behind loop devices
CARD_MIB = 2  # a power of 2, and small: the card is read word by word
NETWORK_MIB = 1024
HOST = "10.0.2.2"  # this host, as QEMU's user network shows it
DOM_U = "10.0.2.20"
READ_ONLY = r"Read-only file system|Operation not permitted|Permission denied"


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def random_file(path, mebibytes, seed):
    with open(path, "wb") as file:
        file.write(random.Random(seed).randbytes(mebibytes * MIB))
    return str(path)


def md5_of_file(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


class Split(Machine):
    """The whole system, and what its tests say again and again."""

    def __init__(self, directory, manifest, name, disk, more=(), **variables):
        image, _ = pack(manifest, directory)
        self.port = free_port()
        variables = {"DISK": disk, "HOST_PORT": str(self.port), **variables}
        super().__init__("kernel", image, runner=RUNNER, variables=variables, more=more,
                         log=os.path.join(log_directory(), f"test_split.{name}.log"))
        self.expect(r"start the domains; ")
        self.prompts("dom0", "domU")

    def md5(self, domain, path):
        """Of what lies behind the domain's caches."""
        text = self.shell(domain, f"sync; echo 3 >/proc/sys/vm/drop_caches; md5sum {path}")
        return re.search(r"\b[0-9a-f]{32}\b", text).group(0)

    def attach(self, disk, name):
        self.shell("dom0", f"sigma block-attach domU {disk}")
        self.shell("domU", f"until [ -b /dev/{name} ]; do usleep 20000; done")

    def detach(self, name):
        self.shell("dom0", f"sigma block-detach domU {name}")
        self.shell("domU", f"while [ -b /dev/{name} ]; do usleep 20000; done")

    def both_at_work(self, *commands):
        """A command in dom0 and one in domU at the same time; the output of both."""
        for domain, command in zip(("dom0", "domU"), commands):
            self.type(domain, f"{command}; echo {domain} DO''NE-$?-")
        output, left = "", {"dom0", "domU"}
        while left:
            done = self.expect(r"\[(dom\w)\] \1 DONE-(\d+)-", limit=400)
            output += self.child.before
            assert done.group(2) == "0", f"{done.group(1)} failed:\n{output}"
            left.discard(done.group(1))
        return output


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Domain U's root disk, a second disk and an SD card, on this host."""
    directory = tmp_path_factory.mktemp("split")
    root = directory / "root.img"
    shutil.copyfile(os.path.join(BUILD, "linux", "domU.ext4"), root)
    return {"root": str(root), "disk": random_file(directory / "disk.img", DISK_MIB, 1),
            "card": random_file(directory / "card.img", CARD_MIB, 2), "directory": directory}


@pytest.fixture(scope="module")
def machine(files):
    with Split(files["directory"], full(), "machine", files["root"], more=[
            "-drive", f"if=none,id=second,format=raw,file={files['disk']}",
            "-device", "virtio-blk-device,drive=second",
            "-drive", f"if=sd,format=raw,file={files['card']}"]) as booted:
        yield booted


@pytest.fixture(scope="module")
def second(machine):
    """dom0's name of the second disk: the kernel numbers them as it finds them."""
    sizes = machine.shell("dom0", "grep -H . /sys/block/vd*/size")
    return re.search(rf"/(vd\w)/size:{DISK_MIB * MIB // 512}\b", sizes).group(1)


# ---- disks -----------------------------------------------------------------

def quiet_root(machine, mode):
    machine.shell("domU", f"sync; mount -o remount,{mode} /")


def test_root_is_a_vbd(machine):
    assert "/dev/root on / type ext4 (rw" in machine.shell("domU", "mount")
    assert "xvda" in machine.shell("domU", "cat /proc/partitions")
    assert "vbd-1-51712" in machine.shell("dom0", "ls /sys/bus/xen-backend/drivers/vbd")


def test_root_disk_is_the_same_everywhere(machine, files):
    """Before and after domU writes 4 MiB."""
    sums = []
    for write in (False, True):
        if write:
            machine.shell("domU", "dd if=/dev/urandom of=/root/written bs=1M count=4 conv=fsync")
        quiet_root(machine, "ro")
        sums.append(machine.md5("domU", "/dev/xvda"))
        assert machine.md5("dom0", "/dev/vda") == sums[-1]
        assert md5_of_file(files["root"]) == sums[-1]
        quiet_root(machine, "rw")
    assert sums[0] != sums[1]


def test_fsync_is_a_flush(machine):
    """domU sees a disk with a cache; what it flushes is flushed at dom0's."""
    count = "cat /sys/bus/xen-backend/devices/vbd-1-51712/statistics/f_req"
    assert "write back" in machine.shell("domU", "cat /sys/block/xvda/queue/write_cache")
    before = int(re.search(r"\] (\d+)\s", machine.shell("dom0", count)).group(1))
    machine.shell("domU", "dd if=/dev/zero of=/root/flushed bs=512 count=1 conv=fsync")
    assert int(re.search(r"\] (\d+)\s", machine.shell("dom0", count)).group(1)) > before


@pytest.fixture
def loop_file(machine):
    """A file in dom0's memory: not all zeros, nor the same all over."""
    machine.shell("dom0", f"dd if=/dev/urandom of=/root/x.img bs=1M count={DISK_MIB}")
    yield "/root/x.img"
    machine.shell("dom0", "rm /root/x.img")


def written_and_read(machine, name, device):
    """domU and dom0 agree about a disk before and after domU writes into its middle."""
    first = machine.md5("domU", f"/dev/{name}")
    assert machine.md5("dom0", device) == first
    machine.shell("domU", f"dd if=/dev/urandom of=/dev/{name} bs=64k seek=7 count=20 conv=fsync")
    last = machine.md5("domU", f"/dev/{name}")
    assert last != first
    assert machine.md5("dom0", device) == last
    return last


def without_trace(machine, name):
    """Neither end's nodes, nor the backend's device, is left of a detached disk."""
    assert name not in machine.shell("dom0", "sigma block-list domU")
    left = machine.shell("dom0", "xenstore-ls -f | grep -c vbd/.*state; ls -d /sys/bus/xen-backend"
                                 "/devices/vbd-*")
    assert left.count("vbd-1-") == 1, left


def no_loop_device(machine):
    return "/" not in machine.shell("dom0", "losetup -a").split("\n", maxsplit=1)[1]


def test_disk_attached_and_detached(machine, files, second):
    machine.attach(f"phy:/dev/{second},xvdb,w", "xvdb")
    last = written_and_read(machine, "xvdb", f"/dev/{second}")
    machine.detach("xvdb")
    without_trace(machine, "xvdb")
    assert md5_of_file(files["disk"]) == last


def test_card_attached_and_detached(machine, files):
    machine.attach("phy:/dev/mmcblk0,xvdb,w", "xvdb")
    last = written_and_read(machine, "xvdb", "/dev/mmcblk0")
    machine.detach("xvdb")
    without_trace(machine, "xvdb")
    assert md5_of_file(files["card"]) == last


def test_file_attached_and_detached(machine, loop_file):
    """A file system in a file: made in domU, read in dom0."""
    machine.attach(f"file:{loop_file},xvdb,w", "xvdb")
    written_and_read(machine, "xvdb", loop_file)
    machine.shell("domU", "mke2fs -q /dev/xvdb && mount /dev/xvdb /mnt && "
                          "cp /bin/busybox /mnt && umount /mnt")
    machine.detach("xvdb")
    without_trace(machine, "xvdb")
    machine.shell("dom0", f"mount -o loop,ro {loop_file} /mnt && cmp /bin/busybox /mnt/busybox && "
                          "umount /mnt")
    assert no_loop_device(machine)


def test_xl_attaches_and_detaches(machine, loop_file):
    """A disk and a network interface, by xl and libxl's scripts."""
    machine.shell("dom0", f"xl block-attach domU file:{loop_file},xvdb,w")
    machine.shell("domU", "until [ -b /dev/xvdb ]; do usleep 20000; done")
    written_and_read(machine, "xvdb", loop_file)
    machine.shell("dom0", "xl block-detach domU xvdb")
    machine.shell("domU", "while [ -b /dev/xvdb ]; do usleep 20000; done")
    without_trace(machine, "xvdb")
    assert no_loop_device(machine)
    machine.shell("dom0", "xl network-attach domU bridge=xenbr0")
    machine.shell("domU", "until [ -d /sys/class/net/eth1 ]; do usleep 20000; done")
    machine.shell("domU", f"ip link set eth1 up && arping -c 1 -I eth1 {HOST}")
    machine.shell("dom0", "xl network-detach domU 1")
    machine.shell("domU", "while [ -d /sys/class/net/eth1 ]; do usleep 20000; done")


def test_several_disks_at_once(machine, files, second, loop_file):
    """Three more, of three kinds; all read at the same time."""
    disks = {"xvdb": f"phy:/dev/{second}", "xvdc": "phy:/dev/mmcblk0", "xvdd": f"file:{loop_file}"}
    for name, target in disks.items():
        machine.attach(f"{target},{name},w", name)
    command = " ".join(f"md5sum /dev/{name} >/run/{name} &" for name in disks)
    machine.shell("domU", f"{command} wait")
    text = machine.shell("domU", "cat /run/xvd?")
    sums = dict(re.findall(r"([0-9a-f]{32})  /dev/(xvd\w)", text))
    assert sums == {md5_of_file(files["disk"]): "xvdb", md5_of_file(files["card"]): "xvdc",
                    machine.md5("dom0", loop_file): "xvdd"}
    for name in disks:
        machine.detach(name)


def test_read_only_disk(machine, loop_file):
    machine.attach(f"file:{loop_file},xvdb,r", "xvdb")
    before = machine.md5("dom0", loop_file)
    text = machine.shell("domU", "dd if=/dev/zero of=/dev/xvdb bs=4k count=1 conv=fsync 2>&1 "
                                 "|| echo refused")
    assert "refused" in text.split("\n", maxsplit=1)[1] and re.search(READ_ONLY, text), text
    machine.detach("xvdb")
    assert machine.md5("dom0", loop_file) == before


def test_discard(machine, loop_file):
    """What domU discards, the file in dom0 no longer occupies."""
    machine.attach(f"file:{loop_file},xvdb,w", "xvdb")
    machine.shell("domU", "blkdiscard -o 2097152 -l 4194304 /dev/xvdb && sync")
    kept = machine.shell("domU", "dd if=/dev/xvdb bs=1M skip=2 count=4 | tr -d '\\0' | wc -c")
    assert re.search(r"\] 0\s", kept), kept
    machine.detach("xvdb")
    used = int(re.search(r"\] (\d+)\s", machine.shell("dom0", f"du -k {loop_file}")).group(1))
    assert used == (DISK_MIB - 4) * 1024


# ---- network ---------------------------------------------------------------

@contextlib.contextmanager
def server(content):
    """An HTTP server of this host; its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # pylint: disable=invalid-name
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):  # pylint: disable=arguments-differ
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield listening.server_address[1]
        finally:
            listening.shutdown()
            thread.join()


def address_of_dom0(machine):
    machine.shell("dom0", "until ip a show xenbr0 | grep -q inet; do usleep 20000; done")
    return re.search(r"inet (10\.0\.2\.\d+)/", machine.shell("dom0", "ip a show xenbr0")).group(1)


def test_ping(machine):
    dom0 = address_of_dom0(machine)
    for domain, other in (("domU", dom0), ("dom0", DOM_U), ("domU", HOST), ("dom0", HOST)):
        assert " 0% packet loss" in machine.shell(domain, f"ping -c 2 -i 0.2 {other}")


def test_domu_reaches_the_outside(machine):
    content = random.Random(3).randbytes(MIB // 2)
    with server(content) as port:
        text = machine.shell("domU", f"wget -q -O - http://{HOST}:{port}/ | md5sum")
    assert hashlib.md5(content).hexdigest() in text


def test_host_reads_from_domu(machine):
    """The page of domU's HTTP server, and 4 MiB, through the forwarded port."""
    with open(os.path.join(TOP, "guests/linux/rootfs/domU/index.html"), "rb") as file:
        page = file.read()
    base = f"http://127.0.0.1:{machine.port}"
    with urllib.request.urlopen(base, timeout=60) as answer:
        assert answer.read() == page
    machine.shell("domU", "dd if=/dev/urandom of=/srv/www/big bs=1M count=4")
    wanted = machine.md5("domU", "/srv/www/big")
    with urllib.request.urlopen(f"{base}/big", timeout=60) as answer:
        assert hashlib.md5(answer.read()).hexdigest() == wanted
    machine.shell("domU", "rm /srv/www/big")


def test_a_gibibyte_each_way(machine):
    """Both at once through netfront and netback; each checksum the same at both ends."""
    dom0 = address_of_dom0(machine)
    text = machine.both_at_work(
        f"stream receive 5001 & stream send {DOM_U} 5002 {NETWORK_MIB} && wait",
        f"stream receive 5002 & stream send {dom0} 5001 {NETWORK_MIB} && wait")
    found = re.findall(r"\[(dom\w)\] stream: (sent|received) (\d+) bytes, checksum (\w+)", text)
    assert {(domain, verb) for domain, verb, *_ in found} == {
        (domain, verb) for domain in ("dom0", "domU") for verb in ("sent", "received")}, text
    assert {int(count) for _, _, count, _ in found} == {NETWORK_MIB * MIB}, text
    for one, other in (("dom0", "domU"), ("domU", "dom0")):
        assert len({checksum for domain, verb, _, checksum in found
                    if (domain, verb) in ((one, "sent"), (other, "received"))}) == 1, text


def test_nothing_went_wrong_inside(machine):
    for domain in ("dom0", "domU"):
        machine.shell(domain, "! (dmesg | grep -i -e oops -e bug: -e warning: -e 'i/o error' "
                              "-e 'call trace' -e corrupt)")


# ---- the other devices -----------------------------------------------------

def test_root_on_the_card(tmp_path):
    """domU's root is the SD card, dom0's network card virtio's; domU asks for an address."""
    manifest = full({"phy:/dev/vda": "phy:/dev/mmcblk0",
                     "ip=10.0.2.20::10.0.2.2:255.255.255.0:::::10.0.2.3": "ip=dhcp"})
    card = tmp_path / "card.img"
    shutil.copyfile(os.path.join(BUILD, "linux", "domU.ext4"), card)
    with Split(tmp_path, manifest, "card", "", CARD="virtio",
               more=["-drive", f"if=sd,format=raw,file={card}"]) as machine:
        assert "mmcblk0" in machine.shell("dom0", "xenstore-ls /local/domain/0/backend/vbd")
        assert "virtio_net" in machine.shell("dom0", "readlink /sys/class/net/xenbr0/brif/eth*/../"
                                                     "device/driver")
        machine.shell("domU", "until ip a show eth0 | grep -q inet; do usleep 20000; done")
        assert " 0% packet loss" in machine.shell("domU", f"ping -c 2 -i 0.2 {HOST}")
        quiet_root(machine, "ro")
        sums = [re.search(r"[0-9a-f]{32}", machine.shell(
            domain, f"dd if=/dev/{disk} bs={MIB} count={CARD_MIB} iflag=direct | md5sum")).group(0)
                for domain, disk in (("domU", "xvda"), ("dom0", "mmcblk0"))]
        with open(card, "rb") as file:
            sums.append(hashlib.md5(file.read(CARD_MIB * MIB)).hexdigest())
        assert len(set(sums)) == 1, sums
