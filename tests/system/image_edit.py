# SPDX-License-Identifier: GPL-2.0-only
"""Damage done to images on purpose, below their wrappings."""

import os
import struct
import sys
import zlib

from image import BUILD, TOP, UIMAGE_HEADER

sys.path.insert(0, os.path.join(TOP, "tools"))
from sigma_image import container, manifest  # noqa: E402  pylint: disable=wrong-import-position
from sigma_image.fit import Fit  # noqa: E402  pylint: disable=wrong-import-position



def flip(blob, offset):
    changed = bytearray(blob)
    changed[offset] ^= 0x40
    return bytes(changed)


def payload_offset(image):
    """Where the LZ4 frame begins: its magic number, 0x184d2204."""
    return image.index(struct.pack("<I", 0x184D2204), UIMAGE_HEADER)


def wrap(fit, directory, tree=None):
    """sigma.img of a FIT, however bad; tree replaces the bootstrap's board tree."""
    with open(os.path.join(BUILD, "bootstrap.bin"), "rb") as file:
        bootstrap = file.read()
    image, ram_base = container.build(bootstrap, fit, os.path.join(directory, "payload"))
    if tree is not None:
        image = replace_tree(image, tree)
    return uimage(image, ram_base, directory)


def uimage(image, ram_base, directory):
    target = os.path.join(directory, "wrapped.img")
    manifest.make_uimage(image, ram_base + container.LOAD_OFFSET,
                         os.path.join(directory, "data"), target)
    with open(target, "rb") as file:
        return file.read()


def seal(head, fields):
    """The bootstrap's part of an image, with these header fields and their checksum."""
    container.BOOT_HEADER.pack_into(head, 0, *fields)
    struct.pack_into("<I", head, container.CHECKSUM_AT, zlib.crc32(head))
    return bytes(head)


def replace_tree(image, tree):
    """Another board tree, no longer than the one that is there, with a right checksum."""
    fields = list(container.BOOT_HEADER.unpack_from(image))
    tree_at, tree_size, payload_at = fields[4], fields[5], fields[6]
    assert len(tree) <= tree_size
    head = bytearray(image[:payload_at])
    head[tree_at:tree_at + tree_size] = tree.ljust(tree_size, b"\0")
    fields[3], fields[5] = 0, len(tree)
    return seal(head, fields) + image[payload_at:]


def replace_payload(image, fit, directory):
    """The image with another payload, which need not be a FIT at all."""
    at = payload_offset(image) - UIMAGE_HEADER
    head = bytearray(image[UIMAGE_HEADER:UIMAGE_HEADER + at])
    frame = container.compress(fit, os.path.join(directory, "payload"))
    fields = list(container.BOOT_HEADER.unpack_from(head))
    fields[3], fields[7] = 0, len(frame)
    return uimage(seal(head, fields) + frame, fields[8], directory)


def flip_in_image(fit, name):
    """The FIT with one byte changed in the middle of one of its images."""
    data = Fit(fit).images[name].data
    return flip(fit, fit.index(data) + len(data) // 2)
