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

    def wait_answer(self, line):
        """Wait until domU's shell has answered with this line and asks for the next."""
        return self.monitor.wait_screen(
            lambda screen: self.reader.domu(screen)[-2:] == [line, "domU#"],
            f"domU's answer {line!r}")

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
    after = here.wait_answer("domU# draw")
    assert here.reader.domu(after)[:-2] == here.reader.domu(before)[:-1]


def domu_shell_works(here):
    """The screen of a domain that has just come: Enter, a command, its answer."""
    here.wait_connected()
    here.show_domu_shell()
    here.monitor.type("cat /etc/domain\n")
    here.wait_domu("domU")


def test_gone_and_back(desk):
    """A shown domain is destroyed: dom0's screen.  It comes again: so does its own."""
    here = desk()
    machine, monitor = here.machine, here.monitor
    here.show_domu_shell()
    monitor.type("draw\n")
    monitor.wait_screen(lambda screen: screen.pixel(LEFT, TOP) != (0, 0, 0), "the drawing")
    machine.shell("dom0", "sigma destroy domU")
    here.wait_dom0(re.escape(LETTERS))
    machine.shell("dom0", "! xenstore-ls -f | grep backend/")
    machine.shell("dom0", "sigma create -i domU")
    machine.prompts("domU")
    domu_shell_works(here)
    # the backend is killed with the screen in its hands, and started again
    machine.shell("dom0", "kill -9 $(pidof fbback)")
    machine.shell("dom0", "(fbback &)")
    here.wait_dom0(re.escape(LETTERS))
    monitor.press(KEY)
    here.wait_domu("domU# cat /etc/domain")
    monitor.type("echo again\n")
    here.wait_domu("again")


def page_of(machine, kind):
    """Where domU finds the page that this device of its shares."""
    output = machine.shell("dom0", f"xenstore-read /local/domain/1/device/{kind}/0/page-ref")
    return int(re.search(r"^(?:\[dom0\] )?(\d+)\r*$", output, re.M).group(1)) << 12


def event(base, first, **fields):
    """Shell: put an event before the one that Linux sends next; fields by offset."""
    offsets = {"width": 4, "height": 8, "stride": 12, "depth": 16, "offset": 20}
    lines = [f"p=$(($(devmem {base + 12})))", f"e=$(({base + 2048} + p % 51 * 40))",
             f"devmem $e 8 {first}"]
    lines += [f"devmem $((e + {offsets[name]})) 32 {value}" for name, value in fields.items()]
    return "; ".join(lines + [f"devmem {base + 12} 32 $((p + 1))"])


# What a domain with bad manners does to its vfb page, what fbback says of it.  Linux
# then sends an event of its own.
BAD_EVENTS = [
    (lambda page: f"devmem {page + 12} 32 0x7fffffff", r"\d+ events in a ring of 51"),
    (lambda page: event(page, 119), "event 119 is none"),
    (lambda page: event(page, 3, width=100000, height=1, stride=400000, depth=32, offset=0),
     "100000x1 pixels.*: width and height"),
    (lambda page: event(page, 3, width=800, height=600, stride=3200, depth=32,
                        offset=0x7ffffffc), "offset 2147483644.*: the picture is larger"),
    (lambda page: event(page, 3, width=800, height=600, stride=3200, depth=8, offset=0),
     "of 8 bits.*: a pixel must have 32"),
]
# Page directories that name what is not the domain's.
BAD_DIRECTORIES = [
    (lambda page: f"devmem {page + 36} 32 0xfffff", "page 1048575 of the directory"),
    (lambda page: f"devmem {page + 36} 32 0x10020", "page 65568 of the directory"),
    (lambda page: f"d=$(devmem {page + 36}); devmem $((d * 4096 + 400)) 32 0x48000",
     "the frame buffer's 469 pages cannot be mapped"),
]


ERROR = "/local/domain/0/error/backend"


def quiet(here):
    """fbback's messages would come between dom0's prompts; they are in xenstore too."""
    here.machine.shell("dom0", "kill $(pidof fbback); (fbback 2>/dev/null &)")
    here.wait_connected()


def offer_again(machine, back):
    """A closed backend waits for a frontend again, as if the device were made anew.

    Linux's frontends close themselves when they find their backend closed as they start.
    """
    machine.shell("dom0", f"xenstore-write {back}/state 1")
    wait_state(machine, back, 2)


def rebind(machine, kind):
    """domU's frontend goes and comes: a new connection."""
    back = f"/local/domain/0/backend/{kind}/1/0"
    machine.shell("domU", f"cd /sys/bus/xen/drivers/{kind}; echo {kind}-0 >unbind")
    wait_state(machine, back, 6)
    offer_again(machine, back)
    machine.shell("domU", f"echo {kind}-0 >bind; cd")
    wait_state(machine, back, 4)


