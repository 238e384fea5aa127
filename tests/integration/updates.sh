#!/bin/bash
# An equal file is left alone, a changed one is replaced in one step, and whoever holds the old one open keeps it.
. tests/support/story.sh

mkdir source copy
sample source/file 2000000
start_server source
expect 0 ferry get "$server/file" -d copy --json
equal status "$(jq -r .status out)" fetched
before=$(stat -c '%i %Z' copy/file)
expect 0 ferry get "$server/file" -d copy --json
equal status "$(jq -r .status out)" unchanged
equal reused "$(jq -r .reused out)" 2000000
equal 'inode and change time' "$(stat -c '%i %Z' copy/file)" "$before"

exec {held}<copy/file
cp copy/file old
sample source/file 2000000
expect 0 ferry get "$server/file" -d copy --json
equal status "$(jq -r .status out)" fetched
same source/file copy/file
cmp - old <&"$held" || fail 'the old file was written to'
sample source/file 10
expect 0 ferry get "$server/file" -d copy
same source/file copy/file
equal 'files in the folder' "$(ls -A copy)" file
