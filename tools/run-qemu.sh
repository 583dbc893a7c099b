#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the board in QEMU with the serial port on this terminal.
#
#   run-qemu.sh [--debug] kernel IMAGE      QEMU loads sigma.img
#   run-qemu.sh [--debug] flash IMAGE       reset from the 64 MiB NOR flash image
#   run-qemu.sh [--debug] uboot BIN SD [FLASH]
#                                           U-Boot, which loads from the SD card image;
#                                           FLASH is where other cores start
#
# Environment: MEM (RAM, 512M), SMP (cores, 1), QEMU (the program), QEMU_ARGS (more
# arguments), GDB_PORT;
#   DISK        a disk image: dom0's /dev/vda (none)
#   HOST_PORT   port of this host that leads to domU's HTTP server (the first free
#               one from 8080 on; "none": no port)
#   CARD        dom0's network card: smsc911x, which is the board's, or virtio
#   SCREEN      how QEMU shows the board's screen: none, gtk, sdl, vnc=:1 ... (none)
# Ctrl-A belongs to Sigma's consoles, so QEMU's own key is Ctrl-].
# shellcheck disable=SC2054  # the commas in lists of arguments are QEMU's
set -eu

# Addresses of QEMU's user network: domU's is in the manifest's bootargs.
domU_address=10.0.2.20

die() {
	echo "run-qemu: $*" >&2
	exit 1
}

qemu=${QEMU:-qemu-system-arm}
command -v "$qemu" >/dev/null ||
	die "$qemu is missing: tools/setup.sh installs it"

debug=no
if [ "${1-}" = --debug ]; then
	debug=yes
	shift
fi
[ $# -ge 2 ] || die "usage: run-qemu.sh [--debug] kernel IMAGE | flash IMAGE | uboot BIN SD [FLASH]"
for file in "${@:2}"; do
	[ -r "$file" ] || die "$file is not there: make builds it"
done

taken() {
	(: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Sets host_port.
choose_port() {
	host_port=${HOST_PORT:-8080}
	while taken "$host_port"; do
		[ -z "${HOST_PORT-}" ] ||
			die "port $host_port of this host is taken: choose another with HOST_PORT=, or HOST_PORT=none"
		host_port=$((host_port + 1))
	done
}

# Audio goes nowhere.  What QEMU has to say about that, about registers of the network
# chip's PHY that it lacks and Linux looks for, and about packets that come faster than
# that chip takes them (TCP sends them again), is dropped below.
args=(-M vexpress-a9 -m "${MEM:-512M}" -smp "${SMP:-1}" -display "${SCREEN:-none}"
	-audiodev none,id=none -echr 0x1d -serial mon:stdio)

case $1:$# in
kernel:2) args+=(-kernel "$2") ;;
# a snapshot: what the guests write to flash is gone with the run
flash:2) args+=(-drive "if=pflash,format=raw,snapshot=on,file=$2") ;;
# The first core starts in U-Boot.  The others come out of reset at address 0, in
# flash, where the bootstrap lets them wait for the hypervisor.
uboot:3 | uboot:4)
	args+=(-device "loader,file=$2,addr=0x60800000,cpu-num=0,force-raw=on"
		-drive "if=sd,format=raw,snapshot=on,file=$3")
	[ $# -lt 4 ] || args+=(-drive "if=pflash,format=raw,snapshot=on,file=$4")
	;;
*) die "unknown way to boot: $*" ;;
esac

if [ -n "${DISK-}" ]; then
	[ -w "$DISK" ] || die "the disk $DISK is not there, or cannot be written"
	args+=(-drive "if=none,id=disk,format=raw,discard=unmap,file=$DISK"
		-device virtio-blk-device,drive=disk,bus=virtio-mmio-bus.0) # the first that is found
fi

network=user,id=net
if [ "${HOST_PORT-}" != none ]; then
	choose_port
	network+=,hostfwd=tcp:127.0.0.1:$host_port-$domU_address:80
	echo "domU's HTTP server, where there is one, is http://127.0.0.1:$host_port/ on this host."
fi
case ${CARD:-smsc911x} in
smsc911x) args+=(-netdev "$network" -net nic,model=lan9118,netdev=net) ;;
# the board's card is there in any case, with nothing at its other end
virtio) args+=(-net nic,model=lan9118 -netdev "$network" -device virtio-net-device,netdev=net) ;;
*) die "no network card CARD=$CARD: smsc911x or virtio" ;;
esac

if [ $debug = yes ]; then
	port=${GDB_PORT:-$((20000 + $(id -u) % 20000))}
	args+=(-S -gdb "tcp:127.0.0.1:$port")
	echo "The machine waits.  In a second terminal:"
	echo "    gdb-multiarch ${BUILD:-build}/sigma.elf -ex 'target remote 127.0.0.1:$port'"
fi
echo "QEMU's own key is Ctrl-]: then x ends the run, c is QEMU's monitor.  Ctrl-A three times: next console."
# shellcheck disable=SC2086  # QEMU_ARGS is a list of words
exec "$qemu" "${args[@]}" ${QEMU_ARGS-} 2> >(grep -v --line-buffered \
	-e 'audiodev default parameter' -e 'nic lan9118.0 has no peer' \
	-e 'hub 0 is not connected' -e 'Slirp: Failed to send packet' -e '^lan9118: error: PHY ' >&2)
