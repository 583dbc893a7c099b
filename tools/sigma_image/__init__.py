# SPDX-License-Identifier: GPL-2.0-only
"""Sigma's image: pack it, look into it, check it.  See tools/sigma-image --help."""
