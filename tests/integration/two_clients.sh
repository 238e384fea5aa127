#!/bin/bash
# Two clients with one destination: the second gives up as busy while the first is at work, and finds the file afterwards.
. tests/support/story.sh

mkdir source
sample source/file 5000000
start_server source
start_proxy --stall 3000000
ferry get "$proxied/file" -j 1 2>client.log &
first=$!
read -r _ <&"$from"
expect 10 ferry get "$server/file" --timeout 1
says 'another ferry' err
echo go >&"$to"
wait "$first" || fail "the first ended with $?"
expect 0 ferry get "$server/file" --json
equal 'status of the second' "$(jq -r .status out)" unchanged
same source/file file
absent .file.ferry-part
