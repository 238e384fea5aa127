#!/bin/bash
# hidden = no: names that begin with a dot are neither listed nor found, however they are asked for (C17).
. tests/support/story.sh

mkdir -p source/.folder source/open/.below conf
for file in .name .folder/file open/.name open/.below/file open/plain plain; do echo text >"source/$file"; done
printf "[share one]\npath = $work/source\nhidden = no\n[share all]\npath = $work/source\n" >conf/ferryd.conf
start_server -c conf/ferryd.conf
expect 0 ferry ls -r "$server/one/"
equal 'names' "$(sort out | tr '\n' ' ')" 'open/ open/plain plain '
for path in .name .folder .folder/file open/.name open/.below open/.below/file; do
	expect 3 ferry stat "$server/one/$path"
	expect 0 ferry stat "$server/all/$path"
	expect 3 ferry get -r "$server/one/$path" -d stolen
	expect 3 ferry sum "$server/one/${path//./%2E}"
done
expect 3 ferry ls "$server/one/.folder/"
absent stolen/.name stolen/.folder stolen/file
expect 0 ferry get -r "$server/one/" -d copy
equal 'fetched' "$(cd copy && find . -type f | sort | tr '\n' ' ')" './open/plain ./plain '

# Not even a symlink inside the share leads to one.
ln -s .folder/file source/visible
ln -s .folder source/door
ln -s open source/way
printf "[share one]\npath = $work/source\nhidden = no\nsymlinks = beneath\n" >conf/ferryd.conf
start_server -c conf/ferryd.conf
expect 0 ferry ls -r "$server/one/"
equal 'names' "$(LC_ALL=C sort out | tr '\n' ' ')" 'door@ open/ open/plain plain visible@ way@ '
for path in visible door door/file way/.name way/.below; do
	expect 3 ferry stat "$server/one/$path"
	expect 3 ferry get -r "$server/one/$path" -d stolen
	expect 3 ferry sum "$server/one/$path"
done
expect 3 ferry ls "$server/one/door/"
absent stolen/visible stolen/file stolen/.name
expect 0 ferry get "$server/one/way/plain" -o followed
same source/open/plain followed
