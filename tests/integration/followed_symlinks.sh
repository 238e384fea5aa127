#!/bin/bash
# symlinks = beneath: what stays below the share is followed, nothing else is, and no listing goes round in circles (C1, C2).
# Threat S9 of docs/security.md.
. tests/support/story.sh

mkdir -p source/folder source/deep/er outside conf
echo secret >outside/secret
echo plain >source/folder/plain
ln -s folder/plain source/file
ln -s folder source/inside
ln -s ../../folder/plain source/deep/er/up
ln -s . source/circle
ln -s .. source/deep/circle
ln -s ../outside source/away
ln -s ../outside/secret source/direct
ln -s "$work/source/folder/plain" source/absolute
ln -s /proc/self/environ source/magic
ln -s nowhere source/broken
printf "[share one]\npath = $work/source\nsymlinks = beneath\n" >conf/ferryd.conf
start_server -c conf/ferryd.conf
expect 0 ferry ls -r "$server/one/"
equal 'names' "$(LC_ALL=C sort out | tr '\n' ' ')" \
	'absolute@ away@ broken@ circle@ deep/ deep/circle@ deep/er/ deep/er/up direct@ file folder/ folder/plain inside@ magic@ '
for path in file inside/plain deep/er/up circle/circle/deep/circle/file; do
	expect 0 ferry get "$server/one/$path" -o got
	same source/folder/plain got
	rm got
done
expect 0 ferry get -r "$server/one/inside/" -d copy
same source/folder copy
for path in away/secret direct absolute magic broken; do
	code=0
	ferry get "$server/one/$path" -o stolen 2>err || code=$?
	[ "$code" = 3 ] || [ "$code" = 4 ] || fail "$path gave code $code"
	absent stolen
done
