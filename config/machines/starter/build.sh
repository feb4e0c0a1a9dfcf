#!/bin/sh
# Build the starter machine: a Debian desktop for scientists.
#
#   usage: build.sh OUTDIR     (root; needs mmdebstrap, e2fsprogs, qemu-utils, cpio, xz-utils)
#   leaves OUTDIR/{disk.qcow2,vmlinuz,initrd.img}
#   stdout: lines "progress PERCENT TEXT"; stderr: everything else
set -eu

suite=bookworm
size=8G
recipe=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
export recipe

fail() { echo "build.sh: $*" >&2; exit 1; }
[ $# -eq 1 ] || fail "usage: build.sh OUTDIR"
[ "$(id -u)" -eq 0 ] || fail "must run as root"
for program in mmdebstrap mkfs.ext4 qemu-img cpio xz; do
	command -v "$program" > /dev/null || fail "$program is not installed"
done

exec 3>&1 1>&2
umask 022
progress() { echo "progress $*" >&3; }

mkdir -p "$1"
out=$(CDPATH='' cd -- "$1" && pwd)
work=$(mktemp -d "$out/.build.XXXXXX")
root=$work/root
child=
clean() {
	status=$?
	set +e
	trap - EXIT INT TERM HUP
	if [ -n "$child" ]; then kill -KILL "$child"; wait "$child"; fi
	rm -rf --one-file-system "$work" || { sleep 2; rm -rf --one-file-system "$work"; }
	exit "$status"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Long programs run behind a wait: a signal to us ends them at once.
run() {
	"$@" &
	child=$!
	wait "$child"
	child=
}

# The host's own mirror for this suite, else mmdebstrap's default.
sources() {
	apt-get indextargets --format "deb \$(REPO_URI) \$(CODENAME) main" "Created-By: Packages" "Origin: Debian" |
		grep -E " $suite(-updates|-security)? main\$" | sort -u
}

# 5-70 %: apt's own words tell how far it is.
follow() {
	packages=0 steps=0 shown=5
	while IFS= read -r line; do
		printf '%s\n' "$line" >&2
		case $line in
			*" newly installed, "*) packages=${line#*upgraded, } packages=${packages%% *} steps=0 ;;
			"Unpacking "* | "Setting up "*) steps=$((steps + 1)) ;;
			"I: running --customize-hook "*) progress 72 "Setting up the desktop"; continue ;;
			*) continue ;;
		esac
		[ "$packages" -gt 150 ] || continue # the few essential ones come first
		percent=$((10 + 60 * steps / (2 * packages)))
		if [ "$percent" -le "$shown" ] || [ "$percent" -gt 70 ]; then continue; fi
		shown=$percent
		progress "$percent" "Installing $packages packages"
	done
}

progress 1 "Looking for a Debian mirror"
sources > "$work/sources.list" || :
[ -s "$work/sources.list" ] && mirror=$work/sources.list || mirror=

progress 5 "Downloading Debian $suite"
mkfifo "$work/log"
follow < "$work/log" &
# Namespaces of its own: when unshare is killed, so is all that runs in there (apt waits for ever), and its mounts go.
# shellcheck disable=SC2016,SC2086 # $1 is the hook's; an empty mirror is no argument
run unshare --fork --pid --kill-child --mount-proc mmdebstrap --verbose --variant=minbase --mode=root --format=directory \
	--include="$(sed '/^#/d' "$recipe/packages" | xargs | tr ' ' ,)" \
	--dpkgopt="$recipe/dpkg-options" \
	--essential-hook='"$recipe/hooks/before-packages" "$1"' \
	--customize-hook='"$recipe/hooks/after-packages" "$1"' \
	"$suite" "$root" ${mirror:+"$mirror"} > "$work/log" 2>&1

progress 80 "Preparing the kernel"
"$recipe/hooks/make-initrd" "$root" "$work/initrd.img"
"$recipe/hooks/extract-kernel" "$root"/boot/vmlinuz-* "$work/vmlinuz"

progress 82 "Making the file system"
run mkfs.ext4 -q -L starter -m 1 -N 400000 -J size=32 -E lazy_itable_init=0,lazy_journal_init=0 \
	-d "$root" "$work/disk.raw" "$size"

progress 88 "Compressing the disk"
run qemu-img convert -c -W -m 8 -O qcow2 -o compression_type=zstd "$work/disk.raw" "$work/disk.qcow2"

chmod 644 "$work/disk.qcow2" "$work/vmlinuz" "$work/initrd.img"
mv "$work/disk.qcow2" "$work/vmlinuz" "$work/initrd.img" "$out"
progress 100 "Done"
