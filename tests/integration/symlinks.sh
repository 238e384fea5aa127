#!/bin/bash
# Symlinks are listed and skipped, never followed: not at the server, and not below the destination.
# Threats C2 and S2 of docs/security.md.
. tests/support/story.sh

mkdir -p source/folder outside
echo secret >outside/secret
echo plain >source/folder/plain
ln -s ../outside source/away
ln -s ../outside/secret source/direct
ln -s folder source/inside
start_server source
expect 0 ferry ls "$server/"
says '^away@$' out
says '^inside@$' out
expect 0 ferry get -r "$server/" -d copy --json
equal 'skipped symlinks' "$(jq -r 'select(.status == "skipped") | .url' out | wc -l)" 3
absent copy/away copy/direct copy/inside
same source/folder copy/folder
for path in away/secret direct inside/plain; do
	code=0
	ferry get "$server/$path" -o stolen 2>err || code=$?
	[ "$code" = 3 ] || [ "$code" = 4 ] || fail "$path gave code $code"
	absent stolen
done

# With or without -r it is the same refusal.
for url in direct inside inside/; do
	expect 4 ferry get -r "$server/$url" -d none
	says "$url .a symlink is not followed here.: permission refused" err
	absent none/direct none/inside none/plain
done
expect 4 ferry get "$server/direct" -d none

mkdir into elsewhere
ln -s ../elsewhere into/folder
expect 9 ferry get -r "$server/" -d into
says folder err
absent elsewhere/plain
ln -s ../elsewhere/plain copy/link
expect 0 ferry get "$server/folder/plain" -o copy/link
[ ! -L copy/link ] || fail 'the final name was followed'
absent elsewhere/plain
ln -s copy reached
expect 0 ferry get "$server/folder/plain" -d reached
same source/folder/plain copy/plain
