# SPDX-License-Identifier: GPL-2.0-only
"""Guests that are ELF files: can the hypervisor load this one?

The rules are those of hypervisor/elf.c; numbers are those of the ELF gABI and of "ELF
for the ARM Architecture".
"""

import struct

from .errors import ImageError

HEADER = struct.Struct("<4sBBB9x2H5I6H")
SEGMENT = struct.Struct("<8I")
CLASS_32, LITTLE_ENDIAN, ARM = 1, 1, 40
ET_EXEC, ET_DYN = 2, 3
PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
PF_X = 1
DT_NULL, DT_PLTRELSZ, DT_RELA, DT_REL, DT_RELSZ, DT_RELR = 0, 2, 7, 17, 18, 36
R_ARM_NONE, R_ARM_RELATIVE = 0, 23
RELOCATIONS = {2: "R_ARM_ABS32", 3: "R_ARM_REL32", 20: "R_ARM_COPY", 21: "R_ARM_GLOB_DAT",
               22: "R_ARM_JUMP_SLOT", 40: "R_ARM_MOVW_ABS_NC", 43: "R_ARM_MOVT_ABS"}


def is_elf(data):
    return data[:4] == b"\177ELF"


class _Elf:
    def __init__(self, data, name):
        self.data = data
        self.name = name
        self.load = []       # (offset, address, file size, memory size, virtual, flags)
        self.dynamic = b""
        self.moves = False   # position independent: relocated by the hypervisor
        self.entry = 0

    def bad(self, reason):
        raise ImageError(f"image {self.name}", reason)

    def piece(self, offset, size, what):
        if offset + size > len(self.data):
            self.bad(f"its ELF {what} lies outside of the file (truncated?)")
        return self.data[offset:offset + size]

    def read_header(self):
        if len(self.data) < HEADER.size:
            self.bad("it is a truncated ELF file")
        (_, width, order, _, kind, machine, _, self.entry, at, _, _, _, entry_size, count, _, _,
         _) = HEADER.unpack_from(self.data)
        if (width, order, machine) != (CLASS_32, LITTLE_ENDIAN, ARM):
            self.bad("it is not an ELF file for 32-bit little-endian ARM (which compiler "
                     "made it?)")
        if kind not in (ET_EXEC, ET_DYN):
            self.bad("it is an ELF file, but not an executable (was it linked?)")
        if entry_size != SEGMENT.size or count == 0:
            self.bad("its ELF program headers are broken")
        if self.entry & 3:
            self.bad("its ELF entry is not ARM code (Thumb?)")
        self.moves = kind == ET_DYN
        return self.piece(at, count * SEGMENT.size, "program headers")

    def read_segments(self, headers):
        for kind, offset, virtual, physical, in_file, in_memory, flags, _ in \
                SEGMENT.iter_unpack(headers):
            if kind == PT_INTERP:
                self.bad("it wants a dynamic linker: link it with -static or -static-pie")
            elif kind == PT_DYNAMIC and self.moves:
                self.dynamic = self.piece(offset, in_file, "dynamic table")
            elif kind == PT_LOAD and in_memory:
                if in_file > in_memory:
                    self.bad("an ELF segment has more file than memory")
                self.piece(offset, in_file, "segment")
                address = virtual if self.moves else physical
                if address + in_memory > 1 << 32:
                    self.bad("an ELF segment wraps around the address space")
                self.load.append((offset, address, in_file, in_memory, virtual, flags))
        if not self.load:
            self.bad("it has no ELF segment to load")
        ordered = sorted((address, address + size) for _, address, _, size, _, _ in self.load)
        if any(this[1] > after[0] for this, after in zip(ordered, ordered[1:])):
            self.bad("its ELF segments overlap")
        if not any(flags & PF_X and virtual <= self.entry < virtual + in_file
                   for _, _, in_file, _, virtual, flags in self.load):
            self.bad("its ELF entry lies outside of its code")

    def read_relocations(self):
        table = size = 0
        for tag, value in struct.iter_unpack("<2I", self.dynamic[:len(self.dynamic) // 8 * 8]):
            if tag == DT_NULL:
                break
            if tag in (DT_RELA, DT_RELR) or (tag == DT_PLTRELSZ and value):
                self.bad("it has ELF relocations in a table other than DT_REL")
            table = value if tag == DT_REL else table
            size = value if tag == DT_RELSZ else size
        if not size:
            return b""
        for offset, _, in_file, _, virtual, _ in self.load:
            if virtual <= table and table + size <= virtual + in_file:
                return self.data[offset + table - virtual:offset + table - virtual + size]
        self.bad("its ELF relocation table lies outside of its segments")

    def check_relocations(self, table):
        for offset, info in struct.iter_unpack("<2I", table[:len(table) // 8 * 8]):
            kind = info & 0xFF
            if kind == R_ARM_NONE:
                continue
            if kind != R_ARM_RELATIVE:
                self.bad(f"its ELF relocation at 0x{offset:x} is of type "
                         f"{RELOCATIONS.get(kind, kind)}; only R_ARM_RELATIVE is applied "
                         "(link it with -static-pie, and nothing undefined)")
            if not any(virtual <= offset and offset + 4 <= virtual + in_memory
                       for _, _, _, in_memory, virtual, _ in self.load):
                self.bad(f"its ELF relocation at 0x{offset:x} lies outside of its segments")


def measure(data, name):
    """Check an ELF file; (moves, lowest address, bytes of memory)."""
    elf = _Elf(data, name)
    elf.read_segments(elf.read_header())
    elf.check_relocations(elf.read_relocations())
    lowest = min(address for _, address, _, _, _, _ in elf.load)
    highest = max(address + size for _, address, _, size, _, _ in elf.load)
    return elf.moves, lowest, highest - lowest
