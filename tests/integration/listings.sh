#!/bin/bash
# ls prints names as they are or as sha256sum would write them, with what they are behind.
. tests/support/story.sh

mkdir -p source/folder/deep
echo 1 >source/file
echo 2 >$'source/new\nline'
echo 3 >'source/back\slash'
echo 4 >source/folder/deep/four
ln -s file source/link
start_server source
expect 0 ferry ls "$server/"
sort out >sorted
printf '%s\n' 'file' 'folder/' 'link@' '\back\\slash' '\new\nline' | sort >wanted
same wanted sorted
expect 0 ferry ls -0 "$server/"
equal 'exact names' "$(tr '\0' '\1' <out | grep -c .)" 2
says 'back\\slash' out
expect 0 ferry ls -r "$server/"
says '^folder/deep/four$' out
expect 0 ferry ls -r --json "$server/folder/"
equal 'lines of JSON' "$(jq -c . out | wc -l)" 2
expect 3 ferry ls "$server/missing/"
expect 0 ferry stat "$server/file" --json
equal 'size' "$(jq -r .size out)" 2
expect 3 ferry stat "$server/missing"
