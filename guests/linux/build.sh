#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build Linux, or take it from the cache.
#
#   build.sh CONFIG OUT    Debian's source + linux-patches/ + CONFIG to
#                          OUT/{Image,zImage,System.map,vmlinux,config} and
#                          OUT/module-tree, a link to the cache's: what a module
#                          outside of the kernel is built with, as in
#                          make -C OUT/module-tree ARCH=arm CROSS_COMPILE=... M=DIR
#
# The cache is $SIGMA_CACHE/linux/KEY; the key is a hash of all that the result
# depends on: the source archive, the series, CONFIG, the compiler, this script.
# CROSS_COMPILE is the tool chain, LINUX_JOBS how many compilers run at once.
set -eu
umask 022

config=$1
out=$2
top=$(cd "$(dirname "$0")/../.." && pwd)
cache=${SIGMA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sigma}/linux
package=${LINUX_PACKAGE:-linux-source-6.12}
cross=${CROSS_COMPILE:-arm-linux-gnueabihf-}
jobs=${LINUX_JOBS:-$(nproc)}
files="Image zImage System.map vmlinux config"

say() {
	echo "linux: $*" >&2
}

die() {
	say "$*"
	exit 1
}

archive=$("$top/tools/fetch.sh" source-tarball "$package")
command -v "${cross}gcc" >/dev/null || die "there is no ${cross}gcc: run 'make setup'"
key=$({
	sha256sum <"$archive"
	cat "$config" "$0"
	while read -r name; do # what the patches change, not what they say
		sed -n '/^diff /,$p' "$top/linux-patches/$name"
	done < <(grep -v '^#' "$top/linux-patches/series")
	"${cross}gcc" --version
	"${cross}ld" --version
} | sha256sum | cut -c1-16)

deliver() {
	mkdir -p "$out"
	for file in $files; do
		cp "$cache/$key/$file" "$out/$file.new"
		mv "$out/$file.new" "$out/$file"
	done
	ln -sfn "$(realpath "$cache/$key/module-tree")" "$out/module-tree"
}

if [ -f "$cache/$key/Image" ]; then
	say "this kernel is in the cache ($key)"
	deliver
	exit
fi

# One build at a time; nothing but $work is written to until the kernel is
# complete, and what an interrupted build left behind goes now.
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [ -f "$cache/$key/Image" ]; then
	deliver
	exit
fi
rm -rf "$cache"/build.??????
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
log=$cache/build.log

run() {
	"$@" >>"$log" 2>&1 || {
		tail -n 30 "$log" >&2
		die "failed: $* (all of it: $log)"
	}
}

kbuild() {
	run nice make -C "$work/source" O="$work/build" -j"$jobs" ARCH=arm CROSS_COMPILE="$cross" \
		LOCALVERSION= KBUILD_BUILD_VERSION=1 KBUILD_BUILD_USER=sigma KBUILD_BUILD_HOST=sigma \
		KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' "$@"
}

# Headers, makefiles, the kernel's symbols, and the programs that the build made
# for this machine: a source and a build directory in one.
module_tree() {
	(
		cd "$work/source"
		find Makefile arch/arm/Makefile* arch/arm/include include scripts ! -type d
	) | tar -C "$work/source" -c -T - | tar -C "$1" -x
	(
		cd "$work/build"
		find Module.symvers .config arch/arm/include include scripts ! -type d \
			! -name '*.o' ! -name '*.cmd' ! -path scripts/kconfig/'*'
	) | tar -C "$work/build" -c -T - | tar -C "$1" -x
}

# A fragment asks, Kconfig decides: what it did not grant is an error.
check_config() {
	local line missing

	missing=$(grep '^CONFIG_' "$config" | while read -r line; do
		grep -qxF "$line" "$work/build/.config" || echo "$line"
	done)
	[ -z "$missing" ] || die "the kernel's Kconfig does not grant, of $config:" $missing
}

: >"$log"
say "not in the cache: building it, which takes some minutes (progress: $log)"
say "1/4 unpacking $(basename "$archive")"
mkdir "$work/source" "$work/build"
run tar -C "$work/source" --strip-components=1 -xf "$archive"
say "2/4 applying the series"
run "$top/tools/linux-series.sh" patch "$work/source"
say "3/4 configuring"
# the environment's MAKEFLAGS are those of Sigma's build, not of Linux's
unset MAKEFLAGS MFLAGS MAKELEVEL
KCONFIG_ALLCONFIG=$(realpath "$config") kbuild allnoconfig
check_config
say "4/4 compiling ($jobs at a time)"
kbuild Image zImage modules

mkdir -p "$work/result/module-tree"
module_tree "$work/result/module-tree"
cp "$work/build/arch/arm/boot/Image" "$work/build/arch/arm/boot/zImage" \
	"$work/build/System.map" "$work/result"
"${cross}strip" --strip-debug -o "$work/result/vmlinux" "$work/build/vmlinux"
cp "$work/build/.config" "$work/result/config"
rm -rf "${cache:?}/$key"
mv "$work/result" "$cache/$key"
deliver
