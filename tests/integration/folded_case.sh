#!/bin/bash
# Names that the server tells apart are one in a folder that folds case: one file has the place, and what is told of it is true; the
# others fail and harm nothing. Threat S3 of docs/security.md.
. tests/support/story.sh
in_own_mounts

[ -x "$tools/casefold" ] || skip 'no libfuse3 here'
[ -r /dev/fuse ] || skip 'no FUSE here'
mkdir backing mounted
exec {from}< <(exec "$tools/casefold" "$work/backing" mounted 2>casefold.log)
tool_pids+=($!)
read -r line <&"$from" || skip "FUSE mounts nothing here: $(tail -n 1 casefold.log)"
equal 'what the file system says' "$line" mounted
until [ "$(stat -f -c %T mounted)" = fuseblk ] || [ "$(stat -f -c %T mounted)" = fuse ]; do sleep 0.01; done

mkdir -p source/{same,Same,SAME}/below source/9
for name in long LONG other Other Übung übung only; do echo "$name" >"source/$name"; done
for name in big BIG; do sample "source/$name" 3000000; done
for name in x1 X1; do sample "source/9/$name" $((RANDOM + 1)); done
for folder in same Same SAME; do echo "$folder" >"source/$folder/file" && echo "below $folder" >"source/$folder/below/file"; done
long=$(printf 'x%.0s' {1..250})
for name in "$long" "${long^^}"; do sample "source/$name" 2000; done
# No two have the same time: what is told to be unchanged is what lies there.
time=1000000000
while read -r path; do touch -d "@$((time += 1))" "$path"; done < <(find source -type f)
start_server source

# gets OPTION...: of 19 files 9 have places, and 10 find theirs taken.
gets() {
	local path
	expect 9 timeout 60 "$programs/ferry" get -r "$server/" -d mounted/got --json "$@"
	equal 'files that failed' "$(jq -c 'select(.status == "failed")' out | wc -l)" 10
	equal 'codes and messages' "$(jq -r 'select(.error) | "\(.error.code) \(.error.message | sub(".*: "; ""))"' out | sort -u)" \
		'9 its folder takes it for another file of this run, whose name differs in case alone'
	equal 'files that are there' "$(jq -c 'select(.status != "failed")' out | wc -l)" 9
	while read -r path; do same "source/${path#mounted/got/}" "$path"; done < <(jq -r 'select(.status != "failed").path' out)
	equal 'partials left' "$(find backing -name '.*.ferry-part')" ''
}

for options in '' '--no-sync' '-j 1' '-j 1 --no-sync' '-j 4 --verify'; do
	# shellcheck disable=SC2086
	{
		gets $options
		gets $options
		# Whatever lies there and is older is replaced by one of them.
		find backing/got -type f -exec touch -d @1 {} +
		gets $options
	}
	rm -r backing/got
done

# Where names are told apart nothing of this is in the way.
expect 0 ferry get -r "$server/" -d apart
same source apart
expect 0 ferry get -r "$server/" -d apart --json
equal 'what is told of them' "$(jq -r .status out | sort -u)" unchanged
