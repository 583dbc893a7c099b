#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh DIRECTORY SECONDS TARGET...: run the fuzz targets one after the other.  A
# finding stays in DIRECTORY/fuzz_TARGET.found/, and its own words are printed.
set -eu
directory=$1
seconds=$2
shift 2

for target in "$@"; do
	corpus=$directory/fuzz_$target.corpus
	found=$directory/fuzz_$target.found
	log=$directory/fuzz_$target.log
	mkdir -p "$corpus" "$found"
	echo "fuzz: $target for $seconds s"
	if ! "$directory/fuzz_$target" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=4096 \
		-print_final_stats=1 -artifact_prefix="$found/" "$corpus" >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		echo "fuzz: $target: a finding; the input is in $found" >&2
		exit 1
	fi
	sed -n 's/^stat::number_of_executed_units: */  runs without a finding: /p' "$log"
done
