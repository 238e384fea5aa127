#!/bin/bash
# T12: a TLS connection that is idle keeps its keys and no buffers, less than 24 KiB of the server's memory; and who comes behind the
# 1,024th descriptor is served like anybody else.
# Threats C10 and E13 of docs/security.md.
. tests/support/story.sh

mkdir source
sample source/file 100000
ulimit -Sn "$(ulimit -Hn)"
printf '[server]\ntls = yes\nmax_connections_per_address = 2000\nhandshakes_per_address = 1M\nhandshakes = 1M\n[share s]\npath = %s\n' "$work/source" >conf
start_server -c conf --state state
pin=$("$programs/ferryd" --print-pin -c conf --state state)

# come COUNT: so many more connections that stay.
come() {
	start_tool flooder stays "$1" "$port"
	read -r said <&"$from"
	equal flood "$said" here
}

memory() {
	awk '/^Pss:/ { print $2 }' "/proc/$server_pid/smaps_rollup"
}

# The first ones warm up what all share, and every worker.
come 50
before=$(memory)
come 1000
each=$((($(memory) - before) * 1024 / 1000))
echo "$each bytes for each idle connection"
# A sanitizer's own books are no measure.
[ "${BUILD:-build}" != build ] || [ "$each" -lt 24576 ] || fail "$each bytes each"
expect 0 ferry get "$server/s/file" --pin "$pin" --retry 0
same source/file file
