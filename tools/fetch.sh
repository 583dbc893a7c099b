#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Downloads from Debian's archive, without root and without touching the
# system's apt: own configuration, package lists and cache below $SIGMA_CACHE.
#
#   fetch.sh source-tarball PKG   a linux-source-X.Y package; prints the path of
#                                 the PKG.tar.xz that it holds
#   fetch.sh source PKG           a Debian source package, unpacked and patched;
#                                 prints its directory
#   fetch.sh armhf PKG...         Debian armhf packages, unpacked together (not
#                                 installed); prints their directory
#   fetch.sh kernel-files NAME PKG PATTERN...
#                                 the files of PKG.tar.xz that match, below one
#                                 directory, which it prints
#   fetch.sh versions             what has been fetched
#
# The path is the only thing on standard output.  What was fetched once stays:
# a second call needs no network and no time.  Everything is made under a
# temporary name and renamed when it is complete.
set -eu
umask 022

cache=${SIGMA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sigma}
apt_dir= # of the architecture at hand: see apt_configure
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() {
	echo "fetch: $*" >&2
}

die() {
	say "$*"
	exit 1
}

# The system's Debian sources as one-line entries "URI SUITE COMPONENTS".  Both
# of apt's formats are read; archives that are not Debian's own are left out.
debian_sources() {
	local codename files=()
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
	for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
		/etc/apt/sources.list.d/*.sources; do
		[ -r "$f" ] && files+=("$f")
	done
	[ ${#files[@]} -gt 0 ] || return 0
	awk -v codename="$codename" '
	function wanted(uri, suite, components, key) {
		if (uri !~ /debian/ || uri ~ /^cdrom:/)
			return 0
		if (suite !~ "^(" codename "|stable)(-updates|-security|/updates)?$")
			return 0
		if (key != "" && key !~ /debian-archive/)
			return 0
		return (" " components " ") ~ / main /
	}
	function emit(uris, suites, components, key,   u, s, i, j, n, m) {
		n = split(uris, u, " ")
		m = split(suites, s, " ")
		for (i = 1; i <= n; i++)
			for (j = 1; j <= m; j++)
				if (wanted(u[i], s[j], components, key))
					print u[i], s[j], components
	}
	function flush_stanza() {
		if (types != "" && enabled != "no")
			emit(uris, suites, components, key)
		types = uris = suites = components = key = enabled = ""
	}
	FNR == 1 { flush_stanza() }
	FILENAME ~ /\.sources$/ {
		if ($0 ~ /^#/) next
		if ($0 ~ /^[ \t]*$/) { flush_stanza(); next }
		name = tolower($1)
		value = $0
		if (value !~ /^[ \t]/) sub(/^[^:]*:[ \t]*/, "", value)
		if (name == "types:") types = value
		else if (name == "uris:") uris = value
		else if (name == "suites:") suites = value
		else if (name == "components:") components = value
		else if (name == "signed-by:") key = value
		else if (name == "enabled:") enabled = value
		next
	}
	$1 == "deb" || $1 == "deb-src" {
		key = ""
		line = $0
		sub(/#.*/, "", line)
		if (match(line, /\[[^]]*\]/)) {
			options = substr(line, RSTART, RLENGTH)
			line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
			if (match(options, /signed-by=[^] ]*/))
				key = substr(options, RSTART + 10, RLENGTH - 10)
		}
		n = split(line, f, " ")
		rest = ""
		for (i = 4; i <= n; i++) rest = rest (i > 4 ? " " : "") f[i]
		emit(f[2], f[3], rest, key)
		key = ""
	}
	END { flush_stanza() }
	' "${files[@]}" | sort -u
}

# apt_configure ARCH: an apt configuration of our own, one an architecture, since
# apt drops a whole suite when one of its lists is damaged.  Of the system's, only
# how to reach the archive (proxies, time-outs) is taken over.
apt_configure() {
	local arch=$1 sources
	apt_dir=$cache/apt/$arch
	sources=$(debian_sources)
	if [ -z "$sources" ]; then
		say "no Debian archive among apt's sources; taking deb.debian.org"
		sources="http://deb.debian.org/debian bookworm main
http://deb.debian.org/debian bookworm-updates main
http://deb.debian.org/debian-security bookworm-security main"
	fi
	mkdir -p "$apt_dir/lists/partial" "$apt_dir/archives/partial" "$apt_dir/state"
	: >"$apt_dir/state/status"
	while read -r uri suite components; do
		echo "deb [arch=$arch signed-by=$keyring] $uri $suite $components"
		[ "$arch" = armhf ] ||
			echo "deb-src [signed-by=$keyring] $uri $suite $components"
	done <<<"$sources" | sort -u >"$apt_dir/sources.list.new"
	{
		apt-config dump --format '%f "%v";%n' Acquire |
			grep -v -E '^Acquire::(IndexTargets|Changelogs|CompressionTypes|Languages|GzipIndexes)|^Acquire ""' || true
		cat <<-CONF
			Dir::State "$apt_dir/state";
			Dir::State::status "$apt_dir/state/status";
			Dir::State::lists "$apt_dir/lists";
			Dir::Cache "$apt_dir";
			Dir::Cache::archives "$apt_dir/archives";
			Dir::Etc::sourcelist "$apt_dir/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::main "/dev/null";
			APT::Architecture "$arch";
			APT::Architectures { "$arch"; };
			APT::Sandbox::User "";
			Acquire::Languages "none";
			Acquire::Retries "3";
		CONF
	} >"$apt_dir/apt.conf.new"
	export APT_CONFIG=$apt_dir/apt.conf
	if ! cmp -s "$apt_dir/sources.list.new" "$apt_dir/sources.list" ||
		! cmp -s "$apt_dir/apt.conf.new" "$apt_dir/apt.conf"; then
		rm -f "$apt_dir/updated"
	fi
	mv "$apt_dir/sources.list.new" "$apt_dir/sources.list"
	mv "$apt_dir/apt.conf.new" "$apt_dir/apt.conf"
}

