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
equal 'root of one piece' "$(jq -r .root out)" "$(sha256sum source/file | cut -c 1-64)"
sample source/pieces 3000000
expect 0 ferry stat "$server/pieces" --json
equal 'root that nobody has asked for' "$(jq -r .root out)" null
expect 0 ferry sum --tree "$server/pieces" --json
root=$(jq -r .root out)
expect 0 ferry stat "$server/pieces" --json
equal 'root that is known' "$(jq -r '"\(.pieces) \(.root)"' out)" "3 $root"
expect 0 ferry stat "$server/pieces"
says "^root +$root$" out
expect 0 ferry stat "$server/folder" --json
equal 'root of a folder' "$(jq -r '"\(.kind) \(.root)"' out)" 'folder null'
expect 3 ferry stat "$server/missing"

# A slash at the end names a folder's contents, which a file has not.
for command in 'ls' 'ls -r' 'stat' 'sum' 'sum -r' 'sum --tree'; do
	# shellcheck disable=SC2086
	expect 3 ferry $command "$server/file/"
	says "$server/file/: not a folder" err
	[ ! -s out ] || fail "$command of a file with a slash prints something"
done
expect 3 ferry verify "$server/file/" source/file
