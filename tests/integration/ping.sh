#!/bin/bash
# ping tells what TCP did: handshake, round trips, the kernel's figures and who closed.
. tests/support/story.sh

mkdir source
start_server source
expect 0 ferry ping "$server/" -c 5
for word in handshake min avg max rtt retrans congestion window mss closed; do
	grep -qi "$word" out || fail "nothing about $word: $(cat out)"
done
expect 0 ferry ping "$server/" -c 3 --json
jq -e . out >/dev/null || fail 'not JSON'
expect 5 ferry ping ferry://127.0.0.1:1/
