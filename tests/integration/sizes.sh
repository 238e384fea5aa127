#!/bin/bash
# Files of every size around a leaf and a piece arrive byte for byte, by one thread and by four.
. tests/support/story.sh

mkdir source
for size in 0 1 16383 16384 16385 65535 65536 65537 1048575 1048576 1048577 67108865; do
	sample "source/$size" "$size"
done
start_server source
expect 0 ferry get -r "$server/" -d one -j 1
expect 0 ferry get -r "$server/" -d four -j 4
same source one
same source four
for size in 0 1 16384 1048577; do
	expect 0 ferry get "$server/$size"
	same "source/$size" "$size"
done
