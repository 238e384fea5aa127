#!/bin/bash
# Two hundred clients, all connected before the first may go on, fetch 4 MiB each.
. tests/support/story.sh

count=200
case $programs in *build-*) count=40 ;; esac # sanitizers are slow to start
mkdir source copies
sample source/file 4194304
start_server source
start_proxy --gather "$count"
for ((client = 0; client < count; client++)); do
	ferry get "$proxied/file" -o "copies/$client" -j 1 --no-sync --timeout 120 --progress none 2>"client.$client.log" &
	clients+=($!)
done
for client in "${clients[@]}"; do
	wait "$client" || fail "a client ended with $?"
done
for copy in copies/*; do
	cmp -s "$copy" source/file || fail "$copy differs"
done
equal 'number of copies' "$(find copies -type f | wc -l)" "$count"
