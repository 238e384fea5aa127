#!/bin/bash
# ferry verify says which pieces of which files are not what the server has, what is missing and what is too much.
. tests/support/story.sh

mkdir -p source/tree/{sub/deep,empty}
sample source/tree/small 20000
sample source/tree/large 12000000
sample source/tree/sub/deep/other 1048577
: >source/tree/sub/nothing
ln -s small source/tree/link
start_server source
copy() { rm -rf copy && cp -r source/tree copy; }

copy
expect 0 ferry verify "$server/tree" copy
[ ! -s out ] || fail 'it said something'
expect 0 ferry verify "$server/tree/" copy/ -v
equal 'ok' "$(sort out | xargs)" 'ok copy/large ok copy/small ok copy/sub/deep/other ok copy/sub/nothing'
expect 0 ferry verify "$server/tree/large" copy/large

# One of each.
flip copy/large 3145728 7340031 7340032 11999998
truncate -s 1000 copy/small
echo more >>copy/sub/deep/other
rm copy/sub/nothing
rmdir copy/empty
mkdir copy/extra && touch copy/extra/inside $'copy/odd\nname'
expect 7 ferry verify "$server/tree" copy
cat >wanted <<'LIST'
differs copy/large: pieces 3, 6-7, 11 of 12
differs copy/small: pieces 0 of 1; it is shorter here
differs copy/sub/deep/other: it is longer here
extra copy/extra
extra copy/odd\x0aname
missing copy/empty
missing copy/sub/nothing
LIST
sort out >sorted
same wanted sorted
[ ! -s err ] || fail 'differences are no failures'
expect 7 ferry verify "$server/tree" copy --json
equal 'statuses' "$(jq -r .status out | sort | uniq -c | xargs)" '3 differs 2 extra 2 missing'
equal 'pieces' "$(jq -c 'select(.path == "copy/large") | [.wrong, .pieces, .bytes, .error.code]' out)" \
	'[[[3,3],[6,7],[11,11]],12,12000000,7]'
equal 'fields' "$(jq -r 'keys_unsorted | join(" ")' out | sort -u)" 'url path path_hex status bytes pieces wrong error'

jq -r .error.message out | sort >messages
sed -E 's/^differs ([^:]*)/\1 differs/; s/^(missing|extra) (.*)/\2 is \1/' wanted | sort >sentences
same sentences messages
equal 'sizes of what is missing' "$(jq -c 'select(.status == "missing") | [.path, .bytes, .pieces]' out | sort | xargs)" \
	'[copy/empty,null,null] [copy/sub/nothing,0,1]'

# What is fetched is verified.
rm -rf copy
expect 0 ferry get -r "$server/tree" -d .
expect 0 ferry verify "$server/tree" tree

# Other kinds, nothing at all, and what cannot be looked at.
copy
rm copy/small copy/sub/nothing && mkdir copy/small && ln -s ../large copy/sub/nothing
rm -r copy/empty && touch copy/empty
expect 7 ferry verify "$server/tree" copy
equal 'kinds' "$(grep -c 'no regular file here' out) $(grep -c 'no folder here' out)" '2 1'
expect 7 ferry verify "$server/tree" copy --json
equal 'sizes of other kinds' "$(jq -c 'select(.status == "differs") | [.path, .bytes, .pieces]' out | sort | xargs)" \
	'[copy/empty,null,null] [copy/small,20000,1] [copy/sub/nothing,0,1]'
says '"copy/empty differs: it is no folder here"' out
says '"copy/small differs: it is no regular file here"' out
expect 7 ferry verify "$server/tree/large" none --json
equal 'size of one file' "$(jq -c '[.status, .bytes, .pieces]' out)" '["missing",12000000,12]'
expect 7 ferry verify "$server/tree" none
expect 7 ferry verify "$server/tree" copy/large
expect 7 ferry verify "$server/tree/large" none
expect 7 ferry verify "$server/tree/large" copy
expect 0 ferry verify "$server/tree/large" copy/sub/nothing
expect 3 ferry verify "$server/none" copy --json
equal 'failed' "$(jq -r '"\(.status) \(.error.code)"' out)" 'failed 3'
expect 5 ferry verify ferry://127.0.0.1:1/x copy
expect 2 ferry verify http://x copy --json
equal 'unusable' "$(jq -r .url out)" http://x
expect 2 ferry verify "$server/tree"

# Many small files, as far ahead as the window goes.
mkdir source/many
for i in {1..300}; do echo "$i" >"source/many/$i"; done
cp -r source/many many
echo other >many/77
expect 7 ferry verify "$server/many" many
equal 'the one' "$(cat out)" 'differs many/77: pieces 0 of 1; it is longer here'
