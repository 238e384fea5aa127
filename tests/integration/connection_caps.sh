#!/bin/bash
# Over its caps the server says BUSY before it hangs up, and has room again when clients leave.
. tests/support/story.sh

mkdir source
echo here >source/file
for cap in max_connections max_connections_per_address; do
	printf '[server]\n%s = 3\n[share s]\npath = %s\n' "$cap" "$work/source" >caps.conf
	start_server -c caps.conf
	held=()
	for i in 1 2 3; do
		greet
		held+=("$wire")
	done
	dial
	expect_error 6
	! get_frame || fail "frame $type after BUSY"
	expect 10 ferry get "$server/s/file" --retry 0
	says 'busy' err
	absent file
	wire=${held[0]}
	hang_up
	tries=0
	until ferry get "$server/s/file" -o "with-$cap"; do
		[ $((tries++)) -lt 100 ] || fail 'no room after a client left'
	done
	same source/file "with-$cap"
done
