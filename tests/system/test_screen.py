# SPDX-License-Identifier: GPL-2.0-only
"""domU's text console and a drawing program on the board's screen, and its keys."""

import os
import re
import string

import pytest

from image import BUILD
from monitor import Monitor

WIDTH, HEIGHT = 1024, 768         # the board's screen, as dom0's Linux sets it
DOMU_WIDTH, DOMU_HEIGHT = 800, 600  # domU's, in the middle of it
LEFT, TOP = (WIDTH - DOMU_WIDTH) // 2, (HEIGHT - DOMU_HEIGHT) // 2
CELL = 8, 16                      # the font's characters
LETTERS = string.ascii_letters + string.digits + "#/.:,()-=+;"
BLACK = b"\0\0\0"
SQUARE = 32                       # draw.c's
KEY = "scroll_lock"
VFB = "/local/domain/0/backend/vfb/1/0"
VKBD = "/local/domain/0/backend/vkbd/1/0"


class Reader:
    """Reads text off a screen; knows the letters' shapes from dom0's own console."""

    def __init__(self, screen):
        self.letters = {}
        for i, letter in enumerate(LETTERS):
            self.letters[self.shape(screen, i * CELL[0], 0)] = letter
        assert len(self.letters) == len(LETTERS), "letters look alike"
        for blank_or_cursor in (b"\0", b"\1"):
            self.letters[blank_or_cursor * (CELL[0] * CELL[1])] = " "

    @staticmethod
    def shape(screen, x, y):
        data = screen.region(x, y, *CELL)
        return bytes(data[i] > 0 for i in range(0, len(data), 3))

    def lines(self, screen, left, top, width, height):
        """The text lines that are not empty; ? for what is no letter."""
        found = []
        for y in range(top, top + height - CELL[1] + 1, CELL[1]):
            line = "".join(self.letters.get(self.shape(screen, x, y), "?")
                           for x in range(left, left + width, CELL[0]))
            if line.strip():
                found.append(line.rstrip())
        return found

    def domu(self, screen):
        return self.lines(screen, LEFT, TOP, DOMU_WIDTH, DOMU_HEIGHT)

    def dom0(self, screen):
        return self.lines(screen, 0, 0, WIDTH, HEIGHT)


def wait_state(machine, path, state):
    machine.shell("dom0", f"until [ \"$(xenstore-read {path}/state)\" = {state} ]; "
                          "do sleep 0.1; done")


