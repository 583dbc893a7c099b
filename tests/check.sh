#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What can be said of the sources without running them.  Prints each finding, ends
# with their number.
set -u
cd "$(dirname "$0")/.." || exit 1

found=0
finding() {
	echo "check: $*"
	found=$((found + 1))
}

step() {
	printf '  %-8s%s\n' CHECK "$1"
}

# files PATTERN...: tracked files
files() {
	git ls-files -- "$@"
}

licence_of() {
	case $1 in
	hypervisor/include/public/* | guests/lib/*) echo MIT ;;
	guests/linux/* | guests/*.mk) echo GPL-2.0-only ;;
	guests/*) echo MIT ;;
	*) echo GPL-2.0-only ;;
	esac
}

step "licence lines"
for file in $(files '*.c' '*.h' '*.S' '*.def' '*.lds' '*.mk' Makefile '*.sh' '*.py' '*.its' '*.dts'); do
	wanted="SPDX-License-Identifier: $(licence_of "$file")"
	head -n 3 "$file" | grep -q "$wanted" || finding "$file: no line \"$wanted\" at its head"
done

step "style of C (clang-format)"
for file in $(files '*.c' '*.h'); do
	# the same bytes stand in linux-patches/, where the kernel's alignment is right
	[ "$file" = hypervisor/include/public/sigma.h ] && continue
	clang-format --style=file --dry-run -Werror "$file" >/dev/null 2>&1 ||
		finding "$file: not as clang-format writes it (clang-format -i $file)"
done

step "public headers by themselves, for C99 and for assembler"
cross_gcc=${CROSS_COMPILE:-arm-linux-gnueabihf-}gcc
for header in $(files 'hypervisor/include/public/*.h'); do
	"$cross_gcc" -x c -std=c99 -pedantic -Wall -Wextra -Werror -Ihypervisor/include \
		-fsyntax-only "$header" || finding "$header: does not stand alone in C"
	"$cross_gcc" -x assembler-with-cpp -Ihypervisor/include -c -o /dev/null "$header" ||
		finding "$header: does not stand alone in assembler"
done

step "the core's headers by themselves"
build=${BUILD:-build}
for header in $(files 'hypervisor/include/hv/*.h' 'hypervisor/include/arch/*.h'); do
	"$cross_gcc" -std=gnu11 -ffreestanding -marm -mcpu=cortex-a9 \
		-mgeneral-regs-only -Wall -Wextra -Werror -Ihypervisor/include -Iarch/arm/include \
		-I"$build/include" -I"$build/hypervisor-gcc/include" -fsyntax-only \
		-include "$header" -x c /dev/null || finding "$header: does not stand alone"
done

step "the core stays portable"
for file in $(files 'hypervisor/*.c' 'hypervisor/include/hv/*.h'); do
	if grep -nE '#include <asm/' "$file" | grep -vE '<asm/(vcpu|percpu|spinlock)\.h>' |
		grep -q .; then
		finding "$file: includes an <asm/...> header directly"
	fi
	grep -E '\b(asm|__asm__)( volatile)? ?\(' "$file" | grep -qv 'volatile("" :' && finding "$file: holds assembler"
done

step "scripts"
scripts=$(for file in $(files); do
	[ -f "$file" ] && head -c 32 "$file" | grep -qaE '^#!/bin/(ba)?sh' && echo "$file"
done)
for script in $scripts; do
	shellcheck -S warning "$script" || finding "$script: see above"
done
for script in $(files '*.py' tools/sigma-image); do
	/usr/bin/python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$script" ||
		finding "$script: see above"
done

if [ "$found" -ne 0 ]; then
	echo "check: $found findings"
	exit 1
fi
