#!/bin/bash
# A manifest says what to fetch, where it lands and what its SHA-256 has to be; what failed comes back as another one.
. tests/support/story.sh

mkdir -p source/deep/er
sample source/small 1000
sample source/large 3000000
sample source/deep/er/file 50000
cp source/small $'source/odd %\tname'
start_server source
sum() { sha256sum "source/$1" | cut -d ' ' -f 1; }
tab=$'\t'

cat >list <<LIST
# what we want

$server/small
$server/large${tab}sub/folder/big${tab}$(sum large)
$server/deep/er/file${tab}${tab}$(sum deep/er/file | tr a-f A-F)
$server/odd%20%25%09name${tab}sub/odd %25%09name
LIST
expect 0 ferry get -i list -d copy --json --failed-list failed
[ ! -s failed ] || fail 'something failed'
same source/small copy/small
same source/large copy/sub/folder/big
same source/deep/er/file copy/file
same source/small $'copy/sub/odd %\tname'
equal 'sums told' "$(jq -r 'select(.sha256).sha256' out | sort | xargs)" "$({ sum large && sum deep/er/file; } | sort | xargs)"

# Size and time are believed, but not where there is a sum.
printf "sixteen other bytes" | dd of=copy/sub/folder/big bs=1 seek=2000000 conv=notrunc status=none
touch -r source/large copy/sub/folder/big
expect 0 ferry get -i - -d copy --json <list
same source/large copy/sub/folder/big
equal 'second run' "$(jq -r .status out | sort | xargs)" 'fetched unchanged unchanged verified'

# Whatever is missing or wrong is one result each, and the list of it can be fetched again: by the same name, too.
rm -r copy
{ cat list && echo "$server/none" && printf '%s\tx/%%25y\n' "$server/later"; } >more
sed -i "s/$(sum large)/$(sum small)/" more
expect 12 ferry get -i more -d copy --failed-list more --json
printf '%s\n' "$server/large${tab}sub/folder/big${tab}$(sum small)" "$server/later${tab}x/%25y" "$server/none" >wanted
same wanted more
absent copy/sub/folder/big copy/x
equal 'codes' "$(jq -r 'select(.error).error.code' out | sort | xargs)" '3 3 7'
cp source/small source/none
cp source/large source/later
sed -i "s/$(sum small)/$(sum large)/" more
expect 0 ferry get -i more -d copy --failed-list more
same source/later 'copy/x/%y'
same source/large copy/sub/folder/big
same more /dev/null

# A tree's failures come back with their places; a run that is interrupted lists what it did not get to.
expect 5 ferry get -r -d tree --failed-list failed --retry 0 ferry://127.0.0.1:1/deep
says '^ferry://127.0.0.1:1/deep$' failed
printf 'ferry://127.0.0.1:1/x\t\t%s\n' "$(sum small)" >failed
expect 5 ferry get -r -i failed -d tree --failed-list failed --retry 0
equal 'a sum is kept' "$(cat failed)" "ferry://127.0.0.1:1/x${tab}x${tab}$(sum small)"

# What a list of sums names comes back with its sum beside the line of what it lies in: both are one source, and the sum counts.
mkdir -p source/both/sub
cp source/small source/both/a
cp source/large source/both/sub/z
(cd source/both && sha256sum a sub/z) >sums
# both URL BELOW: what the URL names lands at BELOW.
both() {
	expect 5 ferry get -r --sums sums "ferry://127.0.0.1:1/$1" -d "from.${1%/}" --failed-list todo --retry 0
	sed -i "s|ferry://127.0.0.1:1|$server|" todo
	printf '%s\n' "$server/$1" "$server/both/a${tab}$2a${tab}$(sum small)" "$server/both/sub/z${tab}$2sub/z${tab}$(sum large)" >wanted
	same wanted todo
	sed -i "s/$(sum large)/$(sum small)/" todo
	expect 7 ferry get -r -i todo -d "from.${1%/}" --failed-list todo
	equal 'what is left' "$(cat todo)" "$server/both/sub/z${tab}$2sub/z${tab}$(sum small)"
	same source/small "from.${1%/}/$2a"
	absent "from.${1%/}/$2sub/z"
	{ cat todo && printf '%s\n' "$server/$1" "$server/$1"; } | sed "s/$(sum small)/$(sum large)/" >more
	expect 0 ferry get -r -i more -d "from.${1%/}" --failed-list todo --json
	equal 'sums told' "$(jq -r 'select(.sha256).sha256' out)" "$(sum large)"
	equal 'files told' "$(jq -r .path out | sort | xargs)" "from.${1%/}/$2a from.${1%/}/$2sub/z"
	same source/both "from.${1%/}/$2"
}
printf '%s\t\t%s\n' "$server/both/a" "$(sum small)" "$server/both/a" "$(sum large)" >more
expect 2 ferry get -r -i more -d twice
says 'both/a and .*both/a would both be written to a' err
absent twice/a
both both/ ''
rm -r from.both
both both both/

