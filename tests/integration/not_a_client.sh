#!/bin/bash
# A client that is not ferry gets a typed PROTOCOL error, and the server lives on.
# Threat C5 of docs/security.md.
. tests/support/story.sh

mkdir source
echo here >source/file
start_server source
refused() {
	expect_error 1
	equal 'request number of the error' "$number" 0
	! get_frame || fail "frame $type after the error"
	hang_up
}
dial
printf 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n' >&"$wire"
refused
while read -r bytes; do
	dial
	put "$bytes"
	refused
done <<TABLE
16030100f501000100
41414141414141414141414141414141
$(frame 01 00 0 '')
$(frame 10 00 1 "$(path file)")
$(frame 01 00 0 46455252590d0a1a000100010000000000)
$(frame 01 00 0 46455252590d0a0a0001000100000000)
$(frame 01 01 0 46455252590d0a1a0001000100000000)
$(frame 02 00 0 00)
TABLE
for round in {1..20}; do
	dial
	head -c 300 /dev/urandom >&"$wire"
	refused
done
dial
put "$(frame 01 00 0 46455252590d0a1a0063006400000000)"
expect_error 2
expect 0 ferry get "$server/file"
same source/file file
