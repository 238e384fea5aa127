#!/bin/bash
# Lost connections are tried again as long as something gets on: what was proven is kept, and the figures tell what was repeated.
# Threat S12 of docs/security.md.
. tests/support/story.sh

mkdir source
sample source/file 5000000
mkdir source/tree
for number in {1..40}; do sample "source/tree/$number" 100000; done
start_server source

# Every connection ends after a while, and each brings the file some pieces further.
start_proxy --cut 2300000
expect 0 ferry get "$proxied/file" -j 1 --json
same source/file file
says 'connection lost; trying again in' err
fetched=$(jq .fetched out) attempts=$(jq .attempts out)
[ "$fetched" -ge 5000000 ] && [ "$fetched" -lt $((5000000 + attempts * 1048576)) ] || fail "$fetched bytes in $attempts attempts"
[ "$attempts" -gt 2 ] || fail "$attempts attempts"
expect 0 ferry get "$proxied/file" -o - -j 1
same source/file out
expect 0 ferry get -r "$proxied/tree" -j 2
same source/tree tree

# No piece is ever whole: that is no progress.
start_proxy --cut 300000
expect 5 ferry get "$proxied/file" -o never --retry 1
absent never

# A server that answered once may come back; what was never there is not waited for.
rm file
start_proxy --stall 3000000
ferry get "$proxied/file" --json >returned 2>client.log &
client=$!
read -r _ <&"$from"
kill_server
echo go >&"$to"
listen=127.0.0.1:$port start_server source
wait "$client" || fail "ended with $?: the server came back"
same source/file file
[ "$(jq .fetched returned)" -lt 8000000 ] || fail 'proven pieces came again'
expect 5 ferry get ferry://127.0.0.1:1/file -o never --retry 3
[ "$(grep -c 'trying again' err)" = 0 ] || fail 'a refused connection was tried again'

# A pause can be interrupted.
start_proxy --cut 0
mkfifo said
exec {report}< <("$tools/outcome" "$programs/ferry" get "$proxied/file" -o never --retry 100 3>&1 2>said)
exec {words}<said
read -r _ pid <&"$report"
read -r line <&"$words"
[[ $line == *'trying again in '* ]] || fail "said '$line'"
kill -INT "$pid"
read -r word number <&"$report"
equal 'end of a pause' "$word $number" 'signal 2'
