#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The Linux series (linux-patches/) and a git tree of the kernel to work in.
#
#   linux-series.sh apply DIR      unpack Debian's source to DIR, which must not
#                                  exist, commit it, and put the series on top
#   linux-series.sh refresh DIR    write the series anew from the commits in DIR
#   linux-series.sh patch DIR      apply the series to an unpacked source, as the
#                                  kernel's build does: no git
#   linux-series.sh check          is the series complete, in order, does it apply,
#                                  does it leave alone what it must, and does it
#                                  agree with the hypervisor's public headers?
#
# A round of work: apply DIR; edit and `git commit` (or `git rebase -i
# sigma-base`) in DIR; refresh DIR; check.
set -eu
umask 022

top=$(cd "$(dirname "$0")/.." && pwd)
patches=$top/linux-patches
package=${LINUX_PACKAGE:-linux-source-6.12}
base=sigma-base
header=include/xen/interface/sigma.h
calls=arch/arm/include/asm/sigma.h
status=0

say() {
	echo "linux-series: $*" >&2
}

die() {
	say "$*"
	exit 1
}

wrong() {
	say "$*"
	status=1
}

series() {
	grep -v '^#' "$patches/series"
}

tarball() {
	"$top/tools/fetch.sh" source-tarball "$package"
}

apply_to() {
	local name

	series | while read -r name; do
		patch -d "$1" -p1 -s -f -F0 --no-backup-if-mismatch <"$patches/$name" >&2 ||
			die "$name does not apply to $package"
	done
}

cmd_patch() {
	[ -f "$1/arch/arm/Kconfig" ] || die "$1 is not a kernel source"
	apply_to "$1"
}

cmd_apply() {
	local archive

	[ ! -e "$1" ] || die "$1 exists already"
	archive=$(tarball)
	say "unpacking $archive"
	mkdir -p "$1"
	tar -C "$1" --strip-components=1 -xf "$archive"
	say "committing it (one minute or so)"
	cd "$1"
	git init -q
	git add -f .
	git -c user.name=Debian -c user.email=debian-kernel@lists.debian.org \
		commit -q -m "$package, as Debian has it"
	git tag "$base"
	series | sed "s|^|$patches/|" | xargs git am -q
	say "$1 holds the series on top of tag $base"
}

cmd_refresh() {
	local name

	git -C "$1" rev-parse -q --verify "$base" >/dev/null ||
		die "$1 has no tag $base: was it made by 'apply'?"
	[ -z "$(git -C "$1" status --porcelain -uno)" ] || die "$1 has changes not committed"
	rm -f "$patches"/*.patch
	git -C "$1" format-patch -q -N --zero-commit --no-signature --no-renames \
		--abbrev=12 -o "$patches" "$base"
	{
		echo "# Order of application; written by tools/linux-series.sh refresh."
		for name in "$patches"/*.patch; do
			basename "$name"
		done
	} >"$patches/series"
	say "$(series | wc -l) patches written to linux-patches/"
}

# The list and the folder agree, and each patch says what it is for.
check_patches() {
	local name found

	for name in "$patches"/*.patch; do
		grep -qxF "$(basename "$name")" "$patches/series" ||
			wrong "$(basename "$name") is not in linux-patches/series"
	done
	for name in $(series); do
		if [ ! -f "$patches/$name" ]; then
			wrong "$name is in linux-patches/series but does not exist"
			continue
		fi
		# at least two lines of message between the subject and the ---
		[ "$(sed -n '/^Subject:/,/^---$/p' "$patches/$name" | grep -c .)" -ge 5 ] ||
			wrong "$name has no message to speak of"
		found=$(sed -n 's|^+++ b/\(drivers/\(xen\|block\|net\)/.*\)|\1|p' "$patches/$name")
		[ -z "$found" ] || wrong "$name changes $found, where nothing may change"
	done
}

# Only the files that the series changes are unpacked.
check_applies() {
	local archive

	archive=$(tarball)
	sed -n 's|^--- a/\(.*\)|*/\1|p' "$patches"/*.patch | sort -u >"$tmp/files"
	tar -C "$tmp" --strip-components=1 --wildcards -xf "$archive" -T "$tmp/files" 2>"$tmp/errors" ||
		grep -v 'Not found in archive\|Exiting with failure' "$tmp/errors" >&2 || true
	(apply_to "$tmp") || status=1
}

# The kernel's copy of the public header differs by the name of one include.
check_header() {
	sed 's|^#include <stdint.h>$|#include <linux/types.h>|' \
		"$top/hypervisor/include/public/sigma.h" |
		diff -u --label hypervisor/include/public/sigma.h --label "$header" - "$tmp/$header" >&2 ||
		wrong "$header in the series is not the hypervisor's public header"
}

check_numbers() {
	local name number

	while read -r name number; do
		grep -Eq "^SIGMA_(LEAF|CALL)\($number, $name," \
			"$top/hypervisor/include/public/hypercalls.def" ||
			wrong "$calls: $name is not call $number in hypercalls.def"
	done < <(sed -n 's/^#define __HYPERVISOR_\(sigma_[a-z_]*\)[[:space:]]*\([0-9]*\)$/\1 \2/p' "$tmp/$calls")
}

cmd_check() {
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	check_patches
	check_applies
	if [ $status = 0 ]; then
		check_header
		check_numbers
	fi
	[ $status = 0 ] || die "the series needs work"
	say "$(series | wc -l) patches: apply to $package, agree with the public headers"
}

case ${1-} in
apply | refresh | patch)
	[ $# = 2 ] || die "usage: $0 $1 DIR"
	directory=$2
	case $directory in
	/*) ;;
	*) directory=$PWD/$directory ;;
	esac
	"cmd_$1" "$directory"
	;;
check)
	cmd_check
	;;
*)
	sed -n '4,18s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
