#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes an SD card image without root: one FAT partition with the files in it.
#
#   make-sd.sh OUTPUT FILE...
#
# The same files give the same image: their dates become SOURCE_DATE_EPOCH.
set -eu
output=$1
shift

size_mib=64 # a power of two, as cards have; QEMU insists on it
start=2048  # sector of the partition: 1 MiB
sectors=$((size_mib * 2048 - start))

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

used=$(stat -L -c %s "$@" | awk '{ n += $1 } END { print int(n / 1048576) + 1 }')
[ "$used" -le $((size_mib - 4)) ] || {
	echo "make-sd: the files have $used MiB, the card only $size_mib" >&2
	exit 1
}

# little-endian 32-bit number, for printf %b
word() {
	printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) \
		$(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

sd=$work/sd.img
truncate -s ${size_mib}M "$sd"
# the partition table: entry 1 = bootable, FAT16 with LBA (type 0x0e)
printf '%b' "\\x80\\xfe\\xff\\xff\\x0e\\xfe\\xff\\xff$(word $start)$(word $sectors)" |
	dd of="$sd" bs=1 seek=446 conv=notrunc status=none
printf '\x55\xaa' | dd of="$sd" bs=1 seek=510 conv=notrunc status=none

export MTOOLS_SKIP_CHECK=1
partition=$sd@@$((start * 512))
mformat -i "$partition" -v SIGMA -N 53474d41 -T $sectors -h 64 -s 32 -c 4 ::
for file in "$@"; do
	cp -L "$file" "$work/file"
	touch -d "@${SOURCE_DATE_EPOCH:-0}" "$work/file"
	mcopy -m -i "$partition" "$work/file" "::$(basename "$file")"
done
mv "$sd" "$output"
