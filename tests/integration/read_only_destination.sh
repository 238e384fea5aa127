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
