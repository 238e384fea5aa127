#!/bin/bash
# Digests outlive the server that computed them; what is damaged, foreign, wrong or past is never believed.
# Threat E8 of docs/security.md.
. tests/support/story.sh

size=5000000

# read_file FILE [FLAGS]: reads it whole over one connection and compares it with its source.
read_file() {
	greet
	put "$(read_request 1 "$1" "$any_version" 0 1)"
	get_frame
	equal 'type of the first answer' "$type" 90
	get_pieces 1 1 >copy
	put "$(read_request 2 "$1" "$(file_version)" 1 99)"
	get_frame
	get_pieces 2 4 >>copy
	hang_up
	same "source/$1" copy
}

# Ends the server, which has to have hashed so many bytes.
hashed() {
	stop_server
	says "event=totals .*hashed=$1 " "$server_log"
}

# Files that changed less than two seconds ago are not remembered.
settle() {
	sleep 2.1
}

mkdir source
sample source/file $size
sample source/other $size
settle

start_server --cache cache source
read_file file
hashed $size
entry=$(echo cache/*)
[[ $entry =~ ^cache/[0-9a-f]{32}$ ]] || fail "entry $entry"
equal 'modes' "$(stat -c %a cache "$entry" | xargs)" '700 600'

start_server --cache cache source
read_file file
hashed 0

shorten() { truncate -s 100 "$1"; }
empty() { truncate -s 0 "$1"; }
lengthen() { echo >>"$1"; }
exchange() { cp source/other "$1"; }
garble() { flip "$1" 60; }
cp "$entry" sound
for harm in shorten empty lengthen exchange garble; do
	$harm "$entry"
	! cmp -s sound "$entry" || fail "$harm does no harm"
	start_server --cache cache source
	read_file file
	hashed $size
	says "event=cache_entry_damaged name=${entry#cache/} removed=yes" "$server_log"
	cmp sound "$entry" || fail "the entry was not written again after $harm"
done

# A server that is killed keeps what it knew of whole files, and one that runs learns what another finds out.
start_server --cache cache source
first=$server_pid first_port=$port first_log=$server_log
start_server --cache cache source
read_file other
kill_server
port=$first_port server_pid=$first server_log=$first_log
read_file other
read_file file
hashed 0
equal entries "$(ls cache | wc -l)" 2

# The entry of a wrong digest: the sum over it is right.
lie() {
	{ head -c 45 sound && head -c 32 /dev/zero && tail -c +78 sound | head -c -32; } >lie
	{ cat lie && sha256sum lie | cut -c 1-64 | tr -d '\n' | sed 's/../\\x&/g' | xargs -0 printf; } >"$entry"
}
lie
equal 'length of the lie' "$(stat -c %s "$entry")" "$(stat -c %s sound)"
start_server --cache cache source
greet
put "$(read_request 1 file "$any_version" 0 1)"
get_frame
head -c 1048584 <&"$wire" >frame
equal 'the trailer' "$(get 33)" "$(printf '00%064d' 0)"
put "$(frame 13 01 2 "$(path file)$(file_version)$(printf '%016x%016x' 0 1)")"
get_frame
head -c 1048584 <&"$wire" >frame
[ "$(get 33)" != "$(printf '00%064d' 0)" ] || fail 'FRESH believed the entry'
hang_up
absent "$entry"
stop_server
absent "$entry"

# Nobody's file is condemned for that: what differs from a memory is compared once more with what the file says now.
cp source/file here
lie
start_server --cache cache source
expect 0 ferry verify "$server/file" here
absent "$entry"
stop_server
flip here 3145727 3145728
lie
start_server --cache cache source
expect 7 ferry verify "$server/file" here
equal 'what differs' "$(cat out)" 'differs here: pieces 2-3 of 5'
stop_server

# Another file of the same size and time is another file.
touch -r source/other stamp
sample source/new $size
mv source/new source/other
touch -r stamp source/other
settle
start_server --cache cache source
read_file other
hashed $size

# What has just changed is hashed, and forgotten.
rm cache/*
sample source/young $size
start_server --cache cache source
read_file young
hashed $size
equal entries "$(ls cache)" ''
