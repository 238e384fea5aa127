#!/bin/bash
# SIGTERM closes idle connections at once and lets running replies end; a second one ends these too.
# Threat C16 of docs/security.md.
. tests/support/story.sh

mkdir source
vast source/file
start_server source
running_reply() {
	greet
	put "$(read_request 1 file "$any_version" 0 1)"
	get_frame
	version=$(file_version)
	get_pieces 1 1 >piece
	put "$(read_request 2 file "$version" 0 200)"
	get_frame
}
greet
idle=$wire
running_reply
running=$wire
kill -TERM "$server_pid"
wire=$idle
while get_frame; do equal 'frame to an idle client' "$type" ff; done
expect 5 ferry get "$server/file" --retry 0
wire=$running
get_pieces 2 200 >whole
same source/file whole
hang_up
await_server
says ' requests=[0-9]+ sent=[0-9]+ hashed=2097[0-9]+ connections=[0-9]+' "$server_log"

start_server source
greet
idle=$wire
running_reply
kill -TERM "$server_pid"
wire=$idle
while get_frame; do equal 'frame to an idle client' "$type" ff; done
SECONDS=0
kill -TERM "$server_pid"
await_server
[ "$SECONDS" -lt 25 ] || fail 'the second signal was not heard'
