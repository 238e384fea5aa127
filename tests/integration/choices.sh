#!/bin/bash
# --no-clobber, --max-size, --dry-run and --fail-fast: what is left alone is told, and nothing else is touched.
# Threat S7 of docs/security.md.
. tests/support/story.sh

mkdir -p source/tree/sub
sample source/tree/small 1000
sample source/tree/large 3000000
sample source/tree/sub/other 20000
start_server source
statuses() { jq -r .status out | sort | xargs; }

# Nothing that exists is replaced, whatever it is.
mkdir -p kept/sub
echo mine >kept/small
ln -s nowhere kept/large
expect 9 ferry get -r "$server/tree/" -d kept --no-clobber --json --failed-list failed
equal 'statuses' "$(statuses)" 'exists exists fetched'
equal 'codes' "$(jq -r 'select(.error).error.code' out | xargs)" '9 9'
equal 'mine' "$(cat kept/small) $(readlink kept/large)" 'mine nowhere'
equal 'failed list' "$(xargs <failed)" "$server/tree/large $server/tree/small"
expect 9 ferry get "$server/tree/small" -d kept --no-clobber --json
equal 'status' "$(statuses)" exists
cp -p source/tree/small kept/small
expect 0 ferry get "$server/tree/small" "$server/tree/sub/other" -d kept --no-clobber --json
equal 'statuses' "$(statuses)" 'fetched unchanged'
mkfifo kept/pipe
expect 9 ferry get -i - -d kept --no-clobber <<<"$server/tree/small"$'\tpipe'

mkdir kept/folder
for run in '' --dry-run; do
	# shellcheck disable=SC2086
	expect 9 ferry get -i - -d kept --no-clobber --json $run <<<"$server/tree/small"$'\tfolder'
	equal 'a folder' "$(jq -r '"\(.status) \(.error.code)"' out)" 'exists 9'
	says 'will not replace kept/folder' err
done
expect 9 ferry get -i - -d kept --json <<<"$server/tree/small"$'\tfolder'
equal 'a folder in the way' "$(statuses)" failed

# Somebody else is faster than we are: what has the name stays, and is unchanged where it is what would have come.
for sync in '' --no-sync; do
	for size in 900000 3000000; do
		for faster in other same; do
			sample source/tree/raced "$size"
			start_proxy --stall 500000
			# shellcheck disable=SC2086
			ferry get "$proxied/tree/"{sub/other,raced} -d raced -j 1 --no-clobber --json $sync >raced.json 2>raced.err &
			racer=$! code=0
			read -r _ <&"$from"
			if [ $faster = same ]; then cp -p source/tree/raced raced/raced; else echo first >raced/raced; fi
			cp -p raced/raced first
			echo go >&"$to"
			wait "$racer" || code=$?
			[ $faster = same ] && wanted='0 unchanged null' || wanted='9 exists 9'
			equal "the slower of two $size $sync" "$code $(jq -r 'select(.path == "raced/raced") | "\(.status) \(.error.code)"' raced.json)" "$wanted"
			same first raced/raced
			absent raced/.raced.ferry-part
			rm -r raced
		done
	done
done
rm source/tree/raced

# Too large: skipped, and no failure.
expect 0 ferry get -r "$server/tree" -d limited --max-size 20000 --json
equal 'statuses' "$(statuses)" 'fetched fetched skipped'
absent limited/tree/large
expect 0 ferry get "$server/tree/large" "$server/tree/small" -d limited --max-size 1M --json
equal 'statuses' "$(statuses)" 'fetched skipped'
absent limited/large

# A dry run writes nothing, and says everything.
: >"$server_log"
expect 0 ferry get -r "$server/tree" -d new/folder --dry-run --json
equal 'planned' "$(jq -r '"\(.path) \(.bytes) \(.status)"' out | sort)" \
	"$(printf 'new/folder/tree/%s planned\n' 'large 3000000' 'small 1000' 'sub/other 20000')"
