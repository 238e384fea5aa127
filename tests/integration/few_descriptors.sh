#!/bin/bash
# A tree of more folders than a process may hold descriptors arrives all the same, and a server with few keeps some for everybody.
# Threats C9 and E13 of docs/security.md.
. tests/support/story.sh

mkdir source
for number in {1..300}; do
	mkdir "source/$number"
	echo "$number" >"source/$number/file"
done
start_server source
# LIMIT: of both, or the soft one, which a process may raise.
get_with_few() {
	ulimit "$1" 400
	ferry get -r -j 4 "$server/" -d "copy$1"
}
for limit in -n -Sn; do
	expect 0 eval "(get_with_few $limit)"
	same source "copy$limit"
done

# Some forty connections are left to this server, a quarter of them to one address.
ulimit -n 128
start_server source -l '[::1]:0'
read -r _ _ elsewhere <<<"$ready_line"
says 'event=limit setting=max_connections_per_address ' "$server_log"
for i in {1..16}; do
	dial
	put "$hello"
	get_frame
	[ "$type" = 81 ] || break
done
equal 'code for one too many' "${payload:0:4}" 0006
expect 0 ferry get "${elsewhere}7/file" -o from-elsewhere -j 1
same source/7/file from-elsewhere
