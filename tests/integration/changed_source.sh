#!/bin/bash
# A source that grows, shrinks, is replaced, rewritten or deleted while it is sent never gives a mixed file: ferry begins anew.
# Threats S14 and E6 of docs/security.md.
. tests/support/story.sh

mkdir source
grow() { head -c 1000 /dev/zero >>source/file; }
shrink() { truncate -s 2000000 source/file; }
replace() { vast source/new && mv source/new source/file; }
rewrite() { printf x | dd of=source/file bs=1 seek=30000000 conv=notrunc status=none; }
delete() { mv source/file away; }
touched() { touch source/file; }
become_folder() { delete && mkdir source/file; }
become_fifo() { delete && mkfifo source/file; }
become_link() { delete && ln -s away source/file; }

# amid CHANGE: a fetch in whose midst the source changes so, from the beginning to its end with code.
amid() {
	vast source/file
	start_proxy --stall 3000000
	timeout 60 "$programs/ferry" get "$proxied/file" -o copy -j 1 --retry 0 --no-sync 2>client.log &
	local client=$!
	read -r _ <&"$from"
	"$1"
	echo go >&"$to"
	code=0
	wait "$client" || code=$?
}

start_server source
for change in grow shrink replace rewrite touched; do
	amid "$change"
	equal "code after $change" "$code" 0
	same source/file copy
	rm copy
done

# One that stops being a file is given up, and what was proven of it waits for its return.
for change in delete:3 become_folder:2 become_fifo:1 become_link:4; do
	amid "${change%:*}"
	equal "code after ${change%:*}" "$code" "${change#*:}"
	absent copy
	rm -rf source/file && mv away source/file
	expect 0 ferry get "$server/file" -o copy --json --no-sync
	same source/file copy
	[ "$(jq .reused out)" -ge 1048576 ] || fail "nothing was kept after ${change%:*}"
	rm copy
done

# One that outgrows what is wanted is left alone, and nothing stays of what had come.
vast source/file
start_proxy --stall 3000000
ferry get "$proxied/file" -o copy -j 1 --no-sync --max-size 200M --json >told 2>client.log &
client=$!
read -r _ <&"$from"
grow
echo go >&"$to"
wait "$client" || fail "the client ended with $?"
equal 'status' "$(jq -r '"\(.status) \(.bytes)"' told)" 'skipped 209716200'
absent copy .copy.ferry-part
