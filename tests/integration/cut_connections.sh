#!/bin/bash
# Connections that end early, a server that is killed, and one that falls silent are network errors, and the partial stays.
# Threats C15 and P4 of docs/security.md.
. tests/support/story.sh

mkdir source
sample source/file 5000000
start_server source
for bytes in 0 1 7 8 9 100 70000 3000000; do
	start_proxy --cut "$bytes"
	expect 5 ferry get "$proxied/file" -j 1 --retry 0
	absent file
done
rm .file.ferry-part
start_proxy --stall 3000000
expect 5 ferry get "$proxied/file" -j 1 --retry 0 --timeout 1
says 'timed out|silent|no byte' err
absent file
rm .file.ferry-part

start_proxy --stall 3000000
ferry get "$proxied/file" -j 1 --retry 0 2>client.log &
client=$!
read -r _ <&"$from"
kill_server
echo go >&"$to"
code=0
wait "$client" || code=$?
equal 'code after the kill' "$code" 5
absent file
[ -s .file.ferry-part ] || fail 'no partial'
listen=127.0.0.1:$port start_server source
expect 0 ferry get "$server/file"
same source/file file
absent .file.ferry-part