def expect_closed(machine, kind, message):
    """fbback has closed the device and says why."""
    output = machine.shell("dom0", f"until xenstore-read {ERROR}/{kind}/1/0/error; do "
                                   f"sleep 0.1; done; xenstore-rm {ERROR}/{kind}/1/0/error")
    assert re.search(message, re.sub(r"\s*\n\[dom0\] ", "", output)), output


def test_bad_manners(desk):
    """A domain that breaks the protocol loses its device, nobody else anything."""
    here = desk()
    machine, monitor = here.machine, here.monitor
    quiet(here)
    for write, message in BAD_EVENTS:
        machine.shell("domU", write(page_of(machine, "vfb")) + "; echo >/dev/tty1")
        expect_closed(machine, "vfb", message)
        rebind(machine, "vfb")
    for write, message in BAD_DIRECTORIES:
        machine.shell("domU", write(page_of(machine, "vfb")))
        monitor.press(KEY)
        expect_closed(machine, "vfb", message)
        here.wait_dom0(re.escape(LETTERS))
        rebind(machine, "vfb")
    here.show_domu_shell()
    machine.shell("domU", f"devmem {page_of(machine, 'vkbd')} 32 0x12345678")
    monitor.press("x")
    expect_closed(machine, "vkbd", r"\d+ events in a ring of 51")
    rebind(machine, "vkbd")
    monitor.type("echo still here\n")
    here.wait_domu("still here")


# Numbers that a frontend may write to xenstore and that are none.
BAD_NUMBERS = ["", "-1", "4 ", "0x4", "99999999999999999999", "4294967296", "nonsense"]


def test_bad_nodes(desk):
    """The same with what it writes to xenstore."""
    here = desk()
    machine = here.machine
    quiet(here)
    machine.shell("domU", "echo vfb-0 >/sys/bus/xen/drivers/vfb/unbind")
    wait_state(machine, VFB, 6)
    front = "/local/domain/1/device/vfb/0"
    for value in BAD_NUMBERS + ["1023", "4294967295"]:
        # dom0 plays the frontend, whose nodes it may write
        machine.shell("dom0", f"xenstore-write -- {front}/event-channel '{value}' {front}/state 3")
        expect_closed(machine, "vfb", "the frontend's event-channel is no number|"
                      r"event channel \d+ of the domain cannot be bound")
        machine.shell("dom0", f"xenstore-write {front}/state 6")
        wait_state(machine, VFB, 6)
    offer_again(machine, VFB)
    machine.shell("domU", "echo vfb-0 >/sys/bus/xen/drivers/vfb/bind")
    domu_shell_works(here)


def test_two_screens(desk):
    """The key goes round: dom0, the first domain, the second one, dom0."""
    here = desk()
    machine, monitor = here.machine, here.monitor
    # the second's root is the first's, which must not change meanwhile
    machine.shell("domU", "mount -o remount,ro /")
    machine.shell("dom0", "printf 'name = \"two\"\\nimage = \"domU\"\\nvif = []\\n"
                          "disk = [ \"phy:/dev/vda,xvda,r\" ]\\nextra = \"console=hvc0 "
                          "root=/dev/xvda ro rootwait init=/init\"\\n' >/tmp/two.cfg")
    machine.shell("dom0", "sigma create /tmp/two.cfg")
    wait_state(machine, "/local/domain/0/backend/vfb/2/0", 4)
    wait_state(machine, "/local/domain/0/backend/vkbd/2/0", 4)
    here.show_domu_shell()
    monitor.type("echo first\n")
    first = here.wait_answer("first")
    monitor.press(KEY)
    here.wait_domu("Please press Enter to activate this console.")
    assert "first" not in here.reader.domu(monitor.screen())
    monitor.type("\necho second\n")
    here.wait_domu("second")
    monitor.press(KEY)
    here.wait_dom0(re.escape(LETTERS))
    monitor.press(KEY)
    here.wait_same(first, "the first domain as before")
    # the one that is not shown goes: nothing happens; the one that is: dom0's comes
    machine.shell("dom0", "sigma destroy two")
    assert "first" in here.reader.domu(monitor.screen())
    machine.shell("dom0", "sigma destroy domU")
    here.wait_dom0(re.escape(LETTERS))


def switches(machine):
    """How often fbback has run."""
    output = machine.shell("dom0", "grep ctxt /proc/$(pidof fbback)/status")
    return int(re.search(r"\bvoluntary_ctxt_switches:\s+(\d+)", output).group(1))


def test_idle(desk):
    """A screen on which nothing changes costs nothing, however busy its domain is."""
    here = desk()
    machine = here.machine
    here.show_domu_shell()
    machine.shell("domU", "true")
    before = switches(machine)
    machine.shell("domU", "load 20")
    assert switches(machine) == before
    machine.shell("domU", "echo here >/dev/tty1")
    here.wait_domu("domU# here")
    assert switches(machine) > before
