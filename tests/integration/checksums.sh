#!/bin/bash
# A SHA-256 of one's own decides over a file: from the command line, or from a list that sha256sum wrote.
# Threat S8 of docs/security.md.
. tests/support/story.sh

mkdir -p source/tree/sub 'source/tree/empty folder'
sample source/tree/large 2500000
sample source/tree/sub/small 17000
: >source/tree/sub/empty
cp source/tree/large $'source/tree/odd\\na\nme'
start_server source
sum() { sha256sum <"source/tree/$1" | cut -d ' ' -f 1; }
wrong=$(printf '%064d' 7)

for file in large sub/small sub/empty; do
	expect 0 ferry get "$server/tree/$file" --sha256 "$(sum $file)" -o one --json
	same "source/tree/$file" one
	equal 'sum told' "$(jq -r .sha256 out)" "$(sum $file)"
	rm one
	expect 7 ferry get "$server/tree/$file" --sha256 "$wrong" -o one --json
	absent one
	equal 'sum found' "$(jq -r '"\(.sha256) \(.status) \(.error.retry)"' out)" "$(sum $file) failed false"
	says "$(sum $file)" err
	rm -f .one.ferry-part
done

# What is there stays until its successor is right; proof takes the place of belief.
echo old >one
expect 7 ferry get "$server/tree/large" --sha256 "$wrong" -o one
equal 'old file' "$(cat one)" old
cp -p source/tree/large one
expect 0 ferry get "$server/tree/large" --sha256 "$(sum large)" -o one --json
equal 'proven' "$(jq -r '"\(.status) \(.fetched) \(.reused)"' out)" 'verified 0 2500000'

# Damage that neither size nor time shows is found by the sum.
flip one 1500000
touch -r source/tree/large one
rm .one.ferry-part
expect 0 ferry get "$server/tree/large" --sha256 "$(sum large)" -o one --json
equal 'repaired' "$(jq -r '"\(.status) \(.fetched) \(.reused)"' out)" 'fetched 1048576 1451424'
same source/tree/large one

# On the way through a pipe, and to nowhere.
ferry get "$server/tree/large" --sha256 "$(sum large)" -o - | cmp - source/tree/large || fail 'another file came out'
expect 7 ferry get "$server/tree/large" --sha256 "$wrong" -o -
expect 0 ferry get "$server/tree/large" --sha256 "$(sum large)" -o /dev/null -j 4
expect 7 ferry get "$server/tree/large" --sha256 "$wrong" -o /dev/null

# Lists: as sha256sum writes them, as find hands them to it, and tagged.
(cd source/tree && sha256sum -- large sub/* odd*) >sums
(cd source/tree && find . -type f -exec sha256sum {} +) >found
(cd source/tree && sha256sum --tag large sub/small sub/empty odd*) >tagged
for list in sums found tagged; do
	expect 0 ferry get --sums "$list" "$server/tree/" -d "copy.$list" --json
	equal 'files' "$(jq -r .status out | xargs)" 'fetched fetched fetched fetched'
	(cd "copy.$list" && sha256sum --quiet -c "../sums") || fail "$list"
done
expect 0 ferry get --sums - "$server/tree" -d named <sums
same copy.sums named/tree
expect 0 ferry get -r --sums sums "$server/tree" -d whole
same source/tree whole/tree
expect 0 ferry sum -r "$server/tree/"
cp out sums
expect 0 ferry get --sums sums "$server/tree/" -d copy.sums --json
equal 'again' "$(jq -r .status out | sort -u)" verified

# One wrong line fails one file.
sed -i "s/.*sub.small/$wrong  sub\/small/" sums
expect 7 ferry get --sums sums "$server/tree/" -d partly --failed-list failed
absent partly/sub/small
same source/tree/large partly/large
equal 'failed list' "$(cat failed)" "$server/tree/sub/small"$'\tsub/small\t'"$wrong"
for line in "$wrong" "$wrong  ../up" "$wrong  /top" "$wrong  " "${wrong}0  large" "x$wrong  large" "\\$wrong  a\\tb" ''; do
	printf '%s\n' "$line" >bad
	expect 2 ferry get --sums bad "$server/tree/" -d new
	absent new/large
done
expect 2 ferry get --sums sums "$server/tree/large" "$server/tree/sub" -d new
expect 2 ferry get --sums sums -i found -d new
expect 2 ferry get "$server/tree/large" --sha256 12
expect 2 ferry get "$server/tree" -r --sha256 "$wrong"
expect 2 ferry get "$server/tree/large" "$server/tree/sub/small" --sha256 "$wrong"
