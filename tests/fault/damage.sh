#!/bin/bash
# Every piece is damaged once, somewhere else each time: each is detected, only these are fetched again, nothing wrong is kept.
. tests/support/story.sh

mkdir source
rounds=8 small=1000 megabytes=260
[ -z "${QUICK:-}" ] || rounds=1 small=100 megabytes=6
sample source/large $((megabytes * 1048576 + 1))
mkdir source/small
for ((i = 1; i <= small; i++)); do
	head -c $((i * 20)) source/large >"source/small/$i"
done
bytes=$(($(find source -type f -printf '%s+')0))
pieces=$((megabytes + 1 + small))

start_server source
damaged=0
for ((round = 1; round <= rounds; round++)); do
	start_proxy --flip-anywhere --spare-fresh
	expect 0 ferry get -r "$proxied/" -d copy --json --no-sync
	same source copy
	exec {to}>&-
	read -r _ flipped <&"$from"
	equal 'damaged pieces' "$flipped" "$pieces"
	equal 'bytes fetched' "$(jq -s 'map(.fetched) | add' out)" $((2 * bytes))
	damaged=$((damaged + flipped))
	rm -r copy
done
echo "damage: $damaged pieces damaged, all detected, only those fetched again"