absent new
expect 0 ferry get -r "$server/tree/" -d limited/tree --dry-run
says '^planned limited/tree/large \(' err
if grep -E 'unchanged|small' err; then fail 'more than what would be fetched'; fi
expect 3 ferry get "$server/tree/small" "$server/none" -d new --dry-run --json
equal 'statuses' "$(statuses)" 'failed planned'
expect 2 ferry get "$server/tree" --dry-run
expect 0 ferry get "$server/tree/small" -o - --dry-run
[ ! -s out ] || fail 'bytes came out'
expect 0 ferry get "$server/tree/small" -o kept/pipe --dry-run
# What is written directly is not replaced, whether it is written or not.
for target in '-o /dev/null' '-o kept/pipe' '-d kept -o pipe'; do
	# shellcheck disable=SC2086
	expect 0 timeout 20 "$programs/ferry" get "$server/tree/small" $target --no-clobber --dry-run --json
	equal 'a direct target' "$(jq -r .status out)" planned
done
expect 9 ferry get "$server/tree/small" -d new -o sub/x --dry-run
# What is only planned was not tried: a list of it is one to fetch it by.
printf '%s\t%s\n' "$server/tree/small" first "$server/tree/large" kept/same >todo
cp todo wanted
cp -p source/tree/large kept/same
expect 0 ferry get -i todo --failed-list todo --dry-run --json
equal 'statuses' "$(statuses)" 'planned unchanged'
equal 'still to do' "$(cat todo)" "$(head -n 1 wanted)"
expect 0 ferry get -r "$server/tree" -d new --failed-list left --dry-run
equal 'a tree to fetch' "$(cut -f 1 left)" "$(printf '%s\n' "$server"/tree/{large,small,sub/other})"
mkdir -p source/tree/none/{here,left} none/here
expect 0 ferry get -r "$server/tree/none" --failed-list left --dry-run
equal 'folders to make' "$(cut -f 1 left)" "$server/tree/none/left"
rm -r kept/same source/tree/none none
absent new small kept/pipe.ferry-part
if grep -E 'op=read path="(tree/)?(small|large)' "$server_log"; then fail 'something was read'; fi
expect 0 ferry get "$server/tree/small" -o /dev/null --no-clobber

# The first failure ends the run with its code; what is left was not tried, and comes back in the list.
{ echo "$server/none" && for i in {1..400}; do echo "$server/tree/small"$'\t'"many/$i"; done && echo ferry://127.0.0.1:1/x; } >list
expect 3 ferry get -i list -d fast --fail-fast --failed-list left --json -j 1 --no-sync
says not-tried out
equal 'all told' "$(wc -l <out)" 402
equal 'left' "$(wc -l <left)" "$(jq -r 'select(.status != "fetched").url' out | wc -l)"
start_proxy --stall 1000
started=$SECONDS
expect 3 ferry get "$proxied/tree/large" "$server/none" -d fast --fail-fast --json --retry 0 -j 8
equal 'statuses' "$(statuses)" 'failed not-tried'
[ $((SECONDS - started)) -lt 10 ] || fail 'the stalled link was waited for'

# So is what only waited for another ferry to be done with its partial.
mkdir waits
{ flock 9 && sleep 60; } 9>waits/.large.ferry-part &
holder=$!
until ! flock -n waits/.large.ferry-part true; do sleep 0.01; done
expect 3 ferry get "$server/tree/large" "$server/none" -d waits --fail-fast --json --retry 0 -j 2
kill "$holder"
equal 'statuses' "$(statuses)" 'failed not-tried'
equal 'who failed' "$(jq -r 'select(.error).url' out)" "$server/none"

# A folder that is here already is told from a file by asking; what to do is said each time.
mkdir -p here/tree here/small
for _ in 1 2; do
	expect 2 ferry get "$server/tree" -d here
	says 'tree is a folder: fetch it with -r' err
	expect 0 ferry get -r "$server/tree" -d here
done
expect 9 ferry get "$server/tree/small" -d here
says 'cannot write here/small: is a folder' err
