#!/bin/bash
# Every result is one object with every field, whatever happened, and stdout carries nothing else.
. tests/support/story.sh

mkdir source copy
sample source/file 100000
printf x >$'source/odd\xff"\n'
ln -s file source/link
start_server source
expect 12 ferry get -r "$server/" "$server/none" ferry://127.0.0.1:1/x -d copy --json --retry 0
fields='["attempts","bytes","error","fetched","ms","path","reused","root","sha256","status","url"]'
while read -r line; do
	equal 'fields' "$(jq -c 'del(.path_hex) | keys' <<<"$line")" "$fields"
done <out
equal 'statuses' "$(jq -r .status out | sort | xargs)" 'failed failed fetched fetched skipped'
equal 'path of an odd name' "$(jq -r 'select(.path_hex).path_hex' out | grep -c "6f6464ff220a$")" 1
equal 'ASCII only' "$(LC_ALL=C grep -c '[^ -~]' out)" 0
jq -e 'select(.url | endswith("/none")) | .error | .code == 3 and .retry == false and (.name | type) == "string" and
	(.message | type) == "string"' out >/dev/null || fail 'error of a missing file'
jq -e 'select(.status == "fetched" and .bytes == 100000) | .fetched == 100000 and .reused == 0 and .attempts == 1 and
	(.root | length) == 64' out >/dev/null || fail 'figures of a fetched file'
