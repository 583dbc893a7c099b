# SPDX-License-Identifier: GPL-2.0-only
"""The image tool, on the host: what it packs, what it says of bad manifests and images.

Needs dtc, mkimage and lz4; no cross compiler and no emulator.
"""

import os
import re
import struct
import subprocess
import sys

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.path.join(TOP, "tools", "sigma-image")
sys.path.insert(0, os.path.join(TOP, "tools"))

from sigma_image import budget, container, elf, fdt, lint, split  # noqa: E402  pylint: disable=wrong-import-position
from sigma_image.errors import ImageError  # noqa: E402  pylint: disable=wrong-import-position
from sigma_image.fit import Fit  # noqa: E402  pylint: disable=wrong-import-position

BOARD = """/dts-v1/;
/ {{
    #address-cells = <1>; #size-cells = <1>;
    chosen {{ stdout-path = &uart0; }};
    {memory}
    reserved-memory {{
        #address-cells = <1>; #size-cells = <1>; ranges;
        {reserved}
    }};
    bus@40000000 {{
        compatible = "simple-bus"; #address-cells = <2>; #size-cells = <1>;
        ranges = <7 0 0x10000000 0x20000>;
        io@7,0 {{
            compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
            ranges = <0 7 0 0x20000>;
            uart0: serial@9000 {{ compatible = "{console}"; reg = <0x9000 0x1000>; }};
            uart1: serial@a000 {{ compatible = "arm,pl011"; reg = <0xa000 0x1000>; }};
            mmc: mmci@5000 {{ compatible = "arm,pl180"; reg = <0x5000 0x1000>; }};
            off: dead@6000 {{ compatible = "none"; reg = <0x6000 0x1000>; status = "disabled"; }};
        }};
    }};
    gic: interrupt-controller@1e001000 {{
        compatible = "arm,cortex-a9-gic"; reg = <0x1e001000 0x1000>, <0x1e000100 0x100>;
    }};
}};
"""
MEMORY = 'memory@60000000 { device_type = "memory"; reg = <0x60000000 0x40000000>; };'

DOM0 = dict(kernel='"linux"', initrd='"root"', fdt='"board"', memory="<0x02000000>",
            engine='"trampoline"', devices='"all"', privileged=None)
DOMU = dict(kernel='"linux"', fdt='"board"', memory="<0x01000000>", engine='"trampoline"')


