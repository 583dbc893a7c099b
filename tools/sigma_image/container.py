# SPDX-License-Identifier: GPL-2.0-only
"""What is wrapped around the FIT: uImage, bootstrap header, LZ4 frame, flash.

    sigma.img        uImage header | bootstrap | board tree | LZ4 frame
    sigma-flash.img                  bootstrap | board tree | LZ4 frame | 0xff ...
    sigma.fit        the FIT alone

The bootstrap's header is described in image/bootstrap/boot.h.
"""

import struct
import subprocess
import zlib

from . import fdt
from .errors import ImageError
from .fit import Fit

BOOT_HEADER = struct.Struct("<14I8x")
BOOT_MAGIC = 0x54424753
BOOT_VERSION = 1
CHECKSUM_AT = 0x0C
ALIGN = 64  # of the payload: a cache line

UIMAGE_HEADER = struct.Struct(">7I4B32s")
UIMAGE_MAGIC = 0x27051956
UIMAGE_OS_LINUX, UIMAGE_ARCH_ARM, UIMAGE_TYPE_KERNEL, UIMAGE_COMP_NONE = 5, 2, 2, 0
LOAD_OFFSET = 0x100000  # the image runs from RAM base + 1 MiB

FLASH_SIZE = 64 << 20
TREE_MAX = 0x38000  # the bootstrap's room for the tree (WORK_DTB_SIZE - DTB_ROOM)


def align(number, to):
    return (number + to - 1) // to * to


def _lz4(arguments, data, part, reason):
    try:
        done = subprocess.run(["lz4", "-q", "-c", *arguments], input=data,
                              capture_output=True, check=False)
    except FileNotFoundError:
        raise ImageError("lz4", "the program is missing (tools/setup.sh installs it)") from None
    if done.returncode:
        detail = done.stderr.decode(errors="replace").strip().splitlines()
        raise ImageError(part, f"{reason} ({detail[-1]})" if detail else reason)
    return done.stdout


def compress(data, scratch):
    """One LZ4 frame: blocks of 64 KiB that refer to each other, a checksum on each
    (image/bootstrap/payload.c says why there and not on the content)."""
    with open(scratch, "wb") as file:  # the content's size is known for a file only
        file.write(data)
    return _lz4(["-12", "--favor-decSpeed", "-B4", "-BD", "-BX", "--no-frame-crc",
                 "--content-size", scratch], None, "payload", "cannot be compressed")


def decompress(frame):
    return _lz4(["-d"], frame, "payload", "its LZ4 frame is truncated or damaged")


def board_address(tree, node, what):
    """The machine address of a node's first register."""
    reg, bus = node.cells("reg"), node.parent
    cells = bus.cell("#address-cells", 2)
    address = reg[:cells]
    if not address:
        raise ImageError("board tree", f"{what} ({node.path}) has no address")
    while bus.parent is not None:
        parent = bus.parent
        parent_cells, size_cells = parent.cell("#address-cells", 2), bus.cell("#size-cells", 1)
        ranges = bus.cells("ranges")
        if "ranges" not in bus.props:
            raise ImageError("board tree", f"{what} ({node.path}) cannot be reached: "
                                           f"{bus.path} has no ranges")
        if ranges:
            address = _translate(ranges, address, cells, parent_cells, size_cells)
            if address is None:
                raise ImageError("board tree", f"{what} ({node.path}) lies outside of {bus.path}")
        bus, cells = parent, parent_cells
    return address[-1]


def _translate(ranges, address, cells, parent_cells, size_cells):
    entry = cells + parent_cells + size_cells
    for at in range(0, len(ranges), entry):
        child = ranges[at:at + cells]
        offset = address[-1] - child[-1]
        if child[:-1] == address[:-1] and 0 <= offset < ranges[at + entry - 1]:
            parent = ranges[at + cells:at + cells + parent_cells]
            return parent[:-1] + [parent[-1] + offset]
    return None


def memory_banks(tree):
    """(base, size) of the board's RAM, lowest first."""
    address_cells = tree.root.cell("#address-cells", 2)
    size_cells = tree.root.cell("#size-cells", 1)
    banks = []
    for node in tree.root.children:
        if node.string("device_type") != "memory":
            continue
        reg = node.cells("reg")
        while len(reg) >= address_cells + size_cells:
            base = int.from_bytes(b"".join(c.to_bytes(4, "big") for c in reg[:address_cells]),
                                  "big")
            size = int.from_bytes(b"".join(
                c.to_bytes(4, "big") for c in reg[address_cells:address_cells + size_cells]), "big")
            if size:
                banks.append((base, size))
            reg = reg[address_cells + size_cells:]
    return sorted(banks)


def uart_node(tree):
    """Where /chosen stdout-path points, else the alias serial0; None if nowhere."""
    chosen = tree.find("/chosen")
    path = chosen.string("stdout-path") if chosen else None
    return tree.find(path.split(":")[0] if path else "serial0")


def boot_facts(tree):
    """What the bootstrap's header says of the board: (RAM base, UART, mailbox, GIC)."""
    banks = memory_banks(tree)
    if not banks:
        raise ImageError("board tree", "it has no memory: a node with "
                                       'device_type = "memory" and reg = <base size> is needed')
    uart = uart_node(tree)
    if uart is None:
        raise ImageError("board tree", "it names no console: /chosen stdout-path or "
                                       "the alias serial0 is needed")
    if "arm,pl011" not in uart.strings("compatible"):
        raise ImageError("board tree", f"its console {uart.path} is not an arm,pl011")
    mailbox = gic = 0
    sysreg = tree.compatible("arm,vexpress-sysreg")
    if sysreg:
        mailbox = board_address(tree, sysreg, "system registers") + 0x30  # SYS_FLAGS
    node = tree.compatible("arm,cortex-a9-gic")
    if node and len(node.cells("reg")) >= 4:
        gic = node.cells("reg")[2]
    return banks[0][0], board_address(tree, uart, "console"), mailbox, gic


