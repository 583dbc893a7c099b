#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the victim, as /etc/start: see that what was safe on the disk is still right, then
# write to the disk and to the network until the end, which is sudden.
dmesg -n 1
until [ -b /dev/xvda ] && [ -d /sys/class/net/eth0 ]; do
	usleep 10000
done
mount -t ext4 /dev/xvda /mnt || echo "FAIL: victim: its disk cannot be mounted"
(cd /mnt/known && sha256sum -c -s ../sums) || echo "FAIL: victim: a file is damaged"

ip link set eth0 up
ip addr add 10.0.2.77/24 dev eth0
ping -q -A -s 1400 10.0.2.15 >/dev/null 2>&1 &

n=0
while :; do
	n=$((n + 1))
	dd if=/dev/zero of=/mnt/load.$((n % 5)) bs=16k count=8 conv=fsync 2>/dev/null
	mv /mnt/load.$((n % 5)) /mnt/moved.$((n % 3))
done
