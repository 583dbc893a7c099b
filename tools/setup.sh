#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs the Debian packages that Sigma needs and that are not there yet.
#
#   tools/setup.sh [--list] [GROUP...]
#
# GROUP is run (build and run; the default), test, debug or all.  Nothing is
# done, and nothing is asked for, when all is installed.  sudo is used only when
# the caller is not root.
set -eu

# group package : why
packages() {
	cat <<'LIST'
run gcc-arm-linux-gnueabihf : compiles the hypervisor, the guests and Linux for ARM
run libc6-dev-armhf-cross : C library for dom0's own small programs
run gcc : compiles the kernel's and U-Boot's build tools
run libc6-dev : headers for those build tools
run libxen-dev : headers of the Xen guest ABI
run git : the commit's date is the date stamped into every image
run make : the build
run bc : Linux kernel build
run bison : Linux kernel and U-Boot build
run flex : Linux kernel and U-Boot build
run perl : Linux kernel build
run libssl-dev : Linux kernel and U-Boot build tools
run cpio : root file systems of the domains
run xz-utils : unpacks the Linux source
run patch : applies the Linux series
run dpkg-dev : unpacks Debian source packages
run ca-certificates : downloads over https
run device-tree-compiler : compiles the board's device tree
run u-boot-tools : mkimage and dumpimage, for the FIT and the uImage
run lz4 : compresses the image's payload
run mtools : FAT file system of the SD card image, without root
run e2fsprogs : domU's disk, an ext4 file system
run binutils-arm-linux-gnueabihf : readelf, which says what libraries dom0's programs need
run python3 : the image tool
run qemu-system-arm : the machine: vexpress-a9
test clang : second compiler of the hypervisor; sanitizers and fuzzers
test libclang-rt-dev : the sanitizers' and fuzzers' run time
test clang-format : checks the style
test lld : linker for clang
test llvm : symbols in sanitizer reports
test libcmocka-dev : host unit tests
test libfdt-dev : host unit tests of the device tree code
test python3-pytest : runs all tests
test python3-pytest-xdist : two tests at a time
test python3-pexpect : talks to the consoles of the tested machine
test shellcheck : checks the scripts
debug gdb-multiarch : debugger for ARM
LIST
}

die() {
	echo "setup: $*" >&2
	exit 1
}

list_only=no
groups=
for arg in "$@"; do
	case $arg in
	--list) list_only=yes ;;
	run) groups="$groups run" ;;
	test) groups="$groups run test" ;;
	debug) groups="$groups run debug" ;;
	all) groups="$groups run test debug" ;;
	*) die "unknown argument '$arg' (expected --list, run, test, debug or all)" ;;
	esac
done
groups="${groups:- run} "

command -v dpkg-query >/dev/null ||
	die "this is not a Debian system; install by hand what '$0 --list all' prints on one"

missing=()
reasons=()
while read -r group package _ reason; do
	case $groups in
	*" $group "*) ;;
	*) continue ;;
	esac
	if [ "$list_only" = yes ]; then
		printf '%-26s %s\n' "$package" "$reason"
		continue
	fi
	status=$(dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null || true)
	case $status in
	*"ok installed"*) ;;
	*)
		missing+=("$package")
		reasons+=("$reason")
		;;
	esac
done < <(packages)

[ ${#missing[@]} -gt 0 ] || exit 0

echo "setup: ${#missing[@]} Debian packages are missing:"
for i in "${!missing[@]}"; do
	printf '  %-26s %s\n' "${missing[$i]}" "${reasons[$i]}"
done

as_root=()
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null ||
		die "no sudo here; as root: apt-get install --no-install-recommends ${missing[*]}"
	as_root=(sudo)
	echo "setup: sudo may ask for your password, to install them"
fi

apt_get() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -o DPkg::Lock::Timeout=600 "$@"
}

echo "setup: refreshing apt's package lists"
apt_get update || echo "setup: some package lists could not be refreshed; going on with what is there" >&2
echo "setup: installing"
apt_get install -y --no-install-recommends "${missing[@]}" ||
	die "apt-get could not install: ${missing[*]} (its message is above; is the network there?)"
echo "setup: done"
