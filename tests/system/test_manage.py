# SPDX-License-Identifier: GPL-2.0-only
"""dom0 manages: domains end in every way, start again, and leave nothing behind.

One machine for the module.  Files for new domains are on a second disk of dom0's.
"""

import os
import re
import shutil
import subprocess

import pytest

from image import BUILD, MIB, TOP, full, linux, pack
from machine import Machine, log_directory

pytestmark = pytest.mark.xdist_group("manage")

RUNNER = os.path.join(TOP, "tools", "run-qemu.sh")
STARTED = r"start the domains; "
MODEL = "Another board tree"
RESTARTS = 5  # of the monitor in a minute
UP = r"\[domU\] This is domU"


def files_for_dom0(directory):
    """A disk with kernels, a root file system and a device tree that domU never had."""
    files = directory / "files"
    files.mkdir()
    for source in ("linux/Image", "linux/zImage", "linux/domU.cpio", "guests/hello.elf"):
        shutil.copy(os.path.join(BUILD, source), files)
    shutil.copy(os.path.join(BUILD, "board.dtb"), files / "other.dtb")
    subprocess.run(["fdtput", "-t", "s", files / "other.dtb", "/", "model", MODEL], check=True)
    disk = directory / "files.ext4"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", files, disk, "64M"], check=True)
    return disk


class Managed(Machine):
    """The whole system, and what its tests say again and again."""

    def __init__(self, directory):
        image, _ = pack(full(), directory)
        disk = directory / "disk.img"
        shutil.copy(os.path.join(BUILD, "linux", "domU.ext4"), disk)
        with open(disk, "r+b") as file:
            file.truncate(64 * MIB)
        more = ["-drive", f"if=none,id=files,format=raw,file={files_for_dom0(directory)}",
                "-device", "virtio-blk-device,drive=files"]
        super().__init__("kernel", image, runner=RUNNER, more=more,
                         variables={"DISK": str(disk), "HOST_PORT": "none"},
                         log=os.path.join(log_directory(), "test_manage.log"))
        self.expect(STARTED)
        self.prompts("dom0", "domU")
        self.dom0("mount -r /dev/vdb /mnt")

    def dom0(self, command, status=0):
        """Output of a command of dom0's, which must end with this status."""
        output = self.shell("dom0", f"echo BEG''IN; ({command}); test $? = {status}")
        return re.split(r"BEGIN\r*\n", output)[-1].replace("[dom0] ", "").replace("\r", "")

    def config(self, name, text):
        """A configuration file of dom0's; its path."""
        lines = [line.strip() for line in text.strip().splitlines()]
        assert "'" not in text
        self.dom0("printf '%s\\n' " + " ".join(f"'{line}'" for line in lines) + f" >/tmp/{name}")
        return f"/tmp/{name}"

    def ids(self):
        """Names of the domains and their ids, as xl has them."""
        return {name: int(number) for name, number in
                re.findall(r"^(\S+) +(\d+) +\d+ +\d", self.dom0("xl list"), re.M)}

    def log_has(self, words):
        self.dom0(f"until grep -q '{words}' /var/log/sigma.log; do usleep 50000; done")

    def forget_log(self):
        self.dom0(": >/var/log/sigma.log")

    def ensure_domu(self):
        """domU runs with the image's own description, and its shell answers."""
        self.dom0("sigma list | grep -q '^domU .* - ' && sigma create -i domU; true")
        self.prompts("domU")

    def without_domu(self):
        self.dom0("sigma destroy domU 2>/dev/null; true")
        self.dom0("until ! xl list domU >/dev/null 2>&1; do usleep 50000; done")

    def left(self):
        """What must be the same whenever only dom0 runs."""
        assert list(self.ids()) == ["Domain-0"]
        nodes = self.dom0("xenstore-ls -f | grep -v '^/tool'")
        backends = self.dom0("ls /sys/bus/xen-backend/devices /run/sigma")
        loops = self.dom0("losetup -a")
        statistics = self.key("s", r"RAM: (\d+) MiB, (\d+) MiB free for domains; "
                                   r"hypervisor's heap: (\d+) KiB free").groups()
        return set(nodes.splitlines()), backends, loops, statistics


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    with Managed(tmp_path_factory.mktemp("manage")) as managed:
        yield managed