# Where a listing breaks off one line brings it all: what it has named already has none of its own.
mkdir source/many
(cd source/many && touch {1..6000})
start_proxy --cut 150000
expect 5 ferry get -r "$proxied/many" -d broken --failed-list failed --retry 0
equal 'a listing that broke off' "$(cat failed)" "$proxied/many"
sed "s|$proxied|$server|" failed >more
expect 0 ferry get -r -i more -d broken --no-sync --failed-list more
same source/many broken/many
vast source/vast
start_proxy --stall 5000
stopped_get() {
	"$tools/outcome" "$programs/ferry" get "$proxied/vast" "$server/small" -d stopped --failed-list failed 3>&1 2>client.log
}
exec {report}< <(stopped_get)
read -r _ pid <&"$report"
read -r _ <&"$from"
kill -INT "$pid"
read -r word number <&"$report"
equal 'end' "$word $number" 'signal 2'
says "^$proxied/vast$" failed

# What cannot be meant is refused before anything is fetched, with its line.
refused() {
	printf "$1" >wrong
	expect 2 ferry get -i wrong -d new --failed-list untouched
	says "$2" err
	absent untouched new/small
}
refused '' 'names no file'
refused '# nothing\n \n' 'names no file'
refused "$server/small\n$server/small\t../up\n" 'line 2'
refused "$server/small\t/top\n" 'line 1'
refused "$server/small\tx%%zz\n" 'line 1'
refused "$server/small\tx\t12\n" 'line 1'
refused "$server/small\tx\t\tmore\n" 'line 1'
refused "$server/small\0\n" 'line 1'
refused "$server/small\n$server/deep/er/file\tsmall\n" 'small .*and .*file .*small'
refused "$server/small\tx\n$server/large\tx/y\n" 'both'
refused "http://example.org/\n" 'URL'
expect 2 ferry get -i list -o file
expect 9 ferry get -i missing

# What -o names inside a folder comes back as a path that lands there again; where no manifest can say it, as the name alone.
mkdir -p inner/sub
expect 3 ferry get "$server/nothing" -d inner -o sub/f --failed-list failed
equal 'below -d' "$(cat failed)" "$server/nothing"$'\tsub/f'
expect 3 ferry get "$server/nothing" -o inner/sub/f --failed-list failed
equal 'below the current folder' "$(cat failed)" "$server/nothing"$'\tinner/sub/f'
expect 3 ferry get "$server/nothing" -o "$work/inner/sub/f" --failed-list failed
equal 'anywhere' "$(cat failed)" "$server/nothing"$'\tf'

# A stream of ours goes on where it is, whatever it is called; any other link gets a file in its place.
ln -s /proc/self/fd/1 first
ln -s /dev/fd/2 second
ln -s plain link
echo kept >plain
tell_failure() {
	local code=0
	echo before
	ferry get -q "$server/nothing" --failed-list "$1" || code=$?
	echo "$code"
}
printf '%s\n' before "$server/nothing" 3 >wanted
for name in first /proc/self/fd/1 /dev/fd/1 ./first; do
	tell_failure "$name" >told 2>err
	same wanted told
done
tell_failure /dev/fd/7 7>told >rest 2>err
equal 'another descriptor' "$(cat told)" "$server/nothing"
tell_failure second 2>err >told
equal 'standard error' "$(tail -n 1 err)" "$server/nothing"
[ -L first ] && [ -L second ] || fail 'a link to a stream was replaced'
expect 3 ferry get "$server/nothing" --failed-list link
equal 'a link, and the file behind it' "$(cat link plain)" "$server/nothing"$'\n'kept
[ ! -L link ] || fail 'a link was followed'

expect 9 ferry get -i list --failed-list missing/list
expect 9 ferry get -i list --failed-list .
for name in '' novel/ plain/; do
	expect 2 ferry get "$server/nothing" --failed-list "$name"
	says "--failed-list $name names no file" err
done
absent novel
