# SPDX-License-Identifier: GPL-2.0-only
"""Small guests, alone and in pairs: the hypervisor's behaviour seen from inside."""

import subprocess

import pytest

from image import BUILD, MIB, Domain, Manifest, guests
from machine import passed


def names_of(spec):
    return zip(("dom0", "domU", "domU2"), spec.split("+"))


@pytest.mark.parametrize("spec", ["hello", "hello+hello", "ticker+ticker", "ticker+hello+ticker",
                                  "pingpong+pingpong"])
def test_pass_and_power_off(boot, spec):
    """Each guest passes; when the last has ended the machine switches itself off.

    By icount: a tick is late because of the hypervisor, not of a loaded host.
    """
    with boot(spec, icount=3) as machine:
        machine.expect_all(*(passed(domain, guest) for domain, guest in names_of(spec)))
        machine.expect_end()


@pytest.mark.parametrize("spec", ["ticker+hostile", "hostile+ticker"])
def test_attacker_is_not_noticed(boot, spec):
    with boot(spec, icount=3) as machine:
        machine.expect_all(*(passed(domain, guest) for domain, guest in names_of(spec)),
                           limit=240)
        machine.expect_end()


@pytest.mark.parametrize("spec, domain", [("ticker+spinner", "dom0"), ("spinner+ticker", "domU")])
def test_spinner_is_not_noticed(boot, spec, domain):
    """The spinner masks its interrupts for good; the ticker goes on and passes.

    By icount: a tick is late because of the hypervisor, not of a loaded host.
    """
    with boot(spec, icount=3) as machine:
        machine.expect(passed("domU" if domain == "dom0" else "dom0", "spinner"))
        machine.expect(passed(domain, "ticker"))


@pytest.mark.parametrize("slice_us", [1000, 10000, 30000])
def test_context_is_kept(boot, slice_us):
    """Both domains fill every register with their own patterns.

    By icount, fast enough for selftest to calibrate its loop within one slice: how often
    they change depends on the slice then, not on a loaded host.
    """
    with boot(guests("selftest+selftest", slice_us=slice_us), icount=1) as machine:
        for _ in range(2):
            held = machine.expect(r"interrupted (\d+) times", limit=240)
            if slice_us == 1000:
                assert int(held.group(1)) > 150, "the other domain hardly ran meanwhile"
        machine.expect_all(passed("dom0", "selftest"), passed("domU", "selftest"), limit=240)
        machine.expect_end()


def test_fixed_address(boot):
    """An ET_EXEC guest is loaded at its own addresses, beside a position independent one."""
    with boot("hello-fixed+hello") as machine:
        machine.expect_all(r"\[dom0\] [^\r\n]*loaded at 60200000", passed("dom0", "hello"),
                           passed("domU", "hello"))
        machine.expect_end()


def run_times(machine):
    machine.focus("hypervisor")
    machine.send("d")
    return [int(machine.expect(r"ran (\d+) ms").group(1)) for _ in range(2)]


@pytest.mark.parametrize("weights", [(256, 256), (256, 768)])
def test_shares_follow_weights(boot, weights):
    """Two domains that never sleep get the processor in proportion to their weights."""
    domains = [Domain("spinner", weight=weight) for weight in weights]
    with boot(Manifest(domains, slice_us=5000)) as machine:
        machine.expect_all(passed("dom0", "spinner"), passed("domU", "spinner"))
        first = run_times(machine)
        while sum(after := run_times(machine)) < sum(first) + 2000:
            pass
        share = (after[1] - first[1]) / (sum(after) - sum(first))
        wanted = weights[1] / sum(weights)
        assert abs(share - wanted) < 0.05, f"domU got {share:.1%} instead of {wanted:.1%}"


def test_idle_machine_sleeps(boot):
    """While nothing is to do, nobody runs: 2 s of ticks cost little time."""
    with boot("ticker+echo") as machine:
        machine.expect(passed("dom0", "ticker"))
        machine.focus("hypervisor")
        machine.send("s")
        idle = float(machine.expect(r"idle (\d+\.\d+) %").group(1))
        assert idle > 80, f"the processor was idle for {idle} % only"


def test_guests_are_position_independent():
    for guest in ("hello", "selftest", "hostile"):
        path = f"{BUILD}/guests/{guest}.elf"
        headers = subprocess.run(["readelf", "-hrW", path], capture_output=True, text=True,
                                 check=True).stdout
        assert "DYN (" in headers
        kinds = {line.split()[2] for line in headers.splitlines() if "R_ARM_" in line}
        assert kinds == {"R_ARM_RELATIVE"}


def test_large_and_small_domains(boot):
    domains = [Domain("hello", memory=200 * MIB), Domain("hello", memory=1 * MIB)]
    with boot(Manifest(domains)) as machine:
        machine.expect_all(r"\[dom0\] RAM: [^\r\n]* 200 MiB", r"\[domU\] RAM: [^\r\n]* 1 MiB",
                           passed("dom0", "hello"), passed("domU", "hello"))
        machine.expect_end()
