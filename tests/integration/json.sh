#!/bin/bash
# Every result is one object with every field, whatever happened, and stdout carries nothing else.
. tests/support/story.sh

mkdir source copy
sample source/file 100000
printf x >$'source/odd\xff"\n'
ln -s file source/link
start_server source
expect 12 ferry get -r "$server/" "$server/none" ferry://127.0.0.1:1/x -d copy --json --retry 0
fields='["attempts","bytes","error","fetched","ms","path","path_hex","reused","root","sha256","status","url"]'
while read -r line; do
	equal 'fields' "$(jq -c 'keys' <<<"$line")" "$fields"
done <out
equal 'statuses' "$(jq -r .status out | sort | xargs)" 'failed failed fetched fetched skipped'
equal 'ASCII only' "$(LC_ALL=C grep -c '[^ -~]' out)" 0
# holds CONDITION: exactly one result meets it.
holds() {
	equal "$1" "$(jq -c "select($1)" out | wc -l)" 1
}
holds '.path_hex == "636f70792f6f6464ff220a"'
holds '.url == "'"$server"'/none" and .error.code == 3 and .error.retry == false and .error.name == "not-found"'
holds '.url == "ferry://127.0.0.1:1/x" and .error.code == 5 and (.error.message | type) == "string"'
holds '.bytes == 100000 and .fetched == 100000 and .reused == 0 and .attempts == 1 and (.root | length) == 64 and .error == null'
holds '.status == "skipped" and .root == null and .fetched == 0'

# What came has been fetched, also where it could not be written.
sample source/large 3000000
expect 9 ferry get "$server/large" -j 1 -o /dev/full --json
equal 'fetched for a full device' "$(jq .fetched out)" 1048576
mkfifo left
head -c 1 left >byte &
expect 9 ferry get "$server/large" -j 1 -o left --json
wait $!
equal 'fetched for a reader that left' "$(jq .fetched out)" 1048576
