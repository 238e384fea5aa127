#!/bin/bash
# -o FILE, -o -, -o with a device or a FIFO, and -o inside -d write where they say, and only there.
. tests/support/story.sh

mkdir source out-here here
sample source/file 3145729
start_server source
expect 0 ferry get "$server/file" -o here/named
same source/file here/named
expect 0 ferry get "$server/file" -d here -o inside
same source/file here/inside
(cd out-here && expect 0 ferry get "$server/file")
same source/file out-here/file
ferry get "$server/file" -o - >piped || fail "-o - ended with $?"
same source/file piped
equal 'sha256sum of the pipe' "$(ferry get "$server/file" -o - | sha256sum)" "$(sha256sum <source/file)"
expect 0 ferry get "$server/file" -o /dev/null
[ -c /dev/null ] || fail '/dev/null was replaced'
mkfifo fifo
cat fifo >through-fifo &
expect 0 ferry get "$server/file" -o fifo
wait $!
same source/file through-fifo

# A stream of ours goes on where it is, whatever it is called. The links are our own: a fault would replace /dev/stdout for everybody.
ln -s /proc/self/fd/1 first
ln -s /dev/fd/2 second
{ echo before && cat source/file && echo after; } >wanted
for name in - first ./first /proc/self/fd/1 /dev/fd/1; do
	{ echo before && ferry get "$server/file" -o "$name" && echo after; } >held 2>err || fail "-o $name ended with $?"
	same wanted held
done
{ echo before >&2 && ferry get -q "$server/file" -o second && echo after >&2; } 2>held || fail "-o second ended with $?"
same wanted held
{ echo before >&7 && ferry get "$server/file" -o /dev/fd/7 && echo after >&7; } 7>held 2>err || fail "-o /dev/fd/7 ended with $?"
same wanted held
[ -L first ] && [ -L second ] || fail 'a link to a stream was replaced'

# One that was closed, or is open for reading alone, takes nothing: that is no /dev/null.
for name in - first; do
	for closed in '>&-' '1</dev/null'; do
		code=0
		eval 'ferry get -q "$server/file" -o "$name" 2>err '"$closed" || code=$?
		equal "code of -o $name $closed" "$code" 9
	done
done
says 'cannot write to standard output' err
code=0
ferry get -q "$server/file" -o copy --failed-list first 2>err >&- || code=$?
equal 'code of a list into nothing' "$code" 9
says 'cannot write first: input/output error' err
absent copy
ferry get -q "$server/file" -o - >/dev/null || fail "-o - into /dev/null ended with $?"

# Two names are two streams, be they one file or one terminal; what another one has to do with it does not count.
code=0
ferry get -q "$server/nothing" --json --failed-list second >both 2>&1 || code=$?
equal 'code of two streams into one file' "$code" 3
says '^\{"url":.*"failed"' both
equal 'the list' "$(tail -n 1 both)" "$server/nothing"
ferry get "$server/file" -o copy --failed-list second >&- 2>/dev/null || fail "a list beside a closed stream ended with $?"
ln -s /dev/null nowhere
ferry get "$server/file" -o nowhere 2>err >&- || fail "-o nowhere ended with $?"
[ -L nowhere ] && [ -c /dev/null ] || fail 'a link to a device was replaced'

# A link of one's own to a file is replaced, whoever has that file open.
for name in current ./current; do
	echo kept >data
	ln -sf data current
	ferry get -q "$server/file" -o "$name" 9>>data || fail "-o $name ended with $?"
	same source/file current
	[ ! -L current ] || fail 'a link was followed'
	equal 'the file behind the link' "$(cat data)" kept
done
rm copy current

expect 9 ferry get "$server/file" -o missing/file
expect 2 ferry get "$server/file" -o here
says '-d' err
expect 2 ferry get "$server/file" -o here/new/
expect 2 ferry get "$server/file" "$server/file" -o two
expect 2 ferry get -r "$server/" -o tree
for name in - first /proc/self/fd/1; do
	expect 2 ferry get "$server/file" -o "$name" --json
	says 'both want the standard output' err
	[ ! -s out ] || fail "-o $name --json wrote something"
	expect 2 ferry get "$server/file" -o "$name" --failed-list /dev/fd/1
	says 'both want the standard output' err
	[ ! -s out ] || fail "-o $name --failed-list wrote something"
done
expect 2 ferry get "$server/file" --json --failed-list first
says '--failed-list and --json both want the standard output' err
expect 0 ferry get -q "$server/file" -o second --json
equal 'standard error beside JSON' "$(jq -r '"\(.status) \(.path)"' out)" 'fetched second'
same source/file err
absent missing two tree here/new
