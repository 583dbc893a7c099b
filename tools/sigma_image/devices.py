# SPDX-License-Identifier: GPL-2.0-only
"""Which domain gets which device: the rules of hypervisor/domain_devices.c."""

from . import container
from .errors import ImageError

# The hypervisor's own, whatever the manifest says.
KEPT = {
    "arm,cortex-a9-gic": "interrupt controller",
    "arm,cortex-a7-gic": "interrupt controller",
    "arm,cortex-a15-gic": "interrupt controller",
    "arm,gic-400": "interrupt controller",
    "arm,cortex-a9-scu": "snoop control unit",
    "arm,cortex-a9-twd-timer": "private timer",
    "arm,cortex-a9-twd-wdt": "private watchdog",
    "arm,cortex-a9-global-timer": "global timer",
    "arm,cortex-a9-pmu": "performance counters",
    "arm,armv7-timer": "timer",
    "arm,pl310-cache": "level 2 cache",
    "arm,sp804": "timer",
}
NO_DEVICE = ("chosen", "aliases", "cpus", "reserved-memory", "__symbols__", "psci", "memory")


def why_kept(tree, node):
    """What the hypervisor uses a device for, or None."""
    if node is container.uart_node(tree):
        return "console"
    return next((KEPT[name] for name in node.strings("compatible") if name in KEPT), None)


def lineage(node):
    """The node and all above it."""
    while node is not None:
        yield node
        node = node.parent


def _resolve(tree, domain):
    """(claimed nodes, errors) of a domain's list."""
    part, nodes, errors = f"domain {domain.name}", [], []
    for name in domain.devices:
        if name == "all":
            continue
        node = tree.find(name)
        reason = None
        if node is None:
            reason = "is not in the board's device tree (neither path nor label)"
        elif why_kept(tree, node):
            reason = f"belongs to the hypervisor ({why_kept(tree, node)})"
        elif any(above.string("status", "okay") not in ("okay", "ok") for above in lineage(node)):
            reason = "is disabled in the board's device tree"
        elif node.parent is None or any(
                above.parent is tree.root and above.name.split("@")[0] in NO_DEVICE
                for above in lineage(node)):
            reason = "is no device"
        if reason:
            errors.append(ImageError(part, f"device {name} {reason}"))
        else:
            nodes.append(node)
    return nodes, errors


def _common(one, other):
    """A device that both of two (all, nodes) claims cover, as text; None if there is none."""
    if one[0] and other[0]:
        return "every device (\"all\")"
    for everything, nodes in ((one[0], other[1]), (other[0], one[1])):
        if everything and nodes:
            return nodes[0].path
    for a in one[1]:
        for b in other[1]:
            if a in lineage(b):
                return b.path
            if b in lineage(a):
                return a.path
    return None


def check(tree, domains):
    """The errors of all domains' lists, two domains that claim one device among them."""
    errors, claims = [], []
    for domain in domains:
        nodes, wrong = _resolve(tree, domain)
        errors.extend(wrong)
        claim = ("all" in domain.devices, nodes)
        for earlier, before in claims:
            device = _common(before, claim)
            if device:
                errors.append(ImageError(f"domain {domain.name}",
                                         f"{device} is claimed by domain {earlier} already"))
        claims.append((domain.name, claim))
    return errors
