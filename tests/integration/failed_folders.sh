#!/bin/bash
# A folder that cannot be completed is a failed result of its own, and a line of the failed list that brings it once the way is free.
. tests/support/story.sh

mkdir -p source/d/empty source/d/nest/inner source/top/one
chmod 750 source/d/empty source/d/nest
echo here | tee source/file >source/d/nest/inner/file
mkdir source/d/nest/empty
start_server source
tab=$'\t'

# blocked PATH LINE [FAILED]: a run with the arguments in get, into here, where a file has the place of PATH; as many results as FAILED
# says are failed, and the failed list has LINE alone. That is what brings the folder in the end, and all that is in it.
blocked() {
	rm -rf here
	mkdir -p "here/$(dirname "$1")"
	: >"here/$1"
	expect 9 ferry get -r "${get[@]}" -d here --failed-list todo --json
	equal 'the list' "$(cat todo)" "$2"
	equal 'failed results' "$(jq -r 'select(.status == "failed").path' out | wc -l)" "${3:-1}"
	equal 'the folder' "$(jq -r "select(.path == \"here/$1\") | .url" out)" "${2%%"$tab"*}"
	rm "here/$1"
	expect 0 ferry get -r -i todo -d here --failed-list todo
	[ ! -s todo ] || fail 'something is left to do'
	equal 'mode' "$(stat -c '%F %a' "here/$1")" 'directory 750'
}

# By its URL, by that of what it lies in, with and without a slash at the end.
get=("$server/d/empty") && blocked empty "$server/d/empty"
get=("$server/d/") && blocked empty "$server/d/empty"
get=("$server/d") && blocked d/empty "$server/d/empty${tab}d/empty"

# With a destination of its own.
get=(-i todo)
printf '%s\tempty\n' "$server/d/empty" >todo && blocked empty "$server/d/empty"
printf '%s\tx/y\n' "$server/d/empty" >todo && blocked x/y "$server/d/empty${tab}x/y"
printf '%s\tx\n' "$server/d/" >todo && blocked x/empty "$server/d/empty${tab}x/empty"
printf '%s\ty%%25\n' "$server/d" >todo && blocked y%/empty "$server/d/empty${tab}y%25/empty"

# One folder in another, and a file in that: each is told, and comes with the line of the first.
get=("$server/d/") && blocked nest "$server/d/nest" 3
same source/d/nest here/nest

# A folder that was planned first for the destination of another source.
[ "$(id -u)" = 0 ] || skip 'the last part needs root: a folder of somebody else'
unprivileged
mkdir -p theirs/one
chmod 777 theirs theirs/one
printf '%s\tone/two/file\n%s\n' "$server/file" "$server/top/" >todo
expect 9 "${unprivileged[@]}" "$work/ferry" get -r -i todo -d theirs --json
equal 'the folder' "$(jq -r 'select(.error) | "\(.url) \(.path)"' out)" "$server/top/one theirs/one"