def build(bootstrap, fit, scratch):
    """bootstrap | board tree | LZ4 frame, with the header filled in.

    Returns (image, RAM base).
    """
    board = Fit(fit).images.get("board")
    if board is None:
        raise ImageError("FIT", "it has no image `board` (the board's device tree)")
    tree = fdt.parse(board.data, "board tree")
    if tree.size > TREE_MAX:
        raise ImageError("board tree", f"{tree.size} bytes; the bootstrap has room for {TREE_MAX}")
    if len(bootstrap) < BOOT_HEADER.size or \
            struct.unpack_from("<I", bootstrap, 4)[0] != BOOT_MAGIC:
        raise ImageError("bootstrap", "not a bootstrap (build/bootstrap.bin)")
    ram_base, uart, mailbox, gic = boot_facts(tree)
    payload = compress(fit, scratch)
    tree_at = align(len(bootstrap), 8)
    payload_at = align(tree_at + tree.size, ALIGN)
    head = bytearray(payload_at)
    head[:len(bootstrap)] = bootstrap
    head[tree_at:tree_at + tree.size] = board.data[:tree.size]
    branch = struct.unpack_from("<I", bootstrap)[0]
    BOOT_HEADER.pack_into(head, 0, branch, BOOT_MAGIC, BOOT_VERSION, 0, tree_at, tree.size,
                          payload_at, len(payload), ram_base, uart, mailbox, gic, ram_base, ram_base)
    struct.pack_into("<I", head, CHECKSUM_AT, zlib.crc32(head))
    return bytes(head) + payload, ram_base


def flash(image):
    if len(image) > FLASH_SIZE:
        raise ImageError("flash image", f"{len(image)} bytes do not fit into the board's "
                                        f"{FLASH_SIZE >> 20} MiB NOR flash")
    return image.ljust(FLASH_SIZE, b"\xff")


class Container:
    """A sigma.img, flash image or FIT, read from a file; `errors` collects what is bad.

    The parts that could be read are there even when others are not; fit is None when
    the FIT could not be reached.
    """

    def __init__(self, blob):
        self.errors = []
        self.uimage = None  # (name, load address) of the uImage header
        self.boot = None    # the bootstrap's header, as a tuple
        self.kind = "FIT"
        self.fit = None
        try:
            self._read(blob)
        except ImageError as error:
            self.errors.append(error)

    def _read(self, blob):
        magic = int.from_bytes(blob[:4], "big")
        if magic == UIMAGE_MAGIC:
            self.kind = "sigma.img"
            blob = self._read_uimage(blob)
        elif magic != fdt.MAGIC:
            self.kind = "flash image"
        if magic != fdt.MAGIC:
            blob = self._read_boot(blob)
        self.fit = Fit(blob)

    def _read_uimage(self, blob):
        if len(blob) < UIMAGE_HEADER.size:
            raise ImageError("uImage header", "the file ends inside of it")
        fields = UIMAGE_HEADER.unpack_from(blob)
        size, load, data_crc = fields[3], fields[4], fields[6]
        header = bytearray(blob[:UIMAGE_HEADER.size])
        header[4:8] = bytes(4)
        if zlib.crc32(header) != fields[1]:
            self.errors.append(ImageError("uImage header", "it does not match its crc32"))
        data = blob[UIMAGE_HEADER.size:]
        if size > len(data):
            raise ImageError("uImage", f"it is truncated: {size} bytes announced, "
                                       f"{len(data)} are there")
        if zlib.crc32(data[:size]) != data_crc:
            self.errors.append(ImageError("uImage", "its data does not match its crc32"))
        self.uimage = (fields[11].split(b"\0")[0].decode("latin-1"), load)
        return data[:size]

    def _read_boot(self, blob):
        if len(blob) < BOOT_HEADER.size:
            raise ImageError("image", "too short for a Sigma image")
        self.boot = BOOT_HEADER.unpack_from(blob)
        _, magic, version, checksum, tree_at, tree_size, at, size = self.boot[:8]
        if magic != BOOT_MAGIC:
            raise ImageError("bootstrap", "no Sigma bootstrap, FIT or uImage starts here")
        if version != BOOT_VERSION:
            raise ImageError("bootstrap", f"header version {version} is not known")
        if at > len(blob) or tree_at + tree_size > at:
            raise ImageError("bootstrap", "its header is damaged or the image is truncated")
        head = bytearray(blob[:at])
        head[CHECKSUM_AT:CHECKSUM_AT + 4] = bytes(4)
        if zlib.crc32(head) != checksum:
            self.errors.append(ImageError("bootstrap", "header, code or board tree does not "
                                                       "match the checksum"))
        if at + size > len(blob):
            raise ImageError("payload", f"it is truncated: {size} bytes announced, "
                                        f"{len(blob) - at} are there")
        return decompress(blob[at:at + size])

    def check(self):
        """Every error there is, hashes of the FIT's images included."""
        errors = list(self.errors)
        for image in self.fit.images.values() if self.fit else ():
            try:
                image.check()
            except ImageError as error:
                errors.append(error)
        return errors
