# SPDX-License-Identifier: GPL-2.0-only
"""The one kind of error that a user of the tool sees."""


class ImageError(Exception):
    """A part of the image or manifest is bad: which one, and why."""

    def __init__(self, part, reason):
        super().__init__(f"{part}: {reason}")
        self.part = part
        self.reason = reason
