#!/bin/bash
# A folder or file that the server may not read is a failure of its own; the rest arrives.
. tests/support/story.sh

mkdir -p source/open source/locked/deep
echo open >source/open/file
echo closed >source/open/closed
echo locked >source/locked/deep/file
chmod 000 source/open/closed source/locked
start_server as_nobody source
expect 4 ferry get -r "$server/" -d copy --json
jq -r 'select(.status == "failed") | .error.code' out >codes
equal 'failed files' "$(sort codes | uniq -c | xargs)" '2 4'
same source/open/file copy/open/file
absent copy/open/closed
expect 4 ferry get "$server/open/closed"
expect 4 ferry get "$server/locked/deep/file"
expect 4 ferry ls -r "$server/"
says '^open/file$' out
chmod 755 source/locked

# What it may not search far above a share keeps it from nothing.
mkdir -p above/between/share
mkdir -m 777 cache
echo file >above/between/share/file
cd above/between/share
chmod 000 "$work/above"
start_server as_nobody --cache "$work/cache" .
expect 0 ferry get "$server/file" -o "$work/file"
cd "$work"
chmod 755 above
same above/between/share/file file
