# SPDX-License-Identifier: GPL-2.0-only
"""What `list` prints."""


def size(number):
    return f"{number >> 20} MiB" if number and number % (1 << 20) == 0 else f"{number} bytes"


def _wrapping(image):
    if image.uimage:
        name, load = image.uimage
        yield f'uImage "{name}", loads and starts at 0x{load:08x}'
    if image.boot:
        _, _, _, checksum, tree_at, tree_size, at, length, ram, uart = image.boot[:10]
        yield f"bootstrap {tree_at} bytes, checksum {checksum:08x}"
        yield f"board tree {tree_size} bytes: RAM at 0x{ram:08x}, console at 0x{uart:08x}"
        yield f"payload {length} bytes of LZ4 at offset 0x{at:x}"


def _images(fit):
    yield f"FIT {len(fit.blob)} bytes"
    yield "  image                 type       bytes      hashes"
    for image in fit.images.values():
        hashes = " ".join(f"{algo}:{value.hex()[:8]}" for algo, value in image.hashes)
        yield f"  {image.name:<20}  {image.type:<9}  {len(image.data):<9}  {hashes}"


def _domain(node, number):
    yield f"  {number} {node.name}: {size(node.cell('memory', 0))}, " \
          f"{node.cell('vcpus', 1)} vCPU, weight {node.cell('weight', 256)}, " \
          f"engine {node.string('engine', '?')}" \
          + (", privileged" if "privileged" in node.props else "")
    for name in ("kernel", "initrd", "fdt", "bootargs"):
        value = node.string(name)
        if value is not None:
            yield f"      {name:<9} {value}"
    devices = node.strings("devices")
    yield f"      devices   {', '.join(devices) or 'none'}"
    yield f"      foreign   {size(node.cell('foreign', 16 << 20))}"


def lines(image):
    """The image's parts, outermost first, as lines of text."""
    yield image.kind
    yield from _wrapping(image)
    if image.fit is None:
        return
    yield from _images(image.fit)
    domains = image.fit.domains
    if domains is None:
        yield "no /domains"
        return
    yield f"domains: scheduler {domains.string('scheduler', '?')}, " \
          f"time slice {domains.cell('time-slice-us', 0)} us"
    for number, node in enumerate(domains.children):
        yield from _domain(node, number)
