#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write a root file system as an ext4 disk image, without being root.

usage: mkext4.py -o IMAGE -s MIB [-D NAME=VALUE]... LIST...

The LISTs are those of mkcpio.py.  mke2fs makes the empty file system, debugfs fills
it.  Owner is root and every date is SOURCE_DATE_EPOCH (0 without it); identifiers come
from the image's name, and no configuration of the host is read: the image depends on
the lists and on the contents of the files alone.
"""
import os
import stat
import subprocess
import sys
import tempfile
import uuid

import mkcpio

FEATURES = "none,has_journal,ext_attr,dir_index,filetype,extent,sparse_super,large_file," \
           "extra_isize,flex_bg,metadata_csum"


class ToolError(Exception):
    """mke2fs or debugfs did not do what it was asked for."""


class FileSystem(mkcpio.Archive):
    """Collects debugfs commands; contents lie in files below `scratch`."""

    def __init__(self, scratch):
        super().__init__()
        self.scratch = scratch
        self.commands = []

    def header(self, path, mode, size=0, device=(0, 0), links=1):
        pass

    def put(self, data):
        pass

    def add(self, path, mode, data=b"", device=(0, 0)):
        path = "/" + path.strip("/")
        known = len(self.paths)
        super().add(path, mode, data, device)
        if len(self.paths) == known:
            return
        self.commands += self.creation(path, mode, data, device)
        if not stat.S_ISLNK(mode):
            self.commands.append(f"sif {path} mode 0{mode:o}")

    def creation(self, path, mode, data, device):
        if stat.S_ISDIR(mode):
            return [f"mkdir {path}"]
        if stat.S_ISLNK(mode):
            return [f"symlink {path} {data.decode()}"]
        if stat.S_ISREG(mode):
            source = os.path.join(self.scratch, str(len(self.paths)))
            with open(source, "wb") as file:
                file.write(data)
            # `write` takes the new name from the current directory's point of view
            return [f"cd {os.path.dirname(path)}", f"write {source} {os.path.basename(path)}",
                    "cd /", f"sif {path} uid 0", f"sif {path} gid 0"]
        sort = "b" if stat.S_ISBLK(mode) else "c"
        return [f"cd {os.path.dirname(path)}",
                f"mknod {os.path.basename(path)} {sort} {device[0]} {device[1]}", "cd /"]


def run(command, environment, text=None):
    """Run a tool of e2fsprogs; they are in sbin, which users do not have in PATH."""
    try:
        return subprocess.run(command, env=environment, input=text, capture_output=True,
                              text=True, check=True)
    except FileNotFoundError:
        raise ToolError(f"{command[0]} is missing: tools/setup.sh installs it") from None
    except subprocess.CalledProcessError as error:
        raise ToolError(f"{command[0]}: {error.stderr.strip()}") from None


def write_image(target, mebibytes, commands):
    """An ext4 file system with what the debugfs commands make, in the file target."""
    name = os.path.basename(target)
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"sigma:{name}")
    environment = dict(os.environ, MKE2FS_CONFIG="/dev/null", TZ="UTC", DEBUGFS_PAGER="cat",
                       E2FSPROGS_FAKE_TIME=os.environ.get("SOURCE_DATE_EPOCH", "0") or "0",
                       PATH=os.environ.get("PATH", "/bin:/usr/bin") + ":/usr/sbin:/sbin")
    new = f"{target}.new"
    with open(new, "wb") as file:
        file.truncate(mebibytes << 20)
    run(["mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-O", FEATURES,
         "-L", name.split(".")[0], "-U", str(identity), "-m", "0", "-J", "size=4",
         "-E", f"hash_seed={identity},root_owner=0:0,lazy_itable_init=0", new], environment)
    done = run(["debugfs", "-w", "-f", "-", new], environment, "\n".join(commands) + "\n")
    complaints = [line for line in done.stderr.splitlines() if not line.startswith("debugfs 1.")]
    if complaints:
        raise ToolError("debugfs: " + "; ".join(complaints))
    run(["e2fsck", "-fn", new], environment)
    os.replace(new, target)


def main(arguments):
    options, values = {}, {}
    while arguments[:1] and arguments[0] in ("-o", "-s", "-D"):
        if arguments[0] == "-D":
            name, _, value = arguments[1].partition("=")
            values[name] = value
        else:
            options[arguments[0]] = arguments[1]
        arguments = arguments[2:]
    if not arguments or "-o" not in options or "-s" not in options:
        sys.exit("usage: mkext4.py -o IMAGE -s MIB [-D NAME=VALUE]... LIST...")
    try:
        with tempfile.TemporaryDirectory(prefix="mkext4.") as scratch:
            system = FileSystem(scratch)
            for name in arguments:
                mkcpio.add_list(system, name, values)
            write_image(options["-o"], int(options["-s"]), system.commands)
    except (mkcpio.ListError, ToolError, OSError) as error:
        sys.exit(f"mkext4: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
