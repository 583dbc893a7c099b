# SPDX-License-Identifier: GPL-2.0-only
"""Images that are damaged, cut short or wrong: one clear line, no domain started."""

import os
import re
import struct
import subprocess

import pytest

from image import (BUILD, MIB, UIMAGE_HEADER, Domain, Manifest, build_with, guests, pack,
                   tool)
from image_edit import Fit, flip, flip_in_image, payload_offset, replace_payload, wrap

CANNOT_START = r"(?m)^\[sigma\] cannot start: ([^\r\n:]+): ([^\r\n]+)[\r\n]"
BOOT_FAILED = r"(?m)^sigma-boot: ([a-zA-Z ]+): ([^\r\n]+)[\r\n]"
STARTED = r"hello, I am()"


@pytest.fixture
def refusal(start):
    """refusal(path of an image, ...) -> the line "PART: REASON" that the machine prints."""

    def run(path, flash=False, **options):
        how = ("-drive", f"if=pflash,format=raw,file={path}") if flash else ("-kernel", path)
        with start(*how, **options) as machine:
            match = machine.expect(CANNOT_START, BOOT_FAILED, STARTED, broken=None)
            assert match.lastindex == 2, "a domain was started from a bad image"
            return f"{match.group(1)}: {match.group(2)}".strip()

    return run


@pytest.fixture
def good(tmp_path):
    """Image and FIT of hello+hello, as bytes."""
    path, _ = pack(guests("hello+hello", hashes=("crc32", "sha256")), tmp_path)
    with open(path, "rb") as image, open(tmp_path / "fit", "rb") as fit:
        return image.read(), fit.read()


def write(path, blob):
    path.write_bytes(blob)
    return path


def host_says(path):
    """What `sigma-image verify` says of a bad image."""
    done = tool("verify", path, check=False)
    assert done.returncode == 1, f"the host's tool accepts it: {done.stdout}"
    assert "Traceback" not in done.stderr
    return done.stderr


def test_good_image_is_accepted(good, start, tmp_path):
    """The other tests' own ground: unchanged, and wrapped again, the image boots."""
    image, fit = good
    assert wrap(fit, tmp_path)[UIMAGE_HEADER:] == image[UIMAGE_HEADER:]  # it has a date
    assert "hashes right" in tool("verify", write(tmp_path / "good.img", image)).stdout


def bootstrap_size():
    return os.path.getsize(os.path.join(BUILD, "bootstrap.bin"))


