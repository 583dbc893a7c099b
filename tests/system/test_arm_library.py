# SPDX-License-Identifier: GPL-2.0-only
"""The assembler of arch/arm/lib, run alone on the board (tests/target/lib.c)."""

import glob
import os
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCES = ["tests/target/start.S", "tests/target/lib.c", "hypervisor/lib/string.c",
           "hypervisor/lib/vsnprintf.c", "hypervisor/lib/crc32.c", "hypervisor/lib/sha256.c"]


def test_arm_library(tmp_path):
    """Copies, fills, divisions and CRC-32 agree with slow C; no access is unaligned."""
    program = tmp_path / "lib.elf"
    assembler = sorted(glob.glob("arch/arm/lib/*.S", root_dir=TOP))
    subprocess.run(
        [os.environ.get("CROSS_COMPILE", "arm-linux-gnueabihf-") + "gcc", "-std=gnu11", "-O2",
         "-marm", "-mcpu=cortex-a9", "-mgeneral-regs-only", "-mno-unaligned-access",
         "-ffreestanding", "-fno-pie", "-fno-tree-loop-distribute-patterns", "-nostdlib",
         "-static", "-Ihypervisor/include", "-Iarch/arm/include", "-Wl,-Ttext=0x60010000",
         "-Wl,--build-id=none,-z,noexecstack", "-o", program, *SOURCES, *assembler],
        cwd=TOP, check=True)
    run = subprocess.run(
        ["qemu-system-arm", "-M", "vexpress-a9", "-display", "none", "-serial", "none",
         "-monitor", "none", "-audiodev", "none,id=none", "-semihosting-config",
         "enable=on,target=native", "-kernel", program],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=240, check=False)
    assert run.returncode == 0, run.stdout
    assert "the library is right" in run.stdout