@pytest.fixture
def domu(machine):
    """The machine, with domU as the image describes it."""
    machine.ensure_domu()
    machine.forget_log()
    return machine


def boot_id(machine):
    return re.search(r"[0-9a-f-]{36}", machine.shell("domU",
                     "cat /proc/sys/kernel/random/boot_id")).group(0)


def test_domains_of_the_image(domu):
    """What the hypervisor built at boot is in xenstore as libxl would have put it."""
    assert domu.ids() == {"Domain-0": 0, "domU": 1}
    assert "51712" in domu.dom0("xl block-list domU")
    assert "00:16:3e:00:00:01" in domu.dom0("xl network-list domU")
    assert re.search(r"xvda +51712 w +connected +/dev/vda", domu.dom0("sigma block-list domU"))
    assert "domU" in domu.dom0("xenstore-read $(xenstore-read /local/domain/1/vm)/name")
    # its own nodes a domain may write; its name is not its own
    assert re.search(r"^n1\b", domu.dom0("xenstore-ls -p /local/domain/1/control | "
                                         "sed -n 's/.*shutdown.*(\\(.*\\))/\\1/p'"), re.M)
    assert re.search(r"^n0,r1\b", domu.dom0("xenstore-ls -p /local/domain/1 | "
                                            "sed -n 's/^name.*(\\(.*\\))/\\1/p'"), re.M)


def test_pause_and_unpause(domu):
    for tool in ("xl", "sigma"):
        domu.dom0(f"{tool} pause domU")
        assert re.search(r"domU +1 .* --p--", domu.dom0("xl list"))
        domu.dom0(f"{tool} unpause domU")
        assert "--p--" not in domu.dom0("xl list")
    domu.shell("domU", "true")


def test_xl_console(domu):
    """xl's console and the hypervisor's multiplexer lead to the same shell."""
    domu.type("dom0", "xl console domU")
    domu.send("\r")
    domu.expect(r"\[dom0\] domU# ")
    domu.send("echo from $(hostname) by x''l\r")
    domu.expect(r"\[dom0\] from domU by xl")
    domu.send("\x1d\x1d")  # twice: Ctrl-] alone is QEMU's own key
    domu.dom0("true")
    domu.shell("domU", "true")


def test_shutdown(domu):
    domu.dom0("xl shutdown -w domU")
    domu.log_has("domU (domain 1) powered off: cleaning up")
    domu.dom0("until ! xl list domU 2>/dev/null; do usleep 50000; done")
    assert "of the image, not running" in domu.dom0("sigma list")


@pytest.mark.parametrize("tool", ["xl", "sigma"])
def test_reboot(domu, tool):
    before = boot_id(domu)
    domu.dom0(f"{tool} reboot domU")
    domu.expect(UP)
    domu.log_has("domU (domain 1) reboots: starting it again")
    assert boot_id(domu) != before


def test_panic(domu):
    """A crash of domU is said; dom0 cleans up; it starts again when it is told to."""
    domu.type("domU", "echo c >/proc/sysrq-trigger")
    domu.expect(r"domU crashed")
    domu.log_has("domU (domain 1) crashed: cleaning up")
    domu.dom0("until ! xl list domU 2>/dev/null; do usleep 50000; done")
    domu.dom0("sigma restart domU")
    domu.expect(UP)
    domu.shell("domU", "true")


def test_crash_and_restart(domu):
    """on_crash = "restart" of a configuration that changes only that."""
    path = domu.config("again.cfg", """
        image = "domU"
        on_crash = "restart" """)
    domu.dom0(f"sigma destroy domU && sigma create {path}")
    domu.expect(UP)
    domu.type("domU", "echo c >/proc/sysrq-trigger")
    domu.expect(r"domU crashed")
    domu.expect(UP)
    domu.log_has("crashed: starting it again")


