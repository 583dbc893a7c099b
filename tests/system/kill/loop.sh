#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In dom0: start the domain of a configuration, kill it when its disk and its network
# are busy, as often as asked.
#
#	loop.sh CONFIG NAME TIMES
config=$1
name=$2
times=$3

# counter PATH: of a device that may not be there yet
counter() {
	count=
	[ -r "$1" ] && read -r count <"$1"
	echo "${count:-0}"
}

killed=0
while [ "$killed" -lt "$times" ]; do
	sigma create "$config" >/dev/null || exit 1
	id=$(xl domid "$name") || exit 1
	disk=/sys/bus/xen-backend/devices/vbd-$id-51712/statistics/wr_req
	net=/sys/class/net/vif$id.0/statistics/rx_packets
	until [ "$(counter "$disk")" -gt 8 ] && [ "$(counter "$net")" -gt 8 ]; do
		usleep 20000
	done
	# somewhere in the middle of it, each time elsewhere
	usleep $((killed * 7919 % 200000))
	sigma destroy "$name" || exit 1
	killed=$((killed + 1))
	[ $((killed % 10)) != 0 ] || echo "killed $killed times"
done
