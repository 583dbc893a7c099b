# SPDX-License-Identifier: GPL-2.0-only
"""The worked example of a split driver: an LED of the board, driven from domU.

One machine; each test leaves the device connected and the LED dark.
"""

import os
import re
import shutil

import pytest

from image import BUILD, TOP, full, pack
from machine import Machine, log_directory

pytestmark = pytest.mark.xdist_group("vled")

RUNNER = os.path.join(TOP, "tools", "run-qemu.sh")
LED = "v2m:green:user3"
BIT = 1 << 2                # of SYS_LED, the board's register
SYS_LED = "0x10000008"
FRONT, BACK = "/local/domain/{}/device/vled/0", "/local/domain/0/backend/vled/{}/0"
MODULES = {"dom0": "vled_backend", "domU": "vled_frontend"}
DEVICES = {"dom0": "/sys/bus/xen-backend/drivers/vled/vled-1-0",
           "domU": "/sys/bus/xen/drivers/vled/vled-0"}
VIRTUAL = "/sys/class/leds/vled-0"
CONNECTED = "4"


class Board(Machine):
    """The whole system with a vled that is connected."""

    def __init__(self, directory):
        path, _ = pack(full(), directory)
        disk = directory / "disk.img"
        shutil.copy(os.path.join(BUILD, "linux", "domU.ext4"), disk)
        super().__init__("kernel", path, runner=RUNNER,
                         variables={"DISK": str(disk), "HOST_PORT": "none"},
                         log=os.path.join(log_directory(), "test_vled.log"))
        self.expect(r"start the domains; ")
        for domain in MODULES:
            self.load(domain)
        self.attach(1)

    def words(self, domain, command):
        """What a command prints, in words."""
        output = self.shell(domain, f"echo BEG''IN; {command}")
        return re.split(r"BEGIN\r*\n", output)[-1].replace(f"[{domain}] ", "").split()

    def load(self, domain):
        self.shell(domain, f"insmod /lib/modules/{MODULES[domain]}.ko")

    def unload(self, domain):
        """As anybody must: the device first, the module then."""
        device = os.path.basename(DEVICES[domain])
        driver = os.path.dirname(DEVICES[domain])
        self.shell(domain, f"echo {device} >{driver}/unbind && rmmod {MODULES[domain]}")

    def until(self, domain, test):
        self.shell(domain, f"until {test}; do usleep 50000; done")

    def wait_connected(self, number):
        for path in FRONT, BACK:
            self.until("dom0", f'[ "$(xenstore-read {path.format(number)}/state)" = {CONNECTED} ]')
        self.until("domU", f"[ -d {VIRTUAL} ]")

    def attach(self, number):
        self.shell("dom0", f"vled-attach {number} 0 {LED}")
        self.wait_connected(number)

    def set(self, brightness):
        self.shell("domU", f"echo {brightness} >{VIRTUAL}/brightness")

    def wait_led(self, brightness):
        """dom0's LED class and the board's register say so, both."""
        self.until("dom0", f"[ $(cat /sys/class/leds/{LED}/brightness) = {brightness} ]")
        register = int(self.words("dom0", f"devmem {SYS_LED}")[-1], 16)
        assert bool(register & BIT) == bool(brightness), f"SYS_LED is {register:#x}"


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    with Board(tmp_path_factory.mktemp("vled")) as machine:
        yield machine


def test_domu_drives_the_led(board):
    before = int(board.words("dom0", f"devmem {SYS_LED}")[-1], 16)
    for brightness in (1, 0, 1, 0):
        board.set(brightness)
        board.wait_led(brightness)
    assert int(board.words("dom0", f"devmem {SYS_LED}")[-1], 16) == before, "another LED changed"
    assert board.words("domU", f"cat {VIRTUAL}/max_brightness") == ["1"]


def test_frontend_unloaded_and_loaded(board):
    """domU's driver goes: the LED is dark, dom0's end waits for the next."""
    board.set(1)
    board.wait_led(1)
    board.unload("domU")
    board.wait_led(0)
    board.shell("domU", f"[ ! -e {VIRTUAL} ]")
    board.load("domU")
    board.wait_connected(1)
    board.set(1)
    board.wait_led(1)
    board.set(0)
    board.wait_led(0)


def test_backend_unloaded_and_loaded(board):
    """dom0's driver goes: domU's LED goes, and comes back with it."""
    board.set(1)
    board.wait_led(1)
    board.unload("dom0")
    board.wait_led(0)
    board.until("domU", f"[ ! -e {VIRTUAL} ]")
    board.load("dom0")
    board.wait_connected(1)
    board.set(1)
    board.wait_led(1)
    board.set(0)
    board.wait_led(0)


def test_taken_back_and_lent_again(board):
    board.set(1)
    board.wait_led(1)
    board.shell("dom0", "vled-attach -d 1 0")
    board.wait_led(0)
    board.until("domU", f"[ ! -e {VIRTUAL} ]")
    for path in FRONT, BACK:
        board.shell("dom0", f"! xenstore-exists {path.format(1)}")
    assert board.words("dom0", "ls /sys/bus/xen-backend/devices | grep -c vled || true") == ["0"]
    board.attach(1)


def test_no_such_led(board):
    output = board.shell("dom0", "! vled-attach 1 1 no-such-led")
    assert "dom0 has no LED no-such-led" in output


@pytest.mark.parametrize("node, text", [("ring-ref", "4000000000"), ("ring-ref", "nonsense"),
                                        ("event-channel", "4095")])
def test_frontend_writes_nonsense(board, node, text):
    """A frontend's own nodes: dom0 says what is wrong, lives, and serves the next."""
    board.unload("domU")
    front, back = FRONT.format(1), BACK.format(1)
    board.until("dom0", f'[ "$(xenstore-read {back}/state)" = 6 ]')
    board.shell("dom0", f"xenstore-write {front}/state 1")
    board.until("dom0", f'[ "$(xenstore-read {back}/state)" = 2 ]')
    board.shell("dom0", f"xenstore-write {front}/ring-ref 9 {front}/event-channel 1")
    board.shell("dom0", f"xenstore-write {front}/{node} {text} && xenstore-write {front}/state 3")
    board.until("dom0", f"xenstore-exists error/backend/vled/1/0/error")
    assert "connecting to" in " ".join(
        board.words("dom0", "xenstore-read error/backend/vled/1/0/error"))
    board.shell("dom0", "xenstore-rm error/backend/vled/1/0 && vled-attach -d 1 0")
    board.load("domU")
    board.attach(1)
    board.set(1)
    board.wait_led(1)
    board.set(0)
    board.wait_led(0)


def test_domain_killed(board):
    """domU ends without a word, LED on: dom0 gives back page, port and nodes."""
    board.set(1)
    board.wait_led(1)
    board.shell("dom0", "sigma destroy domU")
    board.wait_led(0)
    assert board.words("dom0", "ls /sys/bus/xen-backend/devices | grep -c vled || true") == ["0"]
    board.shell("dom0", "! xenstore-exists /local/domain/0/backend/vled/1/0")
    board.shell("dom0", "rmmod vled_backend && ! dmesg | grep -i -e warning -e oops -e bug:")
