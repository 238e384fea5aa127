#!/bin/bash
# Each cap, set so low that one client meets it: it waits or is refused with a code that says so; another address notices nothing.
# Threats C9, C10, C13 and C14 of docs/security.md.
. tests/support/story.sh

mkdir -p source/deep/a/b/c source/wide
(cd source/wide && seq -f 'a file with a rather long name, number %05g' 3000 | xargs -d '\n' touch)
sample source/file 2M

# capped SETTING...: a server with these settings; sets elsewhere, its URL for another address.
capped() {
	{
		printf '[server]\n'
		printf '%s\n' "$@"
		printf '[share s]\npath = %s\n' "$work/source"
	} >caps.conf
	start_server -c caps.conf -l '[::1]:0'
	read -r _ _ elsewhere <<<"$ready_line"
	elsewhere=${elsewhere%/}
}

# at_least MILLISECONDS COMMAND...: it succeeds, but has to wait.
at_least() {
	local start=${EPOCHREALTIME/./} wanted=$1
	shift
	"$@" || fail "$*"
	local took=$(((${EPOCHREALTIME/./} - start) / 1000))
	[ "$took" -ge "$wanted" ] || fail "$took ms, which is not $wanted: $*"
}

# Somebody else gets a listing and a file.
expect_unaffected() {
	expect 0 ferry ls "$elsewhere/s/"
	expect 0 ferry get "$elsewhere/s/file" -o there --retry 0 -j 1
	same source/file there
}

# A client that asks for much and takes nothing, so that its listings stay open and their answers lie here.
hog() {
	local requests='' i
	greet
	for ((i = 1; i <= 64; i++)); do
		requests+=$(frame 11 00 "$i" "$(path s/wide)")
	done
	put "$requests"
}

# refused: comes in again and again until it is told BUSY instead of WELCOME.
refused() {
	local tries=0
	until dial && put "$hello" && get_frame && [ "$type" = ff ]; do
		hang_up
		[ $((tries++)) -lt 500 ] || fail 'nobody is refused'
	done
	equal code "${payload:0:4}" 0006
}

# Opened and dropped: two at once, then two a second.
capped new_connections_per_address=2
dial && hang_up
dial && hang_up
dial
expect_error 6
expect_unaffected
expect 0 ferry get "$server/s/file" -o here -j 1
same source/file here
rm here there

# Requests, empty ones too: four a second, of which two may come early.
capped requests_per_address=4
greet
started=${EPOCHREALTIME/./}
for i in 1 2 3 4 5 6; do
	put "$(frame 15 00 $i '')"
done
expect_unaffected
for i in 1 2 3 4 5 6; do
	get_frame
	equal answer "$type $number" "95 $i"
done
[ $(((${EPOCHREALTIME/./} - started) / 1000)) -ge 600 ] || fail 'requests did not wait'
rm there

# Hashing without receiving: one piece a second.
capped hash_budget_per_address=1M
at_least 900 ferry sum --tree "$server/s/file"
expect_unaffected
rm there

# Names in listings: the third thousand waits for the second.
capped listing_budget_per_address=1000
at_least 400 ferry ls "$server/s/wide/" >names
equal names "$(wc -l <names)" 3000

# What a client does not take.
capped memory_per_address=16K
hog
hogging=$wire
refused
expect_unaffected
wire=$hogging
hang_up
expect 0 ferry get "$server/s/file" -o here
same source/file here
rm here there

# Folders open at once.
capped listing_folders_per_address=1
expect 10 ferry ls -r "$server/s/deep/"
says 'busy' err
expect_unaffected

# One listing.
capped listing_entries=2999
expect 1 ferry ls "$server/s/wide/"
says 'limit' err
equal names "$(wc -l <out)" 2999
capped listing_depth=2
expect 1 ferry ls -r "$server/s/deep/"
says 'limit' err
equal names "$(tr '\n' ' ' <out)" 'a/ a/b/ '
