#!/bin/bash
# A destination that can't be written is code 9 and names it: no permission, a read-only file system, a file in the way.
. tests/support/story.sh
in_own_mounts

mkdir source closed frozen
sample source/file 100000
start_server source
unprivileged
expect 9 "${unprivileged[@]}" "$work/ferry" get "$server/file" -d closed
says closed err
mount -t tmpfs -o ro none frozen
expect 9 ferry get "$server/file" -d frozen
says frozen err
echo in the way >blocking
expect 9 ferry get "$server/file" -d blocking/folder
says blocking err
mkdir taken taken/file
expect 9 ferry get "$server/file" -d taken
says file err

# A tree that is here already needs nothing written, and nobody who may write: not by a read-only mount, not by who owns it not.
mkdir -p source/tree/deep/empty still
sample source/tree/deep/file 1000
chmod 750 source/tree/deep/empty
touch -d 2001-02-03 source/tree/deep source/tree
expect 0 ferry get -r "$server/tree" -d copy
mount --bind copy still
mount -o remount,bind,ro still
for options in '' --verify --no-sync; do
	# shellcheck disable=SC2086
	expect 0 ferry get -r "$server/tree" -d still --json $options
	says '"status":"(unchanged|verified)"' out
done
chmod 755 source/tree/deep/empty copy/tree/deep/empty
expect 0 "${unprivileged[@]}" "$work/ferry" get -r "$server/tree" -d copy --json
says '"status":"unchanged"' out
touch source/tree/deep/empty
expect 9 ferry get -r "$server/tree" -d still
says 'cannot complete folder still/tree/deep/empty' err
