#!/bin/bash
# Two clients with one destination: the second waits for the first, and finds the file or gives up as busy.
# Threats S6 and E15 of docs/security.md.
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
ferry get "$server/file" --timeout 30 --json >second 2>second.log &
second=$!
echo go >&"$to"
wait "$first" || fail "the first ended with $?"
wait "$second" || fail "the second ended with $?"
equal 'status of the second' "$(jq -r .status second)" unchanged
same source/file file
absent .file.ferry-part

# Each holds files that the other one wants, and both have to wait: neither may keep what it holds meanwhile.
mkdir source/tree
for folder in source/tree/{1..10}; do
	mkdir "$folder"
	for number in {1..100}; do echo "$folder $number" >"$folder/$number"; done
done
ferry get -r "$server/tree" -d both --timeout 20 --fail-fast 2>client.log &
first=$!
expect 0 ferry get -r "$server/tree" -d both --timeout 20 --fail-fast
wait "$first" || fail "the first ended with $?"
same source/tree both/tree

# What it holds gets its names before it waits, however long that takes.
mkdir held
exec {lock}>held/.8.ferry-part
flock "$lock"
mkfifo said
ferry get "$server/tree/1/"{1..8} -d held -j 1 --timeout 20 2>said &
first=$!
exec {said}<said
until [[ ${line-} == *'another ferry'* ]]; do read -r line <&"$said" || fail 'it does not wait'; done
equal 'files that have their names' "$(ls held | xargs)" '1 2 3 4 5 6 7'
flock -u "$lock"
wait "$first" || fail "the first ended with $?"
for number in {1..8}; do same "source/tree/1/$number" "held/$number"; done
