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

# Some forty connections are left to this server, and thirty-two files that are read at once; a quarter of either to one address.
sample source/middle 100000
for number in {1..9}; do truncate -s 200M "source/large.$number"; done
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

# read_slowly FILE: begins to read it, and takes no more than that tells of it.
read_slowly() {
	put "$(read_request 1 "$1" "$any_version" 0 1)"
	get_frame
	[ "$type" = 90 ] || return 0
	local version
	version=$(file_version)
	get_pieces 1 1 >piece
	put "$(read_request 2 "$1" "$version" 1 199)"
	get_frame
}
for i in {1..8}; do
	wire=${wires[i - 1]}
	read_slowly "large.$i"
	equal "answer $i" "$type" 90
done
wire=${wires[8]}
read_slowly large.9
equal 'answer and code for one too many' "$type ${payload:0:4}" 'ff 0006'
expect 0 ferry get "${elsewhere}middle" -o from-elsewhere -j 1
same source/middle from-elsewhere