class Project:
    """A build directory with small parts, and a manifest of it."""

    def __init__(self, path):
        self.path = str(path)
        self.images = {"hypervisor": ("hv.bin", "firmware"), "board": ("board.dtb", "flat_dt"),
                       "linux": ("Image", "kernel"), "root": ("root.cpio", "ramdisk")}
        self.domains = {"dom0": dict(DOM0), "domU": dict(DOMU)}
        self.header = {"compatible": '"sigma,domains-1"', "scheduler": '"fair"',
                       "time-slice-us": "<10000>"}
        self.hashes = ["crc32"]
        self.write("hv.bin", b"\x01\x02\x03\x04" * 4000)
        self.write("Image", bytes(range(256)) * 300)
        self.write("root.cpio", b"070701" * 900)
        self.write("bootstrap.bin", struct.pack("<III", 0xEA00003E, container.BOOT_MAGIC, 1)
                   .ljust(200, b"\xe1"))
        self.board()

    def file(self, name):
        return os.path.join(self.path, name)

    def write(self, name, data):
        with open(self.file(name), "wb") as file:
            file.write(data)

    def read(self, name):
        with open(self.file(name), "rb") as file:
            return file.read()

    def board(self, memory=MEMORY, reserved="", console="arm,pl011"):
        source = BOARD.format(memory=memory, reserved=reserved, console=console)
        done = subprocess.run(["dtc", "-@", "-q", "-O", "dtb", "-o", self.file("board.dtb")],
                              input=source.encode(), check=True)
        assert done.returncode == 0

    def manifest(self):
        def properties(values):
            return "".join(f"{k};" if v is None else f"{k} = {v};" for k, v in values.items())
        hashes = "".join(f'hash-{n} {{ algo = "{a}"; }};' for n, a in enumerate(self.hashes, 1))
        images = "".join(
            f'{name} {{ data = /incbin/("{file}"); type = "{kind}"; arch = "arm"; os = "linux"; '
            f'compression = "none"; load = <0>; entry = <0>; {hashes} }};'
            for name, (file, kind) in self.images.items())
        domains = "".join(f"{n} {{ {properties(p)} }};" for n, p in self.domains.items())
        text = (f'/dts-v1/; / {{ description = "test"; #address-cells = <1>; images {{ {images} }};'
                f' domains {{ {properties(self.header)} {domains} }}; }};')
        self.write("test.its", text.encode())
        return self.file("test.its")

    def tool(self, *arguments, **environment):
        return subprocess.run([TOOL, *arguments], capture_output=True, text=True, check=False,
                              env=dict(os.environ, SOURCE_DATE_EPOCH="1000000000", **environment))

    def pack(self, *arguments):
        return self.tool("pack", self.manifest(), "--build", self.path, "--bootstrap",
                         self.file("bootstrap.bin"), "-o", self.file("sigma.img"), "--fit",
                         self.file("sigma.fit"), "--flash", self.file("flash.img"), *arguments)

    def lint(self, *arguments):
        done = self.tool("lint", self.manifest(), "--build", self.path, *arguments)
        return done.returncode, done.stderr


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture
def packed(project):
    done = project.pack()
    assert done.returncode == 0, done.stderr
    return project


# ---- pack, list, verify, extract ----

@pytest.mark.parametrize("file,kind", [("sigma.img", "sigma.img"), ("flash.img", "flash image"),
                                       ("sigma.fit", "FIT")])
def test_verify_understands_every_form(packed, file, kind):
    done = packed.tool("verify", packed.file(file))
    assert done.returncode == 0
    assert f"{kind} with 4 images, 4 hashes right" in done.stdout


def test_pack_is_deterministic(packed):
    first = {name: packed.read(name) for name in ("sigma.img", "sigma.fit", "flash.img")}
    assert packed.pack().returncode == 0
    assert first == {name: packed.read(name) for name in first}


def test_header_tells_the_board(packed):
    boot = container.Container(packed.read("sigma.img")).boot
    ram_base, uart, mailbox, gic = boot[8:12]
    assert (ram_base, uart, mailbox, gic) == (0x60000000, 0x10009000, 0, 0x1E000100)


def test_uimage_is_what_mkimage_and_uboot_read(packed):
    done = subprocess.run(["mkimage", "-l", packed.file("sigma.img")], capture_output=True,
                          text=True, check=True)
    assert "Load Address: 60100000" in done.stdout and "Entry Point:  60100000" in done.stdout


def test_flash_is_the_same_image_padded(packed):
    flash, image = packed.read("flash.img"), packed.read("sigma.img")[64:]
    assert len(flash) == 64 << 20
    assert flash[:len(image)] == image and set(flash[len(image):]) == {0xFF}


def test_payload_is_one_standard_frame_of_the_fit(packed):
    boot = container.Container(packed.read("sigma.img")).boot
    image = packed.read("sigma.img")[64:]
    done = subprocess.run(["lz4", "-dc"], input=image[boot[6]:boot[6] + boot[7]],
                          capture_output=True, check=True)
    assert done.stdout == packed.read("sigma.fit")


def test_a_kernel_used_twice_is_stored_once(packed):
    assert packed.read("sigma.fit").count(packed.read("Image")) == 1


