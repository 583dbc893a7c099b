# SPDX-License-Identifier: GPL-2.0-only
"""The command line."""

import argparse
import os
import re
import sys
import tempfile

from . import container, listing, lint, manifest
from .errors import ImageError
from .fit import Fit


def memory_size(text):
    match = re.fullmatch(r"(\d+)([MG])i?B?", text, re.I)
    if not match:
        raise argparse.ArgumentTypeError(f"{text} is not a memory size (as in 256M or 1G)")
    return int(match[1]) << (20 if match[2].upper() == "M" else 30)


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ImageError(path, error.strerror) from None


def write(path, data):
    """Write a whole file or none."""
    temporary = f"{path}.tmp"
    with open(temporary, "wb") as file:
        file.write(data)
    os.replace(temporary, path)


def report(errors, path, warnings=()):
    """Print warnings and errors; the exit status."""
    for warning in warnings:
        print(f"sigma-image: {os.path.basename(path)}: warning: {warning}", file=sys.stderr)
    for error in errors:
        print(f"sigma-image: {os.path.basename(path)}: {error}", file=sys.stderr)
    return 1 if errors else 0


def is_manifest(blob):
    return b"/dts-v1/" in blob[:4096]


def load_manifest(path, base):
    """The compiled manifest, or an error that names every missing file."""
    text = read(path).decode("utf-8", "replace")
    missing = manifest.missing_files(text, base)
    if missing:
        raise ImageError("missing files", ", ".join(os.path.join(base, m) for m in missing)
                         + " (make builds them)")
    return manifest.compile_manifest(path, base)


def command_lint(args):
    blob = read(args.file)
    if is_manifest(blob):
        fit = load_manifest(args.file, args.build)
        errors = []
    else:
        image = container.Container(blob)
        fit, errors = image.fit, image.check()
    warnings = []
    if fit:
        found, warnings = lint.check(fit, args.ram)
        errors = errors + found
    if not errors:
        print(f"{args.file}: no errors")
    return report(errors, args.file, warnings)


def command_pack(args):
    fit = load_manifest(args.manifest, args.build)
    if not args.force:
        errors, warnings = lint.check(fit, args.ram)
        if report(errors, args.manifest, warnings):
            return 1
    with tempfile.TemporaryDirectory() as scratch:
        fit_path = os.path.join(scratch, "fit")
        manifest.make_fit(args.manifest, args.build, fit_path)
        blob = read(fit_path)
        image, ram_base = container.build(read(args.bootstrap), blob,
                                          os.path.join(scratch, "payload"))
        uimage = os.path.join(scratch, "uimage")
        manifest.make_uimage(image, ram_base + container.LOAD_OFFSET,
                             os.path.join(scratch, "data"), uimage)
        if args.fit:
            write(args.fit, blob)
        if args.flash:
            write(args.flash, container.flash(image))
        write(args.output, read(uimage))
    return 0


def command_list(args):
    image = container.Container(read(args.file))
    for line in listing.lines(image):
        print(line)
    return report(image.errors, args.file)


def command_verify(args):
    image = container.Container(read(args.file))
    errors = image.check()
    if not errors:
        hashes = sum(len(i.hashes) for i in image.fit.images.values())
        print(f"{args.file}: {image.kind} with {len(image.fit.images)} images, "
              f"{hashes} hashes right")
    return report(errors, args.file)


def command_extract(args):
    image = container.Container(read(args.file))
    if image.fit is None:
        return report(image.errors, args.file)
    names = args.name or [*image.fit.images, "fit"]
    os.makedirs(args.output, exist_ok=True)
    for name in names:
        if name == "fit":
            data = image.fit.blob
        elif name in image.fit.images:
            data = image.fit.images[name].data
        else:
            raise ImageError("image " + name, "there is none of this name (there are: "
                             + ", ".join(image.fit.images) + ", fit)")
        path = os.path.join(args.output, "sigma.fit" if name == "fit" else name)
        write(path, data)
        print(f"{path}: {len(data)} bytes")
    return report(image.errors, args.file)


def command_manifest(args):
    text = manifest.small_guests(args.guests)
    if args.output:
        write(args.output, text.encode())
    else:
        print(text, end="")
    return 0


def command_files(args):
    text = read(args.manifest).decode("utf-8", "replace")
    for name in manifest.includes(text):
        print(os.path.join(args.build, name))
    return 0


def parser():
    top = argparse.ArgumentParser(
        prog="sigma-image",
        description="Packs Sigma's image, looks into it and checks it.  FILE is a sigma.img, a "
                    "flash image or a FIT; MANIFEST is an .its file, the files that it names lie "
                    "below --build.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, function, text):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(function=function)
        return sub

    def build_option(sub):
        sub.add_argument("--build", default=os.environ.get("BUILD", "build"),
                         metavar="DIR", help="where the manifest's files are (build)")

    def ram_option(sub):
        sub.add_argument("--ram", type=memory_size, metavar="SIZE",
                         help="RAM of the board, as in 256M (what its device tree says)")

    sub = command("pack", command_pack, "make an image from a manifest")
    sub.add_argument("manifest", metavar="MANIFEST")
    sub.add_argument("-o", "--output", required=True, help="the image, sigma.img")
    sub.add_argument("--fit", metavar="FILE", help="also keep the FIT")
    sub.add_argument("--flash", metavar="FILE", help="also make the 64 MiB flash image")
    sub.add_argument("--bootstrap", required=True, metavar="FILE", help="bootstrap.bin")
    sub.add_argument("--force", action="store_true",
                     help="do not check the manifest (to see what the hypervisor says of it)")
    build_option(sub)
    ram_option(sub)

    sub = command("list", command_list, "show what is in an image")
    sub.add_argument("file", metavar="FILE")

    sub = command("verify", command_verify, "compute every hash again, name what is bad")
    sub.add_argument("file", metavar="FILE")

    sub = command("extract", command_extract, "write the images of a FIT into files")
    sub.add_argument("file", metavar="FILE")
    sub.add_argument("name", nargs="*", metavar="NAME", help="image names, or fit (all)")
    sub.add_argument("-o", "--output", default=".", metavar="DIR", help="where to (.)")

    sub = command("lint", command_lint, "check a manifest or an image before it is booted")
    sub.add_argument("file", metavar="MANIFEST|FILE")
    build_option(sub)
    ram_option(sub)

    sub = command("manifest", command_manifest, "make the manifest of small guests, as in a+b")
    sub.add_argument("guests", metavar="A+B")
    sub.add_argument("-o", "--output", metavar="FILE", help="where to (standard output)")

    sub = command("files", command_files, "print the files that a manifest names")
    sub.add_argument("manifest", metavar="MANIFEST")
    build_option(sub)
    return top


def main(argv=None):
    args = parser().parse_args(argv)
    try:
        return args.function(args)
    except ImageError as error:
        subject = getattr(args, "file", None) or getattr(args, "manifest", None) or "sigma-image"
        return report([error], str(subject))
    except BrokenPipeError:
        return 1
