#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Choose files of unpacked Debian packages for a root file system.

usage: debian.py ROOT LIST [PROGRAM...] > list for mkcpio.py

ROOT is the directory that the packages were unpacked in.  LIST names one file of it a
line, as a path from /; # begins a comment.  Each goes to its own path, and with it all
that it needs to run: the shared libraries that readelf says are NEEDED, what those
need, the dynamic loader, and the targets of symbolic links.  PROGRAMs are binaries from
elsewhere; only what they need is listed.
"""
import os
import re
import subprocess
import sys

LIBRARIES = ("/lib/arm-linux-gnueabihf", "/usr/lib/arm-linux-gnueabihf")


class Missing(Exception):
    """A file that none of the packages holds."""


class Chosen:
    """The files chosen so far, with their directories, in the order of a cpio list."""

    def __init__(self, root):
        self.root = root
        self.entries = {}

    def host(self, path):
        return os.path.join(self.root, path.lstrip("/"))

    def add_parents(self, path):
        parent = os.path.dirname(path)
        if parent != "/" and parent not in self.entries:
            self.add_parents(parent)
            self.entries[parent] = f"dir {parent} 755"

    def add(self, path, wanted_by):
        """One file and all that it needs."""
        if path in self.entries:
            return
        host = self.host(path)
        if not os.path.lexists(host):
            raise Missing(f"{wanted_by} asks for {path}, which no package holds")
        self.add_parents(path)
        if os.path.islink(host):
            target = os.readlink(host)
            self.entries[path] = f"link {path} {target}"
            self.add(os.path.normpath(os.path.join(os.path.dirname(path), target)), path)
            return
        mode = "755" if os.access(host, os.X_OK) else "644"
        self.entries[path] = f"file {path} {host} {mode}"
        self.add_needs(host, path)

    def add_needs(self, host, name):
        """What a binary needs; of a file that is none, nothing."""
        with open(host, "rb") as file:
            if file.read(4) != b"\x7fELF":
                return
        readelf = os.environ.get("CROSS_COMPILE", "arm-linux-gnueabihf-") + "readelf"
        text = subprocess.run([readelf, "-W", "-l", "-d", host], capture_output=True, text=True,
                              check=True).stdout
        for loader in re.findall(r"program interpreter: (\S+)\]", text):
            self.add(loader, name)
        for library in re.findall(r"\(NEEDED\).*\[(.+)\]", text):
            self.add_library(library, name)

    def add_library(self, library, name):
        for directory in LIBRARIES:
            if os.path.lexists(self.host(f"{directory}/{library}")):
                self.add(f"{directory}/{library}", name)
                return
        raise Missing(f"{name} needs the library {library}, which no package holds: "
                      "add its package to DEBIAN_PACKAGES in guests/linux/linux.mk")


def main(arguments):
    if len(arguments) < 2:
        sys.exit("usage: debian.py ROOT LIST [PROGRAM...] > list")
    root, name, *programs = arguments
    chosen = Chosen(root)
    try:
        with open(name, encoding="utf-8") as lines:
            for line in lines:
                path = line.split("#", 1)[0].strip()
                if path:
                    chosen.add(path, name)
        for program in programs:
            chosen.add_needs(program, program)
    except (Missing, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"debian.py: {error}")
    print("\n".join(chosen.entries.values()))


if __name__ == "__main__":
    main(sys.argv[1:])
