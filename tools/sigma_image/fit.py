# SPDX-License-Identifier: GPL-2.0-only
"""The FIT: U-Boot's flattened image tree (doc/uImage.FIT), and its /domains node."""

import hashlib
import zlib

from . import fdt
from .errors import ImageError

HASHES = {
    "crc32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "md5": lambda data: hashlib.md5(data).digest(),
    "sha1": lambda data: hashlib.sha1(data).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
}


class Image:
    """One image of a FIT: its node, name and data."""

    def __init__(self, node, data):
        self.node = node
        self.name = node.name
        self.data = data

    @property
    def type(self):
        return self.node.string("type", "")

    @property
    def hashes(self):
        """(algorithm, value) of each hash node; value is b"" before mkimage."""
        return [(child.string("algo", ""), child.props.get("value", b""))
                for child in self.node.children if child.name.startswith("hash")]

    def check(self):
        """Raise unless every hash is right and one of them is crc32."""
        part = f"image {self.name}"
        if not any(algo == "crc32" for algo, _ in self.hashes):
            raise ImageError(part, "it has no crc32")
        for algo, value in self.hashes:
            if algo not in HASHES:
                raise ImageError(part, f'hash algorithm "{algo}" is not known')
            actual = HASHES[algo](self.data)
            if actual != value:
                raise ImageError(part, f"it is damaged ({algo} {actual.hex()}, "
                                       f"expected {value.hex()})")


class Fit:
    """A FIT, from mkimage or straight from dtc."""

    def __init__(self, blob):
        self.blob = bytes(blob)
        self.tree = fdt.parse(self.blob, "FIT")
        node = self.tree.find("/images")
        if node is None:
            raise ImageError("FIT", "it has no /images")
        self.images = {}
        for child in node.children:
            self.images[child.name] = Image(child, self._data(child))

    def _data(self, node):
        if "data" in node.props:
            return node.props["data"]
        size = node.cell("data-size")
        if size is None:
            raise ImageError(f"image {node.name}", "it has no data")
        start = node.cell("data-position")
        if start is None:
            start = (self.tree.size + 3 & ~3) + node.cell("data-offset", 0)
        if start + size > len(self.blob):
            raise ImageError(f"image {node.name}",
                             f"it ends {start + size - len(self.blob)} bytes behind the FIT's end")
        return self.blob[start:start + size]

    @property
    def domains(self):
        """The /domains node, or None."""
        return self.tree.find("/domains")
