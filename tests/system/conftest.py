# SPDX-License-Identifier: GPL-2.0-only
"""Fixtures of the system tests."""

import os
import re

import pytest

import image
import machine as machine_module


def pytest_configure(config):
    # known without python3-pytest-xdist too: the tests of one group share a machine
    config.addinivalue_line("markers", "xdist_group(name): run by the same process")


@pytest.fixture
def log_name(request):
    name = re.sub(r"[^\w.+-]+", "_", request.node.name)
    return os.path.join(machine_module.log_directory(), f"{request.node.path.stem}.{name}.log")


@pytest.fixture
def start(log_name):
    """start(qemu arguments...) -> Machine; all are killed when the test ends."""
    machines = []

    def start_machine(*args, **options):
        log = log_name if not machines else f"{log_name}.{len(machines)}"
        machines.append(machine_module.Machine(*args, log=log, **options))
        return machines[-1]

    yield start_machine
    for each in machines:
        each.close()


@pytest.fixture
def boot(start, tmp_path):
    """boot(manifest or "a+b", ...) -> Machine that starts the packed image."""

    def boot_manifest(manifest, *args, force=False, build=image.BUILD, **options):
        if isinstance(manifest, str) and "/dts-v1/" not in manifest:
            manifest = image.guests(manifest)
        path, _ = image.pack(manifest, tmp_path, build=build, force=force)
        return start("-kernel", path, *args, **options)

    return boot_manifest
