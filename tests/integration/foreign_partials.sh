#!/bin/bash
# What lies under a partial's name and cannot be opened, or is not the file that was written, never becomes a finished file: it is
# another user's, another client's or an earlier run's, and nobody takes it from them.
# Threat S6 of docs/security.md.
. tests/support/story.sh

mkdir source
sample source/file 5000000
start_server source
unprivileged
bare() { "${unprivileged[@]}" "$work/ferry" "$@"; }

# In a folder for all, one user's partial is no business of another's.
if [ "$(id -u)" = 0 ]; then
	mkdir -m 777 shared
	start_proxy --stall 3000000
	ferry get "$proxied/file" -d shared -j 1 --json >first 2>client.log &
	first=$!
	read -r _ <&"$from"
	expect 9 bare get "$server/file" -d shared
	says 'cannot open the partial file of shared/file: permission refused' err
	echo go >&"$to"
	wait "$first" || fail "the first ended with $?"
	equal 'status of the first' "$(jq -r .status first)" fetched
	same source/file shared/file
	absent shared/.file.ferry-part
fi

# What even its owner may not read is not taken from who holds it, and its mode goes with it.
mkdir -m 777 own
start_proxy --stall 3000000
(umask 777 && exec "${unprivileged[@]}" "$work/ferry" get "$proxied/file" -d own -j 1 --json) >first 2>client.log &
first=$!
read -r _ <&"$from"
equal 'mode of the partial' "$(stat -c %a own/.file.ferry-part)" 0
expect 10 bare get "$server/file" -d own --timeout 1
says 'another ferry' err
echo go >&"$to"
wait "$first" || fail "the first ended with $?"
equal 'status of the first' "$(jq -r .status first)" fetched
equal 'mode' "$(stat -c %a own/file)" 0
chmod 600 own/file
same source/file own/file
rm own/file

# The same where it is whole and waits for its name.
sample source/small 300000
start_proxy --stall 600000
(umask 777 && exec "${unprivileged[@]}" "$work/ferry" get "$proxied/"{small,file} -d own -j 1 --json) >first 2>client.log &
first=$!
read -r _ <&"$from"
expect 10 bare get "$server/small" -d own --timeout 1
echo go >&"$to"
wait "$first" || fail "the first ended with $?"
equal 'statuses of the first' "$(jq -r .status first | xargs)" 'fetched fetched'
equal 'modes' "$(stat -c %a own/small own/file | xargs)" '0 0'
chmod 600 own/*
same source own
rm own/*

# Nor is it lost with a run that is killed: what had been proven is taken up.
start_proxy --stall 3000000
(umask 777 && exec "${unprivileged[@]}" "$work/ferry" get "$proxied/file" -d own -j 1 --json) >first 2>client.log &
first=$!
read -r _ <&"$from"
kill -KILL "$first"
wait "$first" || :
expect 0 bare get "$server/file" -d own --json
equal 'reused' "$(jq '.reused >= 1048576' out)" true
same source/file own/file
rm own/file

# What somebody else has put under the partial's name does not become the file, and stays.
start_proxy --stall 3000000
ferry get "$proxied/file" -d own -j 1 --json >first 2>client.log &
first=$! code=0
read -r _ <&"$from"
rm own/.file.ferry-part
echo another >own/.file.ferry-part
echo go >&"$to"
wait "$first" || code=$?
equal 'code' "$code" 9
equal 'status' "$(jq -r '"\(.status) \(.error.code)"' first)" 'failed 9'
says 'cannot write own/file' client.log
absent own/file
equal 'what was put there' "$(cat own/.file.ferry-part)" another
