#!/bin/bash
# Resume, repair and update: whatever lies in the partial or under the final name, only the pieces that differ are fetched.
. tests/support/story.sh

piece=1048576
size=$((12 * piece + 5000))
mkdir source copy
sample source/file $size
start_server source

# damage FILE PIECE: one byte of PIECE becomes another.
damage() {
	flip "$1" $(($2 * piece + 77))
}

# arrives STATUS FETCHED REUSED OPTION...: the file arrives so, and the server has sent that much in all.
sent=0
arrives() {
	local status=$1 fetched=$2 reused=$3
	shift 3
	expect 0 ferry get "$server/file" -d copy --json "$@"
	equal status "$(jq -r .status out)" "$status"
	equal fetched "$(jq -r .fetched out)" "$fetched"
	equal reused "$(jq -r .reused out)" "$reused"
	same source copy
	sent=$((sent + fetched))
}

# A partial of any origin: cut off anywhere, complete, longer than the source, with holes, with a byte flipped.
head -c $((5 * piece + 100)) source/file >copy/.file.ferry-part
arrives fetched $((size - 5 * piece)) $((5 * piece))

rm copy/file && cp source/file copy/.file.ferry-part
arrives verified 0 $size

rm copy/file && cat source/file source/file >copy/.file.ferry-part
arrives verified 0 $size

rm copy/file && cp source/file copy/.file.ferry-part && damage copy/.file.ferry-part 7
arrives fetched $piece $((size - piece))

rm copy/file && truncate -s $size copy/.file.ferry-part
dd if=source/file of=copy/.file.ferry-part bs=$piece skip=3 seek=3 count=2 conv=notrunc status=none
arrives fetched $((size - 2 * piece)) $((2 * piece))

# An older file of the same name: what it has in common with the source is not fetched, and it is never written to.
touch -d @1 copy/file && exec {held}<copy/file
damage copy/file 2
cp copy/file old
touch -d @1 copy/file
arrives fetched $piece $((size - piece))
cmp - old <&"$held" || fail 'the older file was written to'

# The partial comes first, the older file second, the server last.
touch -d @1 copy/file && damage copy/file 4
cp source/file copy/.file.ferry-part && damage copy/.file.ferry-part 4 && damage copy/.file.ferry-part 9
arrives fetched $piece $((size - piece))

# Size and time are believed, unless a proof is asked for; what fails it is repaired.
inode=$(stat -c %i copy/file)
arrives verified 0 $size --verify
equal inode "$(stat -c %i copy/file)" "$inode"
damage copy/file 11 && touch -r source/file copy/file
expect 0 ferry get "$server/file" -d copy --json
equal status "$(jq -r .status out)" unchanged
arrives fetched $piece $((size - piece)) --verify
equal 'files in the folder' "$(ls -A copy)" file

# A complete partial of a small file is not fetched again, a damaged one is.
sample source/small 3000 && cp source/small copy/.small.ferry-part
expect 0 ferry get "$server/small" -d copy --json
equal 'small' "$(jq -r '"\(.status) \(.fetched)"' out)" 'verified 0'
rm copy/small && sample copy/.small.ferry-part 3000
expect 0 ferry get "$server/small" -d copy --json
equal 'small' "$(jq -r '"\(.status) \(.fetched)"' out)" 'fetched 3000'
same source copy
rm copy/small && sent=$((sent + 3000))

# Small files are proven likewise, and fetched whole where that fails.
: >source/empty
expect 0 ferry get -r "$server/" -d copy
flip copy/small 7 && touch -r source/small copy/small
expect 0 ferry get -r --verify "$server/" -d copy --json
results=$(jq -r '"\(.path) \(.status) \(.fetched)"' out | sort | tr '\n' ,)
equal results "$results" 'copy/empty verified 0,copy/file verified 0,copy/small fetched 3000,'
same source copy

# What the results told is what the server sent: those above, the tree's new small file, and its repair.
stop_server
equal 'bytes sent' "$(sed -nE 's/.*event=totals .*sent=([0-9]+).*/\1/p' server.*.log)" $((sent + 2 * 3000))
