#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds U-Boot for the board out of Debian's source package.
#
#   build.sh OUTPUT      OUTPUT = where u-boot.bin goes
#
# The result is kept in the cache under a key of all its inputs, so that it is
# built once.  It is dated by the source package, not by today.
set -eu
here=$(dirname "$(readlink -f "$0")")
output=$1
cross=${CROSS_COMPILE:-arm-linux-gnueabihf-}
cache=${SIGMA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sigma}

source=$("$here/../../tools/fetch.sh" source u-boot)
key=$({
	cat "$source/.version" "$here/sigma.config" "$here/build.sh"
	"${cross}gcc" -dumpfullversion
	"${cross}ld" --version | head -1
} | sha256sum | cut -c1-16)
kept=$cache/u-boot/$key

if [ ! -e "$kept/u-boot.bin" ]; then
	echo "u-boot: building U-Boot ($(cat "$source/.version")), a minute or two, once" >&2
	mkdir -p "$cache/u-boot"
	work=$(mktemp -d "$cache/u-boot/build.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$source/debian/changelog" -S Timestamp)
	export SOURCE_DATE_EPOCH
	# the variables of the make that called belong to another tree
	unset MAKEFLAGS MAKELEVEL MFLAGS BUILD V
	run() {
		nice make -C "$source" O="$work/out" CROSS_COMPILE="$cross" -s "$@" >>"$work/log" 2>&1 || {
			tail -20 "$work/log" >&2
			echo "u-boot: building failed at: make $* (its last lines are above)" >&2
			exit 1
		}
	}
	run vexpress_ca9x4_defconfig
	"$source/scripts/kconfig/merge_config.sh" -m -O "$work/out" "$work/out/.config" \
		"$here/sigma.config" >>"$work/log"
	run olddefconfig
	grep -E '^CONFIG|is not set' "$here/sigma.config" | while read -r line; do
		grep -qxF "$line" "$work/out/.config" || {
			echo "u-boot: this U-Boot does not take the setting: $line" >&2
			exit 1
		}
	done
	run -j2 u-boot.bin
	mkdir "$work/kept"
	cp "$work/out/u-boot.bin" "$work/out/u-boot" "$work/out/.config" "$work/kept"
	rm -rf "$kept"
	mv -T "$work/kept" "$kept"
fi
cp "$kept/u-boot.bin" "$output.tmp"
mv "$output.tmp" "$output"
