#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write the tables of docs/ that stand in the sources already.

    gen-abi.py [--check] FILE...

In each FILE the text between

    <!-- begin generated: NAME -->
    <!-- end generated -->

is replaced by table NAME.  With --check nothing is written; a file that is not up
to date is named and the exit status is 1.
"""

import argparse
import difflib
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = TOP / "hypervisor" / "include"
MARKED = re.compile(
    r"(<!-- begin generated: ([a-z-]+) -->\n).*?(<!-- end generated -->\n)", re.DOTALL
)


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def arguments(text):
    """The arguments of one macro call: bare words and strings."""
    for match in re.finditer(r'((?:"(?:[^"\\]|\\.)*"\s*)+)|\'(.)\'|([^,\s]+)', text):
        strings, character, word = match.groups()
        if strings is not None:
            yield "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', strings))
        else:
            yield character or word


def macro_calls(path, names):
    """(macro, [argument, ...]) of each line of an X-macro list."""
    text = without_comments(path.read_text())
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    call = re.compile(r"\b(%s)\(((?:[^()\"]|\"[^\"]*\")*)\)" % "|".join(names))
    for match in call.finditer(text):
        yield match.group(1), list(arguments(match.group(2)))


def table(head, rows):
    def line(cells):
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |\n"

    return line(head) + "|" + "---|" * len(head) + "\n" + "".join(map(line, rows))


def hypercalls():
    return list(
        macro_calls(
            INCLUDE / "public" / "hypercalls.def", ["SIGMA_LEAF", "SIGMA_CALL", "SIGMA_OP"]
        )
    )


def calls_table():
    rows = []
    for macro, args in hypercalls():
        if macro == "SIGMA_OP":
            continue
        number, name, count, brief = args
        kind = "leaf" if macro == "SIGMA_LEAF" else "call"
        rows.append((number, f"`{name}`", kind, count, brief))
    return table(("r12", "name", "kind", "arguments", "what it does"), rows)


def operations_table(wanted):
    rows = []
    for macro, args in hypercalls():
        if macro == "SIGMA_OP" and args[0] == wanted:
            _, number, name, brief, errors = args
            rows.append((number, f"`{name}`", brief, errors or "none"))
    if not rows:
        raise SystemExit(f"gen-abi.py: no operations of {wanted} in hypercalls.def")
    return table(("op", "name", "what it does", "errors"), rows)


def descriptor_table():
    text = (INCLUDE / "public" / "sigma.h").read_text()
    body = re.search(r"struct sigma_descriptor \{(.*?)\n\};", text, re.DOTALL).group(1)
    fields = re.findall(r"uint32_t (\w+)(?:\[(\d+)\])?;(?:\s*/\*(.*?)\*/)?", body, re.DOTALL)
    offset, rows = 0, []
    for name, count, comment in fields:
        meaning = " ".join(comment.split()) or "0"
        rows.append((offset, f"`{name}`", meaning))
        offset += 4 * int(count or 1)
    words = int(re.search(r"SIGMA_DESC_VCPU (\d+)", text).group(1))
    if offset != words:
        raise SystemExit(f"gen-abi.py: the descriptor's fields end at {offset}, not {words}")
    rows.append((words, "`vcpu[4]`", "interrupt words of each vCPU, 64 bytes each"))
    return table(("offset", "field", "meaning"), rows)


def keys_table():
    rows = [
        (f"`{args[0]}`", args[2]) for _, args in macro_calls(INCLUDE / "hv" / "keys.def", ["SIGMA_KEY"])
    ]
    return table(("key", "what it does"), rows)


def generated(name):
    if name == "calls":
        return calls_table()
    if name == "descriptor":
        return descriptor_table()
    if name == "keys":
        return keys_table()
    if name.startswith("operations-"):
        return operations_table(name.removeprefix("operations-").replace("-", "_"))
    raise SystemExit(f"gen-abi.py: there is no table '{name}'")


def updated(text):
    return MARKED.sub(lambda m: m.group(1) + generated(m.group(2)) + m.group(3), text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say what is out of date")
    parser.add_argument("file", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    stale = False
    for path in options.file:
        old = path.read_text()
        new = updated(old)
        if old == new:
            continue
        if options.check:
            stale = True
            print(f"{path}: out of date, `make docs` writes it anew:")
            sys.stdout.writelines(
                difflib.unified_diff(old.splitlines(True), new.splitlines(True), n=0)
            )
        else:
            path.write_text(new)
            print(f"  GEN     {path}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