def test_list_names_images_and_domains(packed):
    done = packed.tool("list", packed.file("sigma.img"))
    assert done.returncode == 0
    for text in ("loads and starts at 0x60100000", "hypervisor", "ramdisk", "0 dom0: 32 MiB",
                 "1 domU: 16 MiB", "privileged", "time slice 10000 us"):
        assert text in done.stdout


def test_extract_gives_back_what_was_packed(packed, tmp_path):
    done = packed.tool("extract", packed.file("sigma.img"), "-o", str(tmp_path / "out"))
    assert done.returncode == 0
    for name, (file, _) in packed.images.items():
        assert packed.read(f"out/{name}") == packed.read(file)
    assert packed.read("out/sigma.fit") == packed.read("sigma.fit")


def test_extract_of_an_unknown_image_names_the_others(packed):
    done = packed.tool("extract", packed.file("sigma.fit"), "kernel", "-o", packed.path)
    assert done.returncode == 1
    assert "image kernel: there is none of this name" in done.stderr and "linux" in done.stderr


def test_pack_refuses_what_lint_refuses_unless_forced(project):
    project.domains["domU"]["engine"] = '"hvm"'
    done = project.pack()
    assert done.returncode == 1 and 'engine "hvm" is unknown' in done.stderr
    assert not os.path.exists(project.file("sigma.img"))
    assert project.pack("--force").returncode == 0


# ---- damage ----

def damaged(project, name, offset):
    data = bytearray(project.read(name))
    data[offset] ^= 0x10
    project.write("bad", data)
    return project.tool("verify", project.file("bad"))


@pytest.mark.parametrize("image", ["hypervisor", "board", "linux", "root"])
def test_verify_names_the_damaged_image(packed, image):
    offset = packed.read("sigma.fit").index(packed.read(packed.images[image][0])) + 100
    done = damaged(packed, "sigma.fit", offset)
    assert done.returncode == 1
    assert f"image {image}: it is damaged (crc32" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("offset,part", [(8, "uImage header"), (64 + 0x28, "bootstrap"),
                                         (64 + 150, "bootstrap"), (64 + 300, "bootstrap"),
                                         (-500, "payload")])
def test_verify_names_the_damaged_wrapping(packed, offset, part):
    done = damaged(packed, "sigma.img", offset)
    assert done.returncode == 1 and f"bad: {part}" in done.stderr


def test_every_flipped_byte_of_the_frame_header_is_seen(packed):
    boot = container.Container(packed.read("flash.img")).boot
    blob = packed.read("sigma.img")[64:]
    for offset in range(boot[6], boot[6] + 40):
        bad = bytearray(blob)
        bad[offset] ^= 0x01
        assert container.Container(bytes(bad)).check(), f"byte {offset - boot[6]} of the payload"