def test_preserved(domu):
    """on_poweroff = "preserve": it stays to be looked at until it is destroyed."""
    domu.without_domu()
    path = domu.config("keep.cfg", """
        name = "keep"
        kernel = "/mnt/hello.elf"
        memory = 8
        foreign = 1
        on_poweroff = "preserve" """)
    domu.dom0(f"sigma create {path}")
    domu.log_has("keep (domain 1) powered off: it is kept")
    assert re.search(r"keep +1 +8 +1 off", domu.dom0("sigma list"))
    domu.dom0("xl destroy keep")
    domu.log_has("keep (domain 1) was destroyed")


def test_a_loop_ends(domu):
    """A domain that ends as soon as it starts is not restarted for ever."""
    domu.without_domu()
    path = domu.config("loop.cfg", """
        name = "loop"	# ends at once
        kernel = "/mnt/hello.elf"
        memory = 8
        foreign = 1
        on_poweroff = "restart" """)
    domu.dom0(f"sigma create {path}")
    domu.log_has(f"loop was restarted {RESTARTS} times within a minute: left off")
    assert domu.dom0("grep -c 'loop runs' /var/log/sigma.log").split("\n")[-2:][0] == str(RESTARTS)
    assert "loop" not in domu.ids()


def test_other_kernel_ramdisk_and_tree(domu):
    """xl destroy, then a domain of files of dom0's, then the image's own again."""
    domu.dom0("xl destroy domU")
    domu.log_has("domU (domain 1) was destroyed")
    path = domu.config("other.cfg", f"""
        # another kernel
        name = "other"
        kernel = "/mnt/Image"
        ramdisk = "/mnt/domU.cpio"
        dtb = "/mnt/other.dtb"
        extra = "console=hvc0 sigma.word=elephant"
        memory = 48; weight = 512
        vcpus = 1
        disk = [ "phy:/dev/vda,xvdb,r",
                 "file:/root/x.img,xvdc,w" ]
        vif = [ "" ]""")
    domu.dom0("dd if=/dev/zero of=/root/x.img bs=1M count=4 2>/dev/null")
    domu.dom0(f"sigma create {path}")
    assert domu.ids() == {"Domain-0": 0, "other": 1}
    domu.focus("other")
    domu.expect(r"\[other\].*Enter 'help'")
    domu.focus("other")
    domu.send("cat /proc/cmdline /proc/device-tree/model; echo; head -n 1 /proc/meminfo; "
              "echo hi >/dev/xvdc && sync; ls /sys/class/net; echo EN''DED\r")
    domu.expect(r"ENDED")
    said = domu.child.before
    assert "sigma.word=elephant" in said and MODEL in said and "eth0" in said
    assert 30000 < int(re.search(r"MemTotal: +(\d+) kB", said).group(1)) < 48 * 1024
    assert "hi" in domu.dom0("head -c 3 /root/x.img")
    assert "/root/x.img" in domu.dom0("losetup -a")
    domu.dom0("sigma shutdown -w other; losetup -a | (! grep x.img)")
    domu.dom0("sigma create -i domU")
    domu.expect(UP)


