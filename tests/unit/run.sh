#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Run test programs one after the other: a line for each, all output of one that fails.
failed=0
for test in "$@"; do
	name=$(basename "$test")
	if timeout 300 "$test" >"$test.log" 2>&1; then
		count=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) .*/\1/p' "$test.log")
		printf '  %-8s%s (%s)\n' PASS "$name" "${count:-?}"
	else
		failed=$((failed + 1))
		cat "$test.log"
		printf '  %-8s%s\n' FAIL "$name"
	fi
done
if [ "$failed" -ne 0 ]; then
	echo "unit tests: $failed of $# programs failed"
	exit 1
fi
