#!/bin/bash
# Silence has its deadlines: before the greeting, within a frame, between requests, and while a reply is not read.
# Threat C7 of docs/security.md.
. tests/support/story.sh

mkdir source
vast source/file
printf '[server]\ngreeting_deadline = 300ms\nframe_deadline = 300ms\nidle_deadline = 300ms\nrate_window = 300ms\n' >short.conf
printf '[share s]\npath = %s\n' "$work/source" >>short.conf
start_server -c short.conf
ended_by_deadline() {
	expect_error 14
	! get_frame || fail "frame $type after the deadline"
}
dial
ended_by_deadline
dial
put "${hello:0:20}"
ended_by_deadline
greet
ended_by_deadline
greet
put 0000
ended_by_deadline
greet
put "$(read_request 1 s/file "$any_version" 0 1)"
get_frame
get_pieces 1 1 >piece
put "$(read_request 2 s/file "$(file_version)" 0 200)"
sleep 1 # a reader that stands still
bytes=$(head -c 400000000 <&"$wire" 2>lost | wc -c) || grep -q 'reset by peer' lost
[ "$bytes" -lt 200000000 ] || fail 'a reader that stood still got everything'
expect 0 ferry stat "$server/s/file"

# Who is served longer than a client may be idle is not idle.
truncate -s 1500M source/long
expect 0 ferry sum "$server/s/long"

# A reader that takes its minimum goes on, however long the kernel's full buffer says nothing of it.
printf '[server]\nrate_window = 1s\nrate_bytes = 100K\n[share s]\npath = %s\n' "$work/source" >slow.conf
start_server -c slow.conf
"$programs/ferry" get "$server/s/file" -o slow --no-sync --limit-rate 400K --retry 0 2>slow.log &
slow=$!
sleep 6
kill -0 "$slow" 2>/dev/null || fail 'a slow reader was let go'
! grep -q event=deadline "$server_log" || fail 'the minimum rate was missed'
kill "$slow"
wait "$slow" || :
