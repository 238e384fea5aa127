#!/bin/bash
# The failed list takes no file's place: what would land there is refused before it is fetched, and whatever was fetched stays.
. tests/support/story.sh

mkdir -p source/sub
for name in small Small other sub/small; do sample "source/$name" 1000; done
start_server source

# Known before anything is fetched: a usage error that names both, and nothing is touched.
refused() {
	expect 2 ferry get "$@" --json
	says "$server/[a-z/]*small .*failed list.* would both be written to " err
	[ ! -s out ] || fail 'a file was told'
	absent ff other small copy
	equal 'the list' "$(cat kept/small)" old
}
mkdir kept && echo old >kept/small
ln -s kept way
refused "$server/small" -o kept/small --failed-list kept/small
refused "$server/small" -o kept/small --failed-list way/small
refused "$server/small" -o kept/small --failed-list "$work/kept/small" --dry-run
refused "$server/other" "$server/small" -d kept --failed-list kept/small
refused "$server/sub/small" -d kept --failed-list ./kept/small --no-clobber
printf '%s\n%s\tkept/small\n' "$server/other" "$server/small" >list
refused -i list --failed-list kept/small
(cd source && sha256sum other small) >sums
refused --sums sums "$server/" -d way --failed-list kept/small
rm -r kept/small
expect 2 ferry get "$server/small" -o ff --failed-list ff
absent ff

# A list that is the manifest itself, and what it names lies beside it.
printf '%s\n' "$server/small" >kept/todo
expect 0 ferry get -i kept/todo -d kept --failed-list kept/todo
same source/small kept/small
[ ! -s kept/todo ] || fail 'something failed'

# What only a listing names fails by itself, all else arrives. Another name, or the same one in another folder, is in nobody's way.
for options in '' '-j 1 --no-sync' --verify; do
	mkdir tree
	# shellcheck disable=SC2086
	(cd tree && expect 9 ferry get -r "$server/" -d . --failed-list small --json $options)
	equal 'what failed' "$(jq -r 'select(.status == "failed") | "\(.path) \(.error.code)"' out)" './small 9'
	says 'small: the failed list goes there' err
	equal 'what did not' "$(jq -r 'select(.status == "fetched").path' out | sort | xargs)" './Small ./other ./sub/small'
	equal 'the list' "$(cat tree/small)" "$server/small"
	cp source/small tree/small
	same source tree
	rm -r tree
done
expect 9 ferry get -r "$server/small" --failed-list small
mv small ff
expect 0 ferry get -r "$server/" -d tree --failed-list ff
same source tree

# Nothing is `unchanged` and then lost.
expect 9 ferry get -r "$server/" -d tree --failed-list tree/small --json
equal 'what did not fail' "$(jq -r 'select(.status == "unchanged").path' out | sort | xargs)" 'tree/Small tree/other tree/sub/small'
equal 'the list' "$(cat tree/small)" "$server/small"

# Another run's unfinished list stays what it is, also where its process has the number of this one: two containers, one folder.
mkdir shared
for number in 1 2; do
	# shellcheck disable=SC2016
	expect 3 bash -c 'echo other >"shared/.ferry-list-$$" && exec "$@"' - "$programs/ferry" get "$server/none" --failed-list shared/todo
	equal 'the list' "$(cat shared/todo)" "$server/none"
	equal 'unfinished lists' "$(cat shared/.ferry-list-* | xargs)" "$(yes other | head -n $number | xargs)"
done
