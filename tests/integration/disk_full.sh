#!/bin/bash
# A full disk is code 9, says how much is missing and keeps the partial; with room the next run succeeds.
# Threats S7 and E4 of docs/security.md.
. tests/support/story.sh
in_own_mounts

mkdir source small
sample source/file 12000000
mount -t tmpfs -o size=8m none small
start_server source
expect 9 ferry get "$server/file" -d small
says '[0-9.]+ ?([KMG]i?B|bytes)' err
absent small/file
[ -s small/.file.ferry-part ] || fail 'no partial'
mount -o remount,size=64m small
expect 0 ferry get "$server/file" -d small
same source/file small/file
