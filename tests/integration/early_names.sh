#!/bin/bash
# A finished file has its name, and is reported, while another one is still being fetched, however long that takes.
. tests/support/story.sh

mkdir source
sample source/middle 900000 # one piece: in several it could have to wait for its turn
sample source/small 2000
vast source/huge
start_server source
mkfifo results
for jobs in 1 2; do
	"$programs/ferry" get "$server/"{small,middle,huge} -d "copy.$jobs" -j "$jobs" --json --limit-rate 6M >results 2>client.log &
	client=$!
	exec {results}<results
	for line in 1 2; do
		read -r told <&"$results" || fail 'it ended'
		equal 'status' "$(jq -r .status <<<"$told")" fetched
	done
	absent "copy.$jobs/huge"
	[ -e "copy.$jobs/.huge.ferry-part" ] || fail 'the other one is not in work'
	for file in small middle; do same "source/$file" "copy.$jobs/$file"; done
	kill -TERM "$client"
	wait "$client" || :
	exec {results}<&-
done
