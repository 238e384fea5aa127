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

# A listing that is read again tells nothing twice, be it read as a whole or folder by folder.
mkdir -p source/odd/{secret,links/deep}
(cd source/odd/links/deep && for i in {1..3000}; do ln -s nowhere "a-link-$i"; done)
chmod 000 source/odd/secret
start_server as_nobody source
start_proxy --cut 50000
told_once() {
	expect "$@" --json --retry 1
	says '"skipped"' out
	equal 'told twice' "$(jq -r .url out | sort | uniq -d | sed -n 1p)" ''
}
told_once 5 ferry get -r "$proxied/odd/links" -d odd
told_once 12 ferry get -r "$proxied/odd/" -d odd --exclude none
says '"failed".*"code":4' out
chmod 755 source/odd/secret
