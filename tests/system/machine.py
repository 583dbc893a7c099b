# SPDX-License-Identifier: GPL-2.0-only
"""The board in QEMU, its serial port under pexpect."""

import os
import re
import time

import pexpect

from image import BUILD

# Nothing good comes after one of these, wherever it appears.
BROKEN = r"((?:FAIL|panic|cannot start|sigma-boot: [a-zA-Z ]+): [^\r\n]*)[\r\n]"
CTRL_A = "\x01"
LIMIT = 120  # seconds; a loaded machine may be slow, a hang is a hang
PROMPT_AGAIN = 10  # seconds after which Enter is pressed: a message broke the prompt's line


class Machine:
    """One run of QEMU.  A context manager: the process never outlives the test."""

    def __init__(self, *args, memory="512M", log=None, runner=None, icount=None, more=(),
                 variables=None):
        """args for QEMU; or for runner, which is tools/run-qemu.sh.

        more: arguments for QEMU in either case; variables: runner's environment.
        icount: virtual time is counted in instructions of 2^icount ns, not by the
        host's clock, so that a loaded host changes nothing for the guests.
        """
        more = ["-no-reboot", *map(str, more)]
        if icount is not None:
            more += ["-icount", f"shift={icount},sleep=off"]
        environment = dict(os.environ, MEM=memory, QEMU_ARGS=" ".join(more), **(variables or {}))
        command = ["-M", "vexpress-a9", "-m", memory, "-display", "none", "-monitor", "none",
                   "-serial", "stdio", "-audiodev", "none,id=quiet", *more, *map(str, args)]
        self.log_path = log
        self.commands = 0
        self.log = open(log, "w", encoding="utf-8", errors="replace") if log else None
        if runner:
            command = list(map(str, args))
        self.child = pexpect.spawn(runner or "qemu-system-arm", command, encoding="utf-8",
                                   codec_errors="replace", timeout=LIMIT, echo=False,
                                   maxread=1 << 16, env=environment)
        self.child.logfile_read = self.log
        self.child.delaybeforesend = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        if not self.child.closed:
            self.child.close(force=True)
        if self.log:
            self.log.close()

    def tail(self):
        """The last lines seen, for a message."""
        text = (self.child.before or "") if isinstance(self.child.before, str) else ""
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        return "\n".join(lines[-25:])

    def wait(self, patterns, limit, broken=BROKEN):
        """Index of the first of the patterns to appear, None after limit seconds.

        Fails on what means a failure, and when QEMU ends.
        """
        what = list(patterns) + ([broken] if broken else [])
        try:
            index = self.child.expect(what, timeout=limit)
        except pexpect.TIMEOUT:
            return None
        except pexpect.EOF:
            raise AssertionError(f"QEMU ended before {patterns!r}; last lines:\n"
                                 f"{self.tail()}\n(whole log: {self.log_path})") from None
        if index == len(patterns):
            raise AssertionError(f"{self.child.match.group(1)}\nbefore {patterns!r}\n"
                                 f"(whole log: {self.log_path})")
        return index

    def expect(self, *patterns, limit=LIMIT, broken=BROKEN):
        """Wait for any of the patterns; the match."""
        if self.wait(patterns, limit, broken) is None:
            raise AssertionError(f"waited {limit} s for {patterns!r}; last lines:\n"
                                 f"{self.tail()}\n(whole log: {self.log_path})")
        return self.child.match

    def expect_all(self, *patterns, limit=LIMIT):
        """Wait for every one of the patterns, in any order."""
        left = list(patterns)
        while left:
            matched = self.expect(*left, limit=limit).group(0)
            left = [p for p in left if not re.search(p, matched)]

    def expect_end(self, limit=LIMIT):
        """The machine switches itself off; the rest of its output."""
        index = self.child.expect([pexpect.EOF, BROKEN], timeout=limit)
        assert index == 0, f"{self.child.match.group(1)} (whole log: {self.log_path})"
        return self.child.before

    def send(self, text):
        self.child.send(text)

    def focus(self, name, limit=LIMIT):
        """Move the console's input on until it goes to `name`."""
        for _ in range(10):
            self.send(CTRL_A * 3)
            if self.expect(r"input goes to (?:the )?(?!the\b)(\w+)[ ;]",
                           limit=limit).group(1) == name:
                return
        raise AssertionError(f"the console's input never goes to {name}")

    def key(self, key, answer):
        """Press a key of the hypervisor's console, wait for a part of its answer."""
        self.focus("hypervisor")
        self.send(key)
        return self.expect(answer)

    def prompts(self, *domains, limit=LIMIT):
        """Wait for the shell of each Linux; a prompt is no whole line: look at each."""
        for domain in domains:
            self.focus(domain, limit)
            end = time.monotonic() + limit
            while self.wait([rf"{domain}# "], PROMPT_AGAIN) is None:
                if time.monotonic() > end:
                    raise AssertionError(f"no prompt of {domain} in {limit} s; last lines:\n"
                                         f"{self.tail()}\n(whole log: {self.log_path})")
                self.send("\r")

    def type(self, domain, line):
        """Type a line at the shell of a Linux domain, once its prompt is there."""
        self.prompts(domain)
        self.send(line + "\r")

    def shell(self, domain, command, limit=LIMIT):
        """Run a command in a Linux domain's shell; its output."""
        self.type(domain, self.marked(command))
        return self.answer(command, limit)

    def run(self, prompt, command, limit=LIMIT):
        """The same where there is no hypervisor; the prompt was just seen."""
        self.send(self.marked(command) + "\r")
        output = self.answer(command, limit)
        self.expect(prompt, limit=limit)
        return output

    def marked(self, command):
        """The command, with a mark of its own and the status after it.

        The shell repeats what is typed: the mark only comes together in the answer.
        """
        self.commands += 1
        return f"{command}; echo EN''D{self.commands}-$?-"

    def answer(self, command, limit):
        status = self.expect(rf"END{self.commands}-(\d+)-", limit=limit).group(1)
        output = self.child.before
        assert status == "0", f"{command}: status {status}\n{self.tail()}"
        return output


def passed(domain, guest):
    """Pattern of a small guest's last line."""
    return rf"\[{domain}\] PASS: {guest}\b"


def log_directory():
    path = os.path.join(BUILD, "tests", "logs")
    os.makedirs(path, exist_ok=True)
    return path
