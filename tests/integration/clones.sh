#!/bin/bash
# Where files can share blocks, an older file is cloned and only the pieces that differ are fetched into the clone.
. tests/support/story.sh
in_own_mounts

piece=1048576
size=$((40 * piece + 5000))
mkdir source
sample source/file $size
start_server source

# has_file_system KIND: a new one, empty, in a folder of that name.
has_file_system() {
	[ -x "$(PATH=$PATH:/usr/sbin:/sbin type -P "mkfs.$1")" ] || return 1
	truncate -s 400M "$1.image" && mkdir "$1" || return 1
	PATH=$PATH:/usr/sbin:/sbin "mkfs.$1" -q "$1.image" >/dev/null 2>&1 && mount -o loop "$1.image" "$1" 2>mount.log
}

# older FOLDER BYTES: the beginning of the source, or more, with two pieces changed since; held open from now on.
older() {
	rm -rf "$1" && mkdir "$1"
	cat source/file source/file >"$1/file"
	truncate -s "$2" "$1/file"
	flip "$1/file" $((7 * piece - 1)) $((7 * piece))
	touch -d @1 "$1/file"
	cp "$1/file" old
	exec {held}<"$1/file"
	sync -f "$1"
}

used() {
	df --output=used -B 1 "$1" | tail -n 1
}

# Its commands under strace where that shows their own calls only.
traced=()
if [ "${BUILD:-build}" = build ] && strace -o trace true 2>strace.log; then traced=(strace -f -qq -e trace=ioctl -o "$work/trace"); fi

# updates FOLDER FETCHED OPTION...: the older file becomes the source, and shares with its successor what they have in common.
updates() {
	local before
	before=$(used "$1")
	expect 0 "${traced[@]}" "$programs/ferry" get "$server/file" -d "$1" --json "${@:3}"
	same source/file "$1/file"
	cmp - old <&"$held" || fail 'the older file was written to'
	equal fetched "$(jq -r .fetched out)" "$2"
	equal reused "$(jq -r .reused out)" $((size - $2))
	[ ${#traced[@]} = 0 ] || says 'ioctl\([0-9]+, .*FICLONE, [0-9]+\) += 0$' trace
	sync -f "$1"
	[ $(($(used "$1") - before)) -lt $((size / 2)) ] || fail "two files use $(used "$1") bytes and one of them used $before"
	exec {held}<&-
	equal 'files in the folder' "$(ls -A "$1")" file
}

told=()
for kind in btrfs xfs; do
	has_file_system $kind || continue
	told+=("$kind")
	older $kind/same $size
	updates $kind/same $((2 * piece))
	older $kind/shorter $((30 * piece + 1))
	updates $kind/shorter $((12 * piece + 5000))
	older $kind/longer $((2 * size))
	updates $kind/longer $((2 * piece))
	# Nothing shows that it differs; what --verify finds is mended in a clone, too.
	older $kind/damaged $size
	touch -r source/file $kind/damaged/file
	updates $kind/damaged $((2 * piece)) --verify
done
[ ${#told[@]} -gt 0 ] || skip 'no loop device here, or neither mkfs.btrfs nor mkfs.xfs'
echo "files shared their blocks on ${told[*]}"
