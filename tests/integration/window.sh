#!/bin/bash
# More unanswered requests than the window allows end the connection: as PROTOCOL, or within a frame that can't be finished.
# Threats C13 and C14 of docs/security.md.
. tests/support/story.sh

mkdir source
vast source/file
start_server source
greet
put "$(read_request 1 file "$any_version" 0 1)"
get_frame
version=$(file_version)
get_pieces 1 1 >piece
requests=$(read_request 2 file "$version" 0 30)
for ((i = 3; i < 70; i++)); do
	requests+=$(frame 15 00 "$i" '')
done
put "$requests"
pieces=0
while get_frame; do
	[ "$type" != 95 ] || fail "request $number was answered"
	last=$type
	pieces=$((pieces + (16#$type == 16#93)))
done
echo "$pieces pieces, last frame $last"
[ "$last" = ff ] || [ "$pieces" -lt 30 ] || fail 'the window was not kept'
expect 0 ferry get "$server/file"
