#!/bin/bash
# A bit that flips in every piece, every time, is never accepted; one that flips once is repaired.
# Threat E12 of docs/security.md.
. tests/support/story.sh

mkdir source
sample source/small 1000
sample source/large 5500000
start_server source
for damage in --flip-pieces --flip-trailers; do
	start_proxy "$damage"
	for file in small large; do
		expect 7 ferry get "$proxied/$file" --retry 0
		absent "$file"
		expect 7 ferry get "$proxied/$file" -o - --retry 0
		equal 'bytes that went on' "$(wc -c <out)" 0
	done
	expect 7 ferry get -r "$proxied/" -d tree --retry 0
	absent tree/small tree/large
done
for damage in --flip-pieces --flip-trailers; do
	start_proxy "$damage" --flips 1
	expect 0 ferry get "$proxied/large" -o "repaired$damage" --json
	same source/large "repaired$damage"
	[ "$(jq .fetched out)" -gt 5500000 ] || fail 'the repetition was not counted'
done
