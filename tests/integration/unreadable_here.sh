#!/bin/bash
# A file of one's own that one may not read cannot be proven where it is: --verify and --sha256 have it fetched anew.
. tests/support/story.sh

mkdir source
sample source/small 20000
sample source/large 3000000
start_server source
unprivileged
mkdir -m 777 here
bare() { "${unprivileged[@]}" "$work/ferry" "$@"; }
sum() { sha256sum <"source/$1" | cut -c 1-64; }

for file in small large; do
	for options in --verify "--sha256 $(sum $file)" "--verify --sha256 $(sum $file)" '--verify --no-sync'; do
		expect 0 bare get "$server/$file" -d here
		chmod 000 "here/$file"
		# shellcheck disable=SC2086
		expect 0 bare get "$server/$file" -d here --json $options
		equal "status of $file with $options" "$(jq -r '"\(.status) \(.fetched)"' out)" "fetched $(stat -c %s "source/$file")"
		same "source/$file" "here/$file"
		equal 'mode' "$(stat -c %a "here/$file")" 644
		absent "here/.$file.ferry-part"
	done
done

# Nothing that is there is replaced where that was asked for; and without a question size and time are believed.
chmod 000 here/small here/large
expect 9 bare get "$server/small" -d here --json --no-clobber --sha256 "$(sum small)"
equal 'status' "$(jq -r .status out)" exists
expect 0 bare get "$server/"{small,large} -d here --json
equal 'statuses' "$(jq -r .status out | xargs)" 'unchanged unchanged'
