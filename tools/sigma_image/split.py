# SPDX-License-Identifier: GPL-2.0-only
"""What a manifest says for dom0's tools: the rules of hypervisor/manifest_split.c.

The words are those of xl.cfg(5).
"""

import re

from .errors import ImageError

ENTRIES_MAX = 16
FILE_NAME_MAX = 63
VIF_WORDS = ("bridge", "mac", "ip", "vifname", "script")
ENDS = ("destroy", "restart", "preserve")
PROPERTIES = ("disk", "vif", "vfb", "on-poweroff", "on-reboot", "on-crash")

DISK_NAME = re.compile(r"xvd[a-p]([1-9]|1[0-5])?")
MAC = re.compile(r"[0-9a-f][02468ace](:[0-9a-f]{2}){5}", re.I)


def disk(text):
    """What is wrong with an entry of `disk`, or None."""
    pieces = text.split(",")
    if not text.startswith(("phy:/", "file:/")):
        return "it begins with phy:/... (a block device of dom0) or file:/... (a file of dom0)"
    if len(pieces) != 3:
        return "it is TARGET,NAME,ACCESS, as in phy:/dev/vda,xvda,w"
    if not DISK_NAME.fullmatch(pieces[1]):
        return f'the domain calls its disks xvda to xvdp (xvda1 ...), not "{pieces[1]}"'
    if pieces[2] not in ("r", "w"):
        return f'the access is r or w, not "{pieces[2]}"'
    return None


def vif(text):
    """What is wrong with an entry of `vif`, or None."""
    for piece in text.split(",") if text else ():
        word, _, value = piece.partition("=")
        if word not in VIF_WORDS:
            return f'"{word}" is not known (known: {", ".join(VIF_WORDS)})'
        if not value:
            return f"{word} has no value"
        if word == "mac" and not MAC.fullmatch(value):
            return f'"{value}" is not the address of one card (as in 00:16:3e:12:34:56)'
    return None


def _lists(part, node):
    for name, check in (("disk", disk), ("vif", vif)):
        entries = node.strings(name)
        if len(entries) > ENTRIES_MAX:
            yield ImageError(part, f"`{name}` has {len(entries)} entries, at most {ENTRIES_MAX} "
                                   "are possible")
        for text in entries:
            reason = check(text)
            if reason:
                yield ImageError(part, f'{name} = "{text}": {reason}')
    names = [text.split(",")[1] for text in node.strings("disk") if not disk(text)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield ImageError(part, f"`disk` gives {name} twice")


def _ends(part, node):
    for name in ("on-poweroff", "on-reboot", "on-crash"):
        value = node.string(name, ENDS[0])
        if value not in ENDS:
            yield ImageError(part, f'{name} = "{value}": it is {", ".join(ENDS[:-1])} or '
                                   f"{ENDS[-1]}")


def _image_file(part, node, privileged):
    path = node.string("image-file")
    if path is None:
        return
    if not privileged:
        yield ImageError(part, "`image-file` is for the privileged domain only")
    elif len(path) > FILE_NAME_MAX or any(step in ("", ".", "..") for step in path.split("/")):
        yield ImageError(part, f'image-file = "{path}": it is a name of at most {FILE_NAME_MAX} '
                               "characters in dom0's root, as in boot/sigma.fit")


def check(node, privileged):
    """The errors of one domain's node."""
    part = f"domain {node.name}"
    errors = list(_image_file(part, node, privileged))
    if privileged:
        errors += [ImageError(part, f"`{name}` is not for the privileged domain")
                   for name in PROPERTIES if name in node.props]
        return errors
    if node.props.get("vfb"):
        errors.append(ImageError(part, "`vfb` takes no value"))
    return errors + list(_lists(part, node)) + list(_ends(part, node))
