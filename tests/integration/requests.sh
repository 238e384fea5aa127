#!/bin/bash
# What a request may not ask is answered with its own error, and the connection lives.
# Threat C1 of docs/security.md.
. tests/support/story.sh

mkdir -p source/folder
sample source/file 1500000
echo small >source/small
mkfifo source/fifo
start_server source
greet
put "$(read_request 1 file "$any_version" 0 1)"
get_frame
equal 'type of the first answer' "$type" 90
version=$(file_version)
get_pieces 1 1 >piece
cmp piece <(head -c 1048576 source/file) || fail 'the first piece differs'
other_version=$(tr 0-9a-f 1-9a-f0 <<<"$version")

request=1
while IFS='|' read -r code what frame; do
	request=$((request + 1))
	put "$(eval "$frame")"
	get_frame || fail "$what: the connection ended"
	[ "$type" = ff ] && [ "$((16#${payload:0:4}))" = "$code" ] || fail "$what: frame $type ${payload:0:60} instead of error $code"
	equal "number of the answer to $what" "$number" "$request"
done <<'TABLE'
3|missing|frame 10 00 $request "$(path missing)"
9|dot dot|frame 10 00 $request "$(path ../source/file)"
9|dot|frame 10 00 $request "$(path ./file)"
9|absolute|frame 10 00 $request "$(path /file)"
9|double slash|frame 10 00 $request "$(path folder//file)"
9|NUL|frame 10 00 $request 000566696c6500
9|long name|frame 10 00 $request "$(path "$(printf 'x%.0s' {1..256})")"
10|READ of a folder|read_request $request folder "$any_version" 0 1
10|READ of a FIFO|read_request $request fifo "$any_version" 0 1
11|LIST of a file|frame 11 00 $request "$(path file)"
12|any beyond piece 0|read_request $request file "$any_version" 1 1
12|any for two pieces|read_request $request file "$any_version" 0 2
12|beyond the end|read_request $request file "$version" 2 1
12|far beyond|read_request $request file "$version" 9223372036854775807 1
5|another version|read_request $request file "$other_version" 0 1
5|another version of a small file|read_request $request small "$other_version" 0 1
TABLE
put "$(frame 15 00 $((request + 1)) deadbeef)"
get_frame
equal 'type of PONG' "$type" 95
put "$(frame 1f 00 0 '')"
put "$(frame 15 00 $((request + 2)) '')"
expect_error 1
! get_frame || fail "frame $type after the end"