WRONG = {
    "no such setting": ('name = "w"\nkernel = "/mnt/Image"\nmemroy = 64', ":3: memroy: no such"),
    "no number": ('name = "w"\nkernel = "/mnt/Image"\nmemory = "64"', ":3: memory: .*a number"),
    "no quotes": ("name = domU", ':1: "domU": .*a string in quotes'),
    "no end of a string": ('name = "domU\nmemory = 64', ":1: a string begins"),
    "no name": ('kernel = "/mnt/Image"', '"name" is missing'),
    "no kernel": ('name = "w"', '"kernel" is missing'),
    "no such file": ('name = "w"\nkernel = "/mnt/none"', "/mnt/none: No such file"),
    "zImage": ('name = "w"\nkernel = "/mnt/zImage"', "/mnt/zImage: is a zImage"),
    "no tree": ('name = "w"\nkernel = "/mnt/Image"\ndtb = "/mnt/Image"', "is not a device tree"),
    "disk": ('name = "w"\nkernel = "/mnt/Image"\ndisk = [ "phy:/dev/vda,sda,w" ]', '"sda" is not'),
    "no such disk": ('name = "w"\nkernel = "/mnt/Image"\ndisk = [ "phy:/dev/x,xvda,w" ]',
                     "/dev/x: No such file"),
    "no such bridge": ('name = "w"\nkernel = "/mnt/Image"\nvif = [ "bridge=br9" ]',
                       "no bridge br9"),
    "vif": ('name = "w"\nkernel = "/mnt/Image"\nvif = [ "mac=1:2" ]', '"1:2" is no address'),
    "action": ('name = "w"\nkernel = "/mnt/Image"\non_crash = "dance"', ':3: on_crash: "dance"'),
    "memory": ('name = "w"\nkernel = "/mnt/Image"\nmemory = 2000', "w: cannot be built: .*no free run of 2000 MiB"),
    "too small": ('name = "w"\nkernel = "/mnt/Image"\nmemory = 2', "w: cannot be built: "),
    "twice": ('name = "Domain-0"\nkernel = "/mnt/Image"', 'a domain "Domain-0" already'),
    "no image": ('image = "domX"', 'describes no domain "domX"'),
}


def test_wrong_configurations(domu):
    """Each is told what is wrong and where; nothing of it is left."""
    domu.without_domu()
    before = domu.left()
    for what, (text, message) in WRONG.items():
        path = domu.config("wrong.cfg", text)
        said = domu.dom0(f"sigma create {path} 2>&1", status=1)
        assert re.search(message, said), f"{what}: {said}"
    assert "x: No such file" in domu.dom0("sigma create /x 2>&1", status=1)
    assert "unknown command" in domu.dom0("sigma crate x 2>&1", status=2)
    assert "usage: sigma pause DOMAIN" in domu.dom0("sigma pause 2>&1", status=2)
    assert 'no domain "w"' in domu.dom0("sigma destroy w 2>&1", status=1)
    assert "is dom0 itself" in domu.dom0("sigma destroy 0 2>&1", status=1)
    assert domu.left() == before


def test_nothing_is_left(domu):
    """Ended in every way, domU leaves no node, device, loop, map or memory behind."""
    domu.without_domu()
    before = domu.left()
    for end in ("sigma destroy domU", "xl destroy domU", "sigma shutdown -w domU"):
        domu.dom0("sigma create -i domU")
        domu.expect(UP)
        domu.dom0("dd if=/dev/zero of=/root/y.img bs=1M count=1 2>/dev/null; "
                  "sigma block-attach domU file:/root/y.img,xvdd,w")
        domu.dom0(end)
        domu.dom0("until [ ! -e /run/sigma/1.cfg ]; do usleep 50000; done")
        after = domu.left()
        assert after[0] ^ before[0] == set() and after == before, end
    domu.dom0("rm /root/y.img")


def test_dom0_reboots(domu):
    """The last test on this machine: dom0's reboot ends domU first, then the machine."""
    domu.type("dom0", "reboot")
    domu.expect(r"sigma: shutting down domain 1")
    domu.expect(r"\[sigma\] domU powers off")
    domu.expect(r"\[sigma\] dom0 reboots")
    domu.expect_end()


def test_dom0_crashes(start, tmp_path):
    """It is said, and the machine ends: there is nobody left to serve the others."""
    image, _ = pack(linux(), tmp_path)
    with start("-kernel", image) as machine:
        machine.expect(STARTED)
        machine.type("dom0", "echo c >/proc/sysrq-trigger")
        machine.expect(r"\[sigma\] dom0 crashed")
        machine.expect_end()