class Desk:
    """The machine with its screen and keyboard."""

    def __init__(self, machine, monitor):
        self.machine = machine
        self.monitor = monitor
        machine.expect("start the domains; ")
        machine.prompts("dom0", "domU")
        self.wait_connected()
        # dom0's console has said that domU has a screen; wiped, it shows letters to learn
        self.greeting = monitor.screen()
        machine.shell("dom0", f"printf '\\033[2J\\033[H{LETTERS}\\n' >/dev/tty1")
        self.reader = Reader(monitor.wait_screen(
            lambda screen: self.bottom_black(screen) and
            screen.region(0, 0, *CELL) != BLACK * (CELL[0] * CELL[1]), "dom0's letters"))

    @staticmethod
    def bottom_black(screen):
        rest = screen.region(0, 3 * CELL[1], WIDTH, HEIGHT - 3 * CELL[1])
        return rest == BLACK * (len(rest) // 3)

    def wait_connected(self):
        wait_state(self.machine, VFB, 4)
        wait_state(self.machine, VKBD, 4)

    def wait_domu(self, line):
        """Wait until domU's screen has a line that is this pattern; the screenshot."""
        return self.monitor.wait_screen(
            lambda screen: any(re.fullmatch(line, each) for each in self.reader.domu(screen)),
            f"domU's {line!r}")

    def wait_dom0(self, line):
        return self.monitor.wait_screen(
            lambda screen: any(re.fullmatch(line, each) for each in self.reader.dom0(screen)),
            f"dom0's {line!r}")

    def wait_same(self, wanted, what):
        return self.monitor.wait_screen(lambda screen: screen.data == wanted.data, what)

    def show_domu_shell(self):
        """From dom0's screen to a new shell on domU's."""
        self.monitor.press(KEY)
        self.wait_domu("Please press Enter to activate this console.")
        self.monitor.type("\n")
        self.wait_domu("domU#")


@pytest.fixture
def desk(start, tmp_path):
    def start_desk(**options):
        monitor = Monitor(tmp_path)
        disk = os.path.join(BUILD, "linux", "domU.ext4")
        machine = start("-kernel", os.path.join(BUILD, "sigma.img"), "-drive",
                        f"if=none,id=disk,format=raw,snapshot=on,file={disk}",
                        "-device", "virtio-blk-device,drive=disk", *monitor.arguments,
                        icount=3, **options)
        return Desk(machine, monitor)

    return start_desk


def frame_is_black(screen):
    """Nothing is drawn beside domU's picture."""
    for x, y, width, height in ((0, 0, WIDTH, TOP), (0, TOP + DOMU_HEIGHT, WIDTH, TOP),
                                (0, 0, LEFT, HEIGHT), (LEFT + DOMU_WIDTH, 0, LEFT, HEIGHT)):
        part = screen.region(x, y, width, height)
        if part != BLACK * (len(part) // 3):
            return False
    return True


def test_text_and_key(desk):
    """What is typed comes to the domain that is shown, and the key shows the next one."""
    here = desk()
    reader, monitor = here.reader, here.monitor
    assert any("domU (domain 1) has a screen: Scroll Lock shows" in line
               for line in reader.dom0(here.greeting))
    here.show_domu_shell()
    monitor.type("cat /etc/domain\n")
    domu = monitor.wait_screen(
        lambda screen: reader.domu(screen)[-3:] == ["domU# cat /etc/domain", "domU", "domU#"],
        "domU's prompt")
    assert frame_is_black(domu)

    monitor.press(KEY)
    here.wait_dom0(re.escape(LETTERS))
    monitor.type("\n")
    here.wait_dom0("dom0#")
    monitor.type("cat /etc/domain\n")
    dom0 = monitor.wait_screen(
        lambda screen: reader.dom0(screen)[-3:] == ["dom0# cat /etc/domain", "dom0", "dom0#"],
        "dom0's prompt")
    # what went to dom0 did not come to domU, and the other way round
    monitor.press(KEY)
    here.wait_same(domu, "domU as before")
    monitor.type("draw-nothing")
    here.wait_domu("domU# draw-nothing")
    monitor.press(KEY)
    here.wait_same(dom0, "dom0 as before")


def screen_pixel(red, green, blue):
    """A pixel as QEMU shows it: the PL111 keeps 5, 6 and 5 bits."""
    return bytes((red & 0xf8, green & 0xfc, blue & 0xf8))


def drawing(square_x, square_y):
    """All of the board's screen while draw.c runs in domU."""
    white = screen_pixel(255, 255, 255)
    rows = [BLACK * WIDTH] * TOP
    for y in range(DOMU_HEIGHT):
        row = bytearray()
        for x in range(DOMU_WIDTH):
            if x in (0, DOMU_WIDTH - 1) or y in (0, DOMU_HEIGHT - 1) or (
                    0 <= x - square_x < SQUARE and 0 <= y - square_y < SQUARE):
                row += white
            else:
                row += screen_pixel(x * 255 // (DOMU_WIDTH - 1), y * 255 // (DOMU_HEIGHT - 1),
                                    255 if (x // 32 + y // 32) % 2 else 0)
        rows.append(BLACK * LEFT + bytes(row) + BLACK * LEFT)
    return b"".join(rows + [BLACK * WIDTH] * TOP)


def test_drawing(desk):
    """The drawing is right pixel by pixel, follows keys and mouse, and goes."""
    here = desk()
    monitor = here.monitor
    here.show_domu_shell()
    before = monitor.screen()
    monitor.type("draw\n")

    def wait_square(x, y):
        picture = drawing(x, y)
        monitor.wait_screen(lambda screen: screen.data == picture, f"the square at {x},{y}")

    x, y = (DOMU_WIDTH - SQUARE) // 2, (DOMU_HEIGHT - SQUARE) // 2
    wait_square(x, y)
    monitor.press("left")
    wait_square(x - 16, y)
    monitor.press("down")
    wait_square(x - 16, y + 16)
    monitor.move(37, -100)
    wait_square(x - 16 + 37, y + 16 - 100)
    monitor.press(KEY)
    here.wait_dom0(re.escape(LETTERS))
    monitor.press("right")  # dom0's, not the drawing's
    monitor.press(KEY)
    wait_square(x - 16 + 37, y + 16 - 100)
    monitor.type("q")
    after = monitor.wait_screen(
        lambda screen: here.reader.domu(screen)[-2:] == ["domU# draw", "domU#"],
        "domU's prompt")
    assert here.reader.domu(after)[:-2] == here.reader.domu(before)[:-1]
