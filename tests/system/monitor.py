# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's monitor: what is on the board's screen, keys for its keyboard, its mouse."""

import json
import os
import socket
import time


class Screen:
    """A screenshot: pixel(x, y) as QEMU shows it, (red, green, blue) of 0 to 255."""

    def __init__(self, ppm):
        kind, size, depth, self.data = ppm.split(b"\n", 3)
        assert (kind, depth) == (b"P6", b"255"), f"no PPM file: {ppm[:20]}"
        self.width, self.height = map(int, size.split())
        assert len(self.data) == self.width * self.height * 3

    def pixel(self, x, y):
        at = (y * self.width + x) * 3
        return tuple(self.data[at:at + 3])

    def region(self, x, y, width, height):
        """The bytes of a rectangle, row by row."""
        rows = []
        for line in range(y, y + height):
            at = (line * self.width + x) * 3
            rows.append(self.data[at:at + width * 3])
        return b"".join(rows)


class Monitor:
    """The machine protocol (QMP) on a socket; start QEMU with monitor.arguments."""

    def __init__(self, directory):
        # a socket's path has room for 107 bytes, which a test's directory may exceed
        self.directory = str(directory)
        self.path = os.path.join(self.directory, "qmp")
        self.arguments = ["-chardev", f"socket,id=qmp,path={self.path},server=on,wait=off",
                          "-mon", "chardev=qmp,mode=control"]
        self.file = None

    def connect(self):
        link = os.open(self.directory, os.O_PATH)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(60)
        try:
            connection.connect(f"/proc/self/fd/{link}/qmp")
        finally:
            os.close(link)
        self.file = connection.makefile("rw", encoding="utf-8")
        connection.close()  # the file keeps it open
        self.file.readline()  # the greeting
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        if not self.file and name != "qmp_capabilities":
            self.connect()
        json.dump({"execute": name, "arguments": arguments}, self.file)
        self.file.flush()
        while True:
            line = self.file.readline()
            assert line, f"QEMU ended at {name}"
            answer = json.loads(line)
            assert "error" not in answer, f"{name}: {answer['error']['desc']}"
            if "return" in answer:
                return answer["return"]

    def screen(self):
        path = os.path.join(self.directory, "screen.ppm")
        self.command("screendump", filename=path)
        with open(path, "rb") as file:
            return Screen(file.read())

    def wait_screen(self, condition, what, limit=60):
        """The first screenshot for which condition(screen) is true."""
        end = time.monotonic() + limit
        while True:
            screen = self.screen()
            if condition(screen):
                return screen
            assert time.monotonic() < end, \
                f"waited {limit} s for the screen to show {what}; see {self.directory}/screen.ppm"
            time.sleep(0.1)

    def press(self, *keys):
        """Press keys together; their names are those of QEMU's `sendkey`.

        QEMU lets time of the machine pass between presses, so that the keyboard's 16
        bytes of memory never overflow.
        """
        self.command("send-key", keys=[{"type": "qcode", "data": key} for key in keys],
                     **{"hold-time": 50})

    def type(self, text):
        """Press small letters, digits and a few more, one after the other."""
        names = {" ": "spc", "\n": "ret", "-": "minus", ".": "dot", "/": "slash"}
        for letter in text:
            self.press(names.get(letter, letter))

    def move(self, x, y):
        """Move the mouse to the right and down."""
        self.command("input-send-event", events=[
            {"type": "rel", "data": {"axis": axis, "value": value}}
            for axis, value in (("x", x), ("y", y))])
