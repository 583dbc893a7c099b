#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write a root file system as a newc cpio archive, without being root.

usage: mkcpio.py [-D NAME=VALUE]... LIST... > archive

A LIST has one entry a line; # begins a comment, $NAME and ${NAME} stand for a
VALUE given by -D:

    dir  PATH MODE               again with the same mode: nothing more
    file PATH SOURCE MODE
    text PATH MODE TEXT...       a file of one line
    link PATH TARGET             a symbolic link
    links DIRECTORY TARGET NAME...    several in one directory
    node PATH MODE b|c MAJOR MINOR

Owner is root and every date is 0, so the archive depends on the list and on
the contents of the files alone.
"""
import os
import stat
import string
import sys


class ListError(Exception):
    """A line of a list that makes no sense."""


class Archive:
    """A newc archive: documented in Linux, driver-api/early-userspace."""

    def __init__(self):
        self.parts = []
        self.offset = 0
        self.paths = {}

    def put(self, data):
        padding = -(self.offset + len(data)) % 4
        self.parts.append(data + bytes(padding))
        self.offset += len(data) + padding

    def header(self, path, mode, size=0, device=(0, 0), links=1):
        name = path.encode() + b"\0"
        fields = (len(self.paths), mode, 0, 0, links, 0, size,
                  0, 0, device[0], device[1], len(name), 0)
        self.put(b"070701" + b"".join(b"%08X" % field for field in fields) + name)

    def add(self, path, mode, data=b"", device=(0, 0)):
        path = path.strip("/")
        parent = os.path.dirname(path)
        if parent and parent not in self.paths:
            raise ListError(f"/{path}: directory /{parent} is not listed before it")
        if path in self.paths:
            if stat.S_ISDIR(mode) and self.paths[path] == mode:
                return
            raise ListError(f"/{path}: listed twice")
        self.paths[path] = mode
        self.header(path, mode, len(data), device, 2 if stat.S_ISDIR(mode) else 1)
        if data:
            self.put(data)

    def finish(self):
        self.paths = {}
        self.header("TRAILER!!!", 0)
        return b"".join(self.parts)


def add_entry(archive, kind, fields):
    """One line of a list."""
    if kind == "dir":
        path, mode = fields
        archive.add(path, stat.S_IFDIR | int(mode, 8))
    elif kind == "file":
        path, source, mode = fields
        with open(source, "rb") as file:
            archive.add(path, stat.S_IFREG | int(mode, 8), file.read())
    elif kind == "text":
        path, mode, *words = fields
        archive.add(path, stat.S_IFREG | int(mode, 8), " ".join(words).encode() + b"\n")
    elif kind == "link":
        path, target = fields
        archive.add(path, stat.S_IFLNK | 0o777, target.encode())
    elif kind == "links":
        directory, target, *names = fields
        for name in names:
            archive.add(f"{directory}/{name}", stat.S_IFLNK | 0o777, target.encode())
    elif kind == "node":
        path, mode, sort, major, minor = fields
        bits = {"b": stat.S_IFBLK, "c": stat.S_IFCHR}[sort]
        archive.add(path, bits | int(mode, 8), device=(int(major), int(minor)))
    else:
        raise ListError(f"unknown kind of entry: {kind}")


def add_list(archive, name, values):
    """Every line of one list."""
    with open(name, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                line = string.Template(line.split("#", 1)[0]).substitute(values)
                if line.strip():
                    kind, *fields = line.split()
                    add_entry(archive, kind, fields)
            except (ListError, OSError) as error:
                raise ListError(f"{name}:{number}: {error}") from error
            except KeyError as error:
                raise ListError(f"{name}:{number}: {error.args[0]} is not known here") from error
            except ValueError as error:
                raise ListError(f"{name}:{number}: wrong fields for this entry: {error}") from error


def main(arguments):
    values = {}
    while arguments[:1] == ["-D"]:
        name, _, value = arguments[1].partition("=")
        values[name] = value
        arguments = arguments[2:]
    if not arguments:
        sys.exit("usage: mkcpio.py [-D NAME=VALUE]... LIST... > archive")
    archive = Archive()
    try:
        for name in arguments:
            add_list(archive, name, values)
    except (ListError, OSError) as error:
        sys.exit(f"mkcpio: {error}")
    sys.stdout.buffer.write(archive.finish())


if __name__ == "__main__":
    main(sys.argv[1:])