@pytest.mark.parametrize("where, part", [
    (lambda image: UIMAGE_HEADER + bootstrap_size() - 64, "image"),  # nothing that checks
    (lambda image: payload_offset(image) - 80, "image"),
    (lambda image: payload_offset(image) + 5, "payload"),
    (lambda image: payload_offset(image) + 4000, "payload"),
    (lambda image: (payload_offset(image) + len(image)) // 2, "payload"),
    (lambda image: len(image) - 2, "payload"),
], ids=["code", "tree", "frame", "begin", "middle", "end"])
def test_flipped_byte_outside(good, refusal, tmp_path, where, part):
    """A byte changed in the bootstrap, the board tree or the compressed payload."""
    path = write(tmp_path / "bad.img", flip(good[0], where(good[0])))
    assert re.match(part, refusal(path))
    host_says(path)


@pytest.mark.parametrize("name", ["hypervisor", "board", "hello"])
def test_flipped_byte_in_part(good, refusal, tmp_path, name):
    """A byte changed in one image of the FIT, under a payload that is all right."""
    bad = flip_in_image(good[1], name)
    path = write(tmp_path / "bad.img", replace_payload(good[0], bad, tmp_path))
    assert re.match(rf"(image )?{name}: .*damaged", refusal(path))
    assert re.search(rf"image {name}: .*damaged", host_says(path))


@pytest.mark.parametrize("where", [
    lambda fit: 2,
    lambda fit: 9,
    lambda fit: struct.unpack_from(">I", fit, 8)[0],  # first token of the structure
], ids=["magic", "offset", "structure"])
def test_flipped_byte_in_fit_header(good, refusal, tmp_path, where):
    bad = flip(good[1], where(good[1]))
    path = write(tmp_path / "bad.img", replace_payload(good[0], bad, tmp_path))
    # with a broken structure, the first image looked for is not found
    assert re.match(r"FIT: |hypervisor: the FIT has no image", refusal(path))
    assert "FIT" in host_says(path)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_truncated(good, refusal, tmp_path, share):
    path = write(tmp_path / "bad.img", good[0][:int(len(good[0]) * share)])
    host_says(path)
    # QEMU refuses to load a uImage that is too short: take the same bytes as flash
    rest = good[0][UIMAGE_HEADER:int(len(good[0]) * share)]
    flash_path = write(tmp_path / "flash.img", rest.ljust(64 * MIB, b"\xff"))
    assert re.match(r"image|payload", refusal(flash_path, flash=True))


# ---- manifests ---------------------------------------------------------------

def edited(old, new, manifest=None):
    text = (manifest or guests("hello+hello")).text()
    assert old in text
    return text.replace(old, new, 1)


BAD_MANIFESTS = {
    "unknown engine": (edited('engine = "trampoline"', 'engine = "magic"'), "512M",
                       r'domain dom0: engine "magic" is unknown'),
    "missing kernel": (edited('kernel = "hello"', 'kernel = "helo"'), "512M",
                       r'domain dom0: "kernel" names the image "helo", which is missing'),
    "no kernel": (edited('kernel = "hello";', ""), "512M", r'domain dom0: "kernel" is missing'),
    "too much memory": (Manifest([Domain("hello", memory=200 * MIB),
                                  Domain("hello", memory=100 * MIB)]).text(), "256M",
                        r"manifest: the domains need 300 MiB of RAM"),
    "kernel outside": (Manifest([Domain("hello-fixed", memory=1 * MIB)]).text(), "512M",
                       r'domain dom0: kernel "hello-fixed" is linked for 60200000 .*outside'),
    "time slice": (edited("<10000>", "<500>"), "512M",
                   r'manifest: "time-slice-us" is 500 .*it must be'),
    "scheduler": (edited('"fair"', '"lottery"'), "512M", r"manifest: no scheduler .lottery"),
    "no dom0": (edited("privileged;", ""), "512M", r'manifest: no domain is "privileged"'),
    "two dom0": (edited("privileged;", "", Manifest([
        Domain("hello", extra="privileged;"), Domain("hello", extra="privileged;")])), "512M",
        r'domain domU: "privileged" belongs to domain dom0 already'),
    "device claimed twice": (Manifest([
        Domain("hello", extra='devices = "v2m_serial1";'),
        Domain("hello", extra='devices = "v2m_serial1";')]).text(), "512M",
        r"domain domU: device .*claimed by domain dom0 already"),
    "unknown device": (Manifest([Domain("hello", extra='devices = "toaster";')]).text(), "512M",
                       r'domain dom0: device "toaster" is not in the board'),
    "unknown property": (edited("weight = <256>", "wieght = <256>"), "512M",
                         r'domain dom0: unknown property "wieght"'),
    "no hash": (edited(' hash-1 { algo = "crc32"; };', "", guests("hello")), "512M",
                r"(image )?hypervisor: .*(no hash|no crc32)"),
}


@pytest.mark.parametrize("case", BAD_MANIFESTS)
def test_bad_manifest(case, refusal, tmp_path):
    """The hypervisor's line names domain and reason; the host's tool says it already."""
    text, memory, pattern = BAD_MANIFESTS[case]
    path, _ = pack(text, tmp_path, force=True)
    assert re.match(pattern, refusal(path, memory=memory))
    done = tool("lint", tmp_path / "test.its", "--build", BUILD, "--ram", memory, check=False)
    assert done.returncode == 1, f"the host's tool accepts it: {done.stdout}"
    assert "Traceback" not in done.stderr


# ---- guests and trees --------------------------------------------------------

def bad_elf(change):
    """hello.elf with its relocation table changed."""
    with open(os.path.join(BUILD, "guests", "hello.elf"), "rb") as file:
        elf = bytearray(file.read())
    output = subprocess.run(["readelf", "-rW", os.path.join(BUILD, "guests", "hello.elf")],
                            capture_output=True, text=True, check=True).stdout
    table = int(re.search(r"at offset (0x[0-9a-f]+)", output).group(1), 16)
    change(elf, table)
    return bytes(elf)


def other_kind(elf, table):
    struct.pack_into("<B", elf, table + 4, 2)  # R_ARM_ABS32


def other_place(elf, table):
    struct.pack_into("<I", elf, table, 0x00700000)


def other_machine(elf, _table):
    struct.pack_into("<H", elf, 18, 62)  # EM_X86_64


@pytest.mark.parametrize("change, reason", [
    (other_kind, r"relocation of type R_ARM_ABS32"),
    (other_place, r"relocation outside of its segments"),
    (other_machine, r"is not an ELF file for 32-bit"),
], ids=["kind", "place", "machine"])
def test_bad_elf(refusal, tmp_path, change, reason):
    build = tmp_path / "build"
    (build / "guests").mkdir(parents=True)
    (build / "guests" / "hello.elf").write_bytes(bad_elf(change))
    build_with(build)
    path, _ = pack(guests("hello"), tmp_path, build=build, force=True)
    assert re.match(rf'domain dom0: kernel "hello" .*{reason}', refusal(path))


def board_source():
    return subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts",
                           os.path.join(BUILD, "board.dtb")],
                          capture_output=True, text=True, check=True).stdout


def compile_tree(source):
    return subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb"], input=source.encode(),
                          capture_output=True, check=True).stdout


def test_board_without_memory(good, refusal, tmp_path):
    source, count = re.subn(r'device_type = "memory";', "", board_source())
    assert count
    tree = compile_tree(source)
    path = write(tmp_path / "bad.img", wrap(good[1], tmp_path, tree=tree))
    assert re.match(r"board tree: it has no memory", refusal(path))
    build = build_with(tmp_path / "build", board_dtb=write(tmp_path / "board.dtb", tree))
    done = tool("pack", tmp_path / "test.its", "-o", tmp_path / "x.img", "--bootstrap",
                os.path.join(BUILD, "bootstrap.bin"), "--build", build, check=False)
    assert done.returncode == 1 and "memory" in done.stderr


def test_small_ram(refusal, tmp_path):
    path, _ = pack(guests("hello+hello"), tmp_path)
    line = refusal(path, memory="16M")
    assert re.match(r"(memory|manifest|hypervisor|board tree|domain \w+): ", line), line


def test_hashes_are_in_the_fit(good):
    """crc32 on every part, sha256 too where the manifest asks."""
    for image in Fit(good[1]).images.values():
        assert [algo for algo, _ in image.hashes] == ["crc32", "sha256"]
        image.check()
