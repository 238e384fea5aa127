#!/bin/bash
# More unanswered requests than the window allows end the connection with PROTOCOL, behind whole frames.
. tests/support/story.sh

mkdir source
sample source/file 30000000
start_server source
greet
put "$(read_request 1 file "$any_version" 0 1)"
get_frame
version=$(file_version)
get_pieces 1 1 >piece
requests=$(read_request 2 file "$version" 0 30)
for ((i = 3; i < 70; i++)); do
	requests+=$(frame 15 00 "$i" 0000)
done
put "$requests"
while get_frame; do
	last="$type ${payload:0:4}"
done
equal 'last frame' "$last" 'ff 0001'