# apt_update ARCH: package lists, at most a day old (an older list names packages
# that security updates have replaced).
apt_update() {
	apt_configure "$1"
	if [ -n "$(find "$apt_dir/updated" -mmin -1440 2>/dev/null)" ]; then
		return
	fi
	say "reading Debian's package lists for $1 (own copy, below $apt_dir)"
	if apt-get -q=2 -o APT::Update::Error-Mode=any update >&2; then
		touch "$apt_dir/updated"
	elif compgen -G "$apt_dir/lists/*_Packages*" >/dev/null; then
		say "some lists could not be read (apt's message is above); going on with the others"
	else
		die "Debian's archive cannot be reached (apt's message is above): is this machine online, are proxy and /etc/apt right?"
	fi
}

# apt_fetch VERB ARGS...: download into the current directory
apt_fetch() {
	apt-get -q=2 "$@" >&2 ||
		die "download failed: apt-get $* (apt's message is above; is this machine online?)"
}

# publish TEMPORARY FINAL: the rename that makes a download exist
publish() {
	mkdir -p "$(dirname "$2")"
	mv -T "$1" "$2"
}

work_directory() {
	mkdir -p "$cache/tmp"
	work=$(mktemp -d "$cache/tmp/fetch.XXXXXX")
	trap 'rm -rf "$work"' EXIT
}

# One fetch at a time in one cache; others wait for it and then find it done.
lock() {
	mkdir -p "$cache"
	exec 9>"$cache/fetch.lock"
	if ! flock -n 9; then
		say "waiting for another fetch to end"
		flock 9
	fi
}

source_tarball() {
	local package=$1 target=$cache/download/$1 member
	if [ ! -e "$target/$package.tar.xz" ]; then
		lock
	fi
	if [ ! -e "$target/$package.tar.xz" ]; then
		work_directory
		apt_update "$(dpkg --print-architecture)"
		say "downloading $package (Linux source, about 140 MB)"
		(cd "$work" && apt_fetch download "$package")
		member=./usr/src/$package.tar.xz
		mkdir "$work/out"
		dpkg-deb --fsys-tarfile "$work/$package"_*.deb |
			tar -x -O -f - "$member" >"$work/out/$package.tar.xz" ||
			die "$package holds no $member"
		basename "$work/$package"_*.deb .deb >"$work/out/version"
		publish "$work/out" "$target"
	fi
	echo "$target/$package.tar.xz"
}

source_package() {
	local package=$1 target=$cache/source/$1 dsc
	if [ ! -e "$target" ]; then
		lock
	fi
	if [ ! -e "$target" ]; then
		command -v dpkg-source >/dev/null ||
			die "dpkg-source is missing: install dpkg-dev (tools/setup.sh does)"
		work_directory
		apt_update "$(dpkg --print-architecture)"
		say "downloading the source package $package"
		(cd "$work" && apt_fetch --download-only source "$package")
		dsc=$(echo "$work"/*.dsc)
		dpkg-source --no-check -x "$dsc" "$work/out" >"$work/log" 2>&1 || {
			cat "$work/log" >&2
			die "source package $package cannot be unpacked"
		}
		basename "$dsc" .dsc >"$work/out/.version"
		publish "$work/out" "$target"
	fi
	echo "$target"
}

armhf_packages() {
	local key target package
	key=$(printf '%s\n' "$@" | sort -u | sha256sum | cut -c1-16)
	target=$cache/armhf/$key
	if [ ! -e "$target" ]; then
		lock
	fi
	if [ ! -e "$target" ]; then
		work_directory
		apt_update armhf
		say "downloading for armhf: $*"
		(cd "$work" && apt_fetch download "$@")
		mkdir "$work/out"
		for package in "$work"/*.deb; do
			dpkg-deb -x "$package" "$work/out"
		done
		(cd "$work" && printf '%s\n' *.deb) | sort >"$work/out/.version"
		publish "$work/out" "$target"
	fi
	echo "$target"
}

kernel_files() {
	local name=$1 package=$2 tarball target
	shift 2
	tarball=$(source_tarball "$package")
	target=$cache/kernel-files/$name-$(printf '%s\n' "$@" "$(cat "$(dirname "$tarball")/version")" |
		sha256sum | cut -c1-16)
	if [ ! -e "$target" ]; then
		lock
	fi
	if [ ! -e "$target" ]; then
		work_directory
		say "unpacking from $package: $*"
		mkdir "$work/out"
		tar -x -J -f "$tarball" -C "$work/out" --strip-components=1 --wildcards "${@/#/$package/}" ||
			die "$package.tar.xz does not hold: $*"
		publish "$work/out" "$target"
	fi
	echo "$target"
}

versions() {
	local file
	for file in "$cache"/download/*/version "$cache"/source/*/.version "$cache"/armhf/*/.version; do
		if [ -e "$file" ]; then
			cat "$file"
		fi
	done
}

[ $# -ge 1 ] || die "usage: fetch.sh source-tarball PKG | source PKG | armhf PKG... | kernel-files NAME PKG PATTERN... | versions"
command=$1
shift
case $command:$# in
source-tarball:1) source_tarball "$1" ;;
source:1) source_package "$1" ;;
armhf:[1-9]*) armhf_packages "$@" ;;
kernel-files:[3-9]*) kernel_files "$@" ;;
versions:0) versions ;;
*) die "wrong arguments for '$command' (see the head of $0)" ;;
esac