@pytest.mark.parametrize("size", [0, 3, 63, 64, 100, 300, 2000, -1, -2000])
def test_a_truncated_image_is_an_error_and_no_traceback(packed, size):
    packed.write("bad", packed.read("sigma.img")[:size])
    done = packed.tool("verify", packed.file("bad"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and "sigma-image: bad: " in done.stderr


def test_a_damaged_tree_never_crashes_the_reader(packed):
    tree = packed.read("board.dtb")
    for offset in range(len(tree)):
        bad = bytearray(tree)
        bad[offset] ^= 0xFF
        try:
            parsed = fdt.parse(bytes(bad))
        except ImageError:
            continue
        assert parsed.root is not None


def test_not_an_image(project):
    done = project.tool("list", project.file("Image"))
    assert done.returncode == 1
    assert "bootstrap: no Sigma bootstrap, FIT or uImage starts here" in done.stderr


# ---- lint ----

def test_a_good_manifest_has_no_errors(project):
    assert project.lint("--ram", "64M") == (0, "")


def change(domain, **values):
    def function(project):
        for name, value in values.items():
            if value is False:
                del project.domains[domain][name]
            else:
                project.domains[domain][name] = value
    return function


def header(name, value):
    return lambda project: project.header.update({name: value})


MISTAKES = [
    (change("domU", engine='"smc"'), 'domain domU: engine "smc" does not exist yet'),
    (change("domU", engine='"magic"'), 'domain domU: engine "magic" is unknown'),
    (change("domU", engine=False), "domain domU: `engine` is missing"),
    (change("domU", kernel=False), "domain domU: `kernel` is missing"),
    (change("domU", kernel='"linus"'), 'kernel = "linus", but there is no such image'),
    (change("domU", kernel='"root"'), 'this image is of type "ramdisk", not "kernel"'),
    (change("dom0", initrd='"linux"'), 'this image is of type "kernel", not "ramdisk"'),
    (change("dom0", memory=False), "domain dom0: `memory` is missing"),
    (change("dom0", memory="<0x02000100>"), "must be a multiple of 1 MiB"),
    (change("dom0", memory="<0x1000>"), "`memory` is 0x1000 bytes, it must be 1 MiB to"),
    (change("dom0", memory="<1 2>"), 'property "memory" is not one number'),
    (change("domU", vcpus="<5>"), "`vcpus` is 5, it must be 1 to 4"),
    (change("domU", weight="<0>"), "`weight` is 0, it must be 1 to 65535"),
    (change("domU", foreign="<0x180000>"), "`foreign` is 0x180000 bytes"),
    (change("domU", memroy="<1>"), 'property "memroy" is unknown'),
    (change("domU", privileged=None), "`privileged` belongs to domain dom0 already"),
    (change("dom0", privileged=False), "no domain is `privileged`"),
    (change("domU", devices='"mmc"'), "/mmci@5000 is claimed by domain dom0 already"),
    (change("dom0", devices='"all", "mmc"'), '`devices` has more entries beside "all"'),
    (change("domU", devices='"gic"'), "device gic belongs to the hypervisor (interrupt contr"),
    (change("domU", devices='"uart0"'), "device uart0 belongs to the hypervisor (console)"),
    (change("domU", devices='"off"'), "device off is disabled"),
    (change("domU", devices='"/chosen"'), "device /chosen is no device"),
    (change("domU", devices='"usb"'), "device usb is not in the board's device tree"),
    (change("domU", disk='"/dev/vda,xvda,w"'), "it begins with phy:/..."),
    (change("domU", disk='"phy:/dev/vda"'), "it is TARGET,NAME,ACCESS"),
    (change("domU", disk='"phy:/dev/vda,xvda16,w"'), 'not "xvda16"'),
    (change("domU", disk='"phy:/dev/vda,hda,w"'), "calls its disks xvda to xvdp"),
    (change("domU", disk='"phy:/dev/vda,xvda,rw"'), 'the access is r or w, not "rw"'),
    (change("domU", disk='"phy:/a,xvda,r", "file:/b,xvda,w"'), "`disk` gives xvda twice"),
    (change("domU", disk=None), 'property "disk" is not text'),
    (change("domU", vif='"brigde=xenbr0"'), '"brigde" is not known (known: bridge, mac'),
    (change("domU", vif='"", "mac="'), "mac has no value"),
    (change("domU", vif='"mac=01:16:3e:00:00:01"'), "is not the address of one card"),
    (change("domU", vif=", ".join(['""'] * 17)), "`vif` has 17 entries, at most 16"),
    (change("domU", vfb='"yes"'), "`vfb` takes no value"),
    (change("domU", **{"on-crash": '"explode"'}), "it is destroy, restart or preserve"),
    (change("dom0", vif='""'), "`vif` is not for the privileged domain"),
    (change("domU", **{"image-file": '"x"'}), "`image-file` is for the privileged domain only"),
    (change("dom0", **{"image-file": '"/boot/x"'}), "it is a name of at most 63 characters"),
    (lambda project: (change("dom0", **{"image-file": '"boot/x"'})(project),
                      project.write("root.cpio", bytes(18 << 20))),
     "the image in it (18.1 MiB, `image-file`)"),
    (header("scheduler", '"lottery"'), 'manifest: scheduler "lottery" is unknown'),
    (header("time-slice-us", "<500>"), "time-slice-us is 500, it must be 1000 to 30000"),
    (header("time-slice-us", "<30001>"), "time-slice-us is 30001"),
    (header("compatible", '"sigma"'), "/domains is not compatible"),
    (lambda project: project.domains.clear(), "manifest: it describes no domain"),
    (lambda project: project.images.pop("hypervisor"), "the image `hypervisor` is missing"),
    (lambda project: project.images.pop("board"), "the image `board` is missing"),
    (lambda project: project.hashes.__setitem__(0, "sha256"), "it has no crc32"),
    (lambda project: project.hashes.append("md5"), 'hash "md5" is not known'),
    (lambda project: project.board(memory=""), "board tree: it has no memory"),
    (lambda project: project.board(console="ns16550a"), "is not an arm,pl011"),
    (lambda project: project.write("board.dtb", b"no tree"), "image board: shorter than"),
    (lambda project: project.write("Image", b"\x1f\x8b" + bytes(100)), "compressed by gzip"),
    (lambda project: project.write("Image", bytes(0x24) + b"\x18\x28\x6f\x01" + bytes(99)),
     "it is a zImage; take the raw"),
    (lambda project: project.write("hv.bin", bytes(1 << 21)), "do not fit into its 1 MiB"),
    (lambda project: project.write("Image", bytes(20 << 20)), 'is too small: kernel "linux" ends'),
    (lambda project: project.write("root.cpio", bytes(40 << 20)), "too small for its initrd"),
    (lambda project: os.remove(project.file("Image")), "missing files: "),
]


@pytest.mark.parametrize("mistake,message", MISTAKES, ids=[m for _, m in MISTAKES])
def test_lint_says_what_is_wrong(project, mistake, message):
    mistake(project)
    status, output = project.lint()
    assert status == 1
    assert message in output
    assert "Traceback" not in output


def test_lint_accepts_split_drivers(project):
    project.domains["domU"].update(
        {"disk": '"phy:/dev/mmcblk0p2,xvda,w", "file:/root/a.img,xvdp15,r"', "vfb": None,
         "vif": '"", "bridge=xenbr0,mac=00:16:3e:0a:0B:0c,ip=10.0.0.2"',
         "on-poweroff": '"preserve"', "on-reboot": '"restart"', "on-crash": '"destroy"'})
    project.domains["dom0"]["image-file"] = '"boot/sigma.fit"'
    assert project.lint() == (0, "")


def test_lint_reports_every_mistake_at_once(project):
    project.domains["dom0"]["vcpus"] = "<9>"
    project.domains["domU"]["engine"] = '"x"'
    project.header["scheduler"] = '"y"'
    assert project.lint()[1].count("\n") == 3


def test_lint_adds_up_the_ram(project):
    project.domains["domU"]["memory"] = "<0x10000000>"
    assert project.lint("--ram", "512M") == (0, "")
    status, output = project.lint("--ram", "256M")
    assert status == 1
    assert "memory: the domains need 288 MiB, but of 256 MiB of RAM only" in output


def test_lint_of_a_board_with_a_hole(project):
    project.board(reserved="hole@64000000 { reg = <0x64000000 0x100000>; };")
    project.domains["domU"]["memory"] = "<0x07000000>"
    status, output = project.lint("--ram", "160M")
    assert status == 1 and "domain domU: no free run of 112 MiB is left" in output
    assert project.lint("--ram", "256M") == (0, "")


def test_lint_warns_of_a_dom0_that_cannot_lie_at_the_base(project):
    project.board(reserved="hole@60800000 { reg = <0x60800000 0x100000>; };")
    status, output = project.lint()
    assert status == 0
    assert "warning: domain dom0" in output and "/reserved-memory/hole@60800000" in output


def test_lint_warns_of_an_image_that_linux_cannot_unpack(project):
    project.domains["dom0"]["image-file"] = '"boot/sigma.fit"'
    project.write("root.cpio", bytes(10 << 20))
    status, output = project.lint()
    assert status == 0
    assert "warning: domain dom0: `memory` of 32 MiB will be too small for Linux" in output
    project.domains["dom0"]["memory"] = "<0x04000000>"
    assert project.lint() == (0, "")


def test_lint_warns_of_the_same_bytes_twice_and_of_unused_images(project):
    project.write("copy", project.read("Image"))
    project.images["linux2"] = ("copy", "kernel")
    status, output = project.lint()
    assert status == 0
    assert "image linux2: no domain uses it" in output
    assert "image linux2: it is the same as image linux" in output


def test_lint_reads_packed_images_too(packed):
    done = packed.tool("lint", packed.file("flash.img"), "--ram", "40M")
    assert done.returncode == 1 and "the domains need 48 MiB" in done.stderr


def test_two_domains_may_share_out_the_devices(project):
    project.domains["dom0"]["devices"] = '"mmc"'
    project.domains["domU"]["devices"] = '"uart1"'
    assert project.lint() == (0, "")
    project.domains["domU"]["devices"] = '"/bus@40000000"'
    assert "mmci@5000 is claimed by domain dom0 already" in project.lint()[1]


def source(name):
    with open(os.path.join(TOP, "hypervisor", name), encoding="utf-8") as file:
        return file.read()


def defined(text, name):
    """The number that a #define of the hypervisor gives a name."""
    return int(re.search(rf"#define {name}\s+(0[xX][0-9a-fA-F]+|\d+)u?\b", text)[1], 0)


def test_the_budget_reckons_with_the_hypervisors_numbers():
    build, plan = source("include/hv/domain_build.h"), source("domain_plan.c")
    assert budget.KERNEL_OFFSET == defined(build, "KERNEL_OFFSET")
    assert budget.LOAD_LIMIT == defined(build, "LOAD_LIMIT")
    assert budget.TREE_SIZE == defined(build, "DOMAIN_TREE_SIZE")
    assert budget.KERNEL_FLOOR == defined(plan, "KERNEL_FLOOR")
    assert budget.WINDOW_BASE == defined(source("include/public/sigma.h"), "SIGMA_WINDOW_BASE")
    rings = int(re.search(r"DOMAIN_OWN_PAGES \((\d+) \+ GRANT_FRAMES_MAX\)", build)[1])
    assert budget.OWN_PAGES == rings + defined(source("include/hv/grant.h"), "GRANT_FRAMES_MAX")


def test_lint_knows_the_hypervisors_limits():
    parser, image = source("manifest.c"), source("include/hv/image.h")
    assert lint.NUMBERS["memory"][1] == defined(parser, "MEMORY_MAX")
    assert lint.NUMBERS["foreign"][1] == defined(parser, "FOREIGN_MAX")
    assert lint.NUMBERS["foreign"][3] == defined(parser, "FOREIGN_DEFAULT")
    assert lint.NUMBERS["weight"][3] == defined(parser, "WEIGHT_DEFAULT")
    assert lint.DOMAINS_MAX == defined(image, "MANIFEST_DOMAINS_MAX")
    assert split.FILE_NAME_MAX == defined(image, "IMAGE_FILE_SIZE") - 1
    assert split.ENTRIES_MAX == defined(source("manifest_split.c"), "ENTRIES_MAX")
    known = re.search(r"domain_properties\[\] = \{(.*?)\}", parser, re.S)[1]
    assert sorted(re.findall(r'"([^"]+)"', known)) == sorted(lint.DOMAIN_PROPERTIES)


# ---- small guests ----

def test_small_guests_make_a_manifest(project):
    os.mkdir(project.file("guests"))
    for name in ("a", "b"):
        project.write(f"guests/{name}.elf", make_elf() + name.encode())
    os.rename(project.file("hv.bin"), project.file("hypervisor.bin"))
    done = project.tool("manifest", "a+b+b", "-o", project.file("small.its"))
    assert done.returncode == 0
    done = project.tool("lint", project.file("small.its"), "--build", project.path)
    assert (done.returncode, done.stderr) == (0, "")
    done = project.tool("files", project.file("small.its"), "--build", project.path)
    assert done.stdout.split() == [project.file(name) for name in
                                   ("hypervisor.bin", "board.dtb", "guests/a.elf", "guests/b.elf")]


def test_a_wrong_guests_name_is_explained(project):
    done = project.tool("manifest", "Linux+")
    assert done.returncode == 1 and "neither a manifest nor small guests" in done.stderr


# ---- ELF guests ----

def make_elf(kind=3, relocation=None, interpreter=False, machine=40, base=0, entry=None):
    """A little ELF file: one segment with code, a dynamic table and one relocation."""
    code_at = 0x200
    dynamic = struct.pack("<8I", 17, base + code_at + 64, 18, 8, 19, 8, 0, 0)
    rel = struct.pack("<2I", *(relocation or (base + code_at, 23)))
    body = bytes(32) + dynamic + rel
    segments = [struct.pack("<8I", 1, code_at, base + code_at, base + code_at, len(body),
                            len(body) + 64, 7, 4),
                struct.pack("<8I", 3 if interpreter else 2, code_at + 32, base + code_at + 32,
                            base + code_at + 32, len(dynamic), len(dynamic), 6, 4)]
    head = elf.HEADER.pack(b"\177ELF", 1, 1, 1, kind, machine, 1,
                           base + code_at if entry is None else entry, 52, 0, 0, 52, 32,
                           len(segments), 40, 0, 0)
    return (head + b"".join(segments)).ljust(code_at, b"\0") + body


def test_good_elf_guests():
    assert elf.measure(make_elf(), "guest") == (True, 0x200, 136)
    assert elf.measure(make_elf(kind=2, base=0x60200000), "guest") == (False, 0x60200200, 136)


BAD_ELF = [
    (make_elf(relocation=(0x200, 2)), "is of type R_ARM_ABS32; only R_ARM_RELATIVE"),
    (make_elf(relocation=(0x4000, 23)), "relocation at 0x4000 lies outside of its segments"),
    (make_elf(interpreter=True), "wants a dynamic linker"),
    (make_elf(machine=62), "not an ELF file for 32-bit little-endian ARM"),
    (make_elf(kind=1), "not an executable"),
    (make_elf(entry=0x201), "not ARM code (Thumb?)"),
    (make_elf(entry=0x900), "entry lies outside of its code"),
    (make_elf()[:0x210], "truncated?"),
    (make_elf()[:20], "truncated ELF file"),
]


@pytest.mark.parametrize("data,message", BAD_ELF, ids=[m for _, m in BAD_ELF])
def test_bad_elf_guests(data, message):
    with pytest.raises(ImageError, match="image guest: ") as error:
        elf.measure(data, "guest")
    assert message in str(error.value)


def test_a_fixed_guest_outside_of_its_ram(project):
    project.write("Image", make_elf(kind=2, base=0x50000000))
    assert "linked for 0x50000200, below its RAM" in project.lint()[1]
    project.write("Image", make_elf(kind=2, base=0x70000000))
    assert 'kernel "linux" ends at 0x70000288' in project.lint()[1]


# ---- the FIT reader ----

def test_a_fit_that_points_outside_of_itself(packed):
    blob = bytearray(packed.read("sigma.fit"))
    with pytest.raises(ImageError, match="behind the FIT's end"):
        Fit(bytes(blob[:len(blob) - 5000]))
