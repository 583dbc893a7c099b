# SPDX-License-Identifier: GPL-2.0-only
"""A strict reader of flattened device trees (Devicetree Specification 0.4, chapter 5).

Every offset is checked, so that a damaged tree gives an error and not nonsense.
"""

import struct

from .errors import ImageError

MAGIC = 0xD00DFEED
HEADER = struct.Struct(">10I")
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9
MAX_DEPTH = 64


class Node:
    """One node: properties as bytes, by name; children in order."""

    def __init__(self, name, parent):
        self.name = name
        self.parent = parent
        self.props = {}
        self.children = []

    @property
    def path(self):
        if self.parent is None:
            return "/"
        return self.parent.path.rstrip("/") + "/" + self.name

    def child(self, name):
        return next((c for c in self.children if c.name == name), None)

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def cells(self, name):
        """The property as 32-bit numbers; [] if it is absent."""
        data = self.props.get(name, b"")
        if len(data) % 4:
            raise ImageError(self.path, f'property "{name}" is not a list of numbers')
        return list(struct.unpack(f">{len(data) // 4}I", data))

    def cell(self, name, default=None):
        cells = self.cells(name)
        if not cells:
            return default
        if len(cells) != 1:
            raise ImageError(self.path, f'property "{name}" is not one number')
        return cells[0]

    def strings(self, name):
        """The property as a list of strings; [] if it is absent."""
        data = self.props.get(name)
        if data is None:
            return []
        if not data.endswith(b"\0"):
            raise ImageError(self.path, f'property "{name}" is not text')
        try:
            return data[:-1].decode("utf-8").split("\0")
        except UnicodeDecodeError:
            raise ImageError(self.path, f'property "{name}" is not text') from None

    def string(self, name, default=None):
        strings = self.strings(name)
        if not strings:
            return default
        if len(strings) != 1:
            raise ImageError(self.path, f'property "{name}" is not one text')
        return strings[0]


class Tree:
    """A parsed tree: root, memory reservations, and its own size in bytes."""

    def __init__(self, root, reservations, size):
        self.root = root
        self.reservations = reservations
        self.size = size

    def find(self, path):
        """The node at a path, alias or label; None if there is none."""
        if not path.startswith("/"):
            for names in ("/aliases", "/__symbols__"):
                node = self.find(names)
                target = node.string(path) if node else None
                if target:
                    return self.find(target)
            return None
        node = self.root
        for name in filter(None, path.split("/")):
            node = node.child(name)
            if node is None:
                return None
        return node

    def by_phandle(self, phandle):
        return next((n for n in self.root.walk() if n.cell("phandle") == phandle), None)

    def compatible(self, name):
        return next((n for n in self.root.walk() if name in n.strings("compatible")), None)


class _Reader:
    def __init__(self, blob, what):
        self.blob = blob
        self.what = what
        if len(blob) < HEADER.size:
            self.bad("shorter than a device tree's header")
        (magic, self.size, self.structure, self.strings, self.reservations, version,
         compatible, _, self.strings_size, self.structure_size) = HEADER.unpack_from(blob)
        if magic != MAGIC:
            self.bad(f"not a device tree (magic 0x{magic:08x})")
        if version < 17 or compatible > 17:
            self.bad(f"device tree version {version} is not known")
        if self.size > len(blob):
            self.bad(f"says it has {self.size} bytes, but {len(blob)} are there")
        for offset, size in ((self.structure, self.structure_size),
                             (self.strings, self.strings_size), (self.reservations, 16)):
            if offset + size > self.size:
                self.bad("its header points outside of it")

    def bad(self, reason):
        raise ImageError(self.what, reason)

    def text(self, start, end):
        stop = self.blob.find(b"\0", start, end)
        if stop < 0:
            self.bad("a name does not end")
        try:
            return self.blob[start:stop].decode("ascii"), stop + 1
        except UnicodeDecodeError:
            self.bad("a name is not ASCII")

    def word(self, at, end):
        if at + 4 > end:
            self.bad("its structure ends too early")
        return struct.unpack_from(">I", self.blob, at)[0]

    def read_reservations(self):
        found, at = [], self.reservations
        while True:
            if at + 16 > self.size:
                self.bad("its memory reservations do not end")
            base, size = struct.unpack_from(">QQ", self.blob, at)
            if size == 0 and base == 0:
                return found
            found.append((base, size))
            at += 16

    def property(self, at, end):
        length, name_at = self.word(at, end), self.word(at + 4, end)
        if at + 8 + length > end:
            self.bad("a property is longer than the tree")
        if name_at >= self.strings_size:
            self.bad("a property's name lies outside of it")
        name, _ = self.text(self.strings + name_at, self.strings + self.strings_size)
        return name, self.blob[at + 8:at + 8 + length], at + 8 + (length + 3 & ~3)

    def read(self):
        at, end = self.structure, self.structure + self.structure_size
        root = node = None
        depth = 0
        while True:
            token = self.word(at, end)
            at += 4
            if token == BEGIN_NODE:
                depth += 1
                if depth > MAX_DEPTH or (root is not None and node is None):
                    self.bad("its nodes are not nested rightly")
                name, at = self.text(at, end)
                at = at + 3 & ~3
                new = Node(name, node)
                if node is None:
                    root = new
                else:
                    node.children.append(new)
                node = new
            elif token == END_NODE:
                if node is None:
                    self.bad("its nodes are not nested rightly")
                node = node.parent
                depth -= 1
            elif token == PROP:
                if node is None:
                    self.bad("a property stands outside of all nodes")
                name, data, at = self.property(at, end)
                node.props[name] = data
            elif token == END:
                if root is None or node is not None:
                    self.bad("its nodes are not nested rightly")
                return Tree(root, self.read_reservations(), self.size)
            elif token != NOP:
                self.bad(f"its structure is damaged (token 0x{token:x})")


def parse(blob, what="device tree"):
    """Parse a tree; `what` names it in errors."""
    return _Reader(bytes(blob), what).read()
