#!/bin/bash
# --include and --exclude choose from a tree, in their order; what is excluded is not even read.
. tests/support/story.sh

mkdir -p source/tree/{docs/deep,build/lib,empty,secret}
for file in a.txt b.o docs/c.txt docs/d.o docs/deep/e.txt build/f.txt build/lib/g.o; do echo "$file" >"source/tree/$file"; done
ln -s a.txt source/tree/link
chmod 000 source/tree/secret
start_server as_nobody source
chosen() {
	rm -rf copy
	expect "$1" ferry get -r "$server/tree/" -d copy "${@:3}"
	equal "with ${*:3}" "$(cd copy && find . -mindepth 1 -printf '%P ' | tr ' ' '\n' | sort | xargs)" "$2"
}

chosen 0 'a.txt docs docs/c.txt docs/deep docs/deep/e.txt empty' --exclude '*.o' --exclude build --exclude secret
chosen 0 'a.txt docs docs/c.txt docs/deep docs/deep/e.txt' --include '*.txt' --exclude build/ --exclude /secret
chosen 4 'a.txt build build/f.txt docs docs/c.txt docs/deep docs/deep/e.txt' --include '*.txt'
chosen 0 'docs docs/c.txt' --include 'docs/*' --exclude '*.o' --exclude 'docs/deep' --exclude secret
chosen 0 'docs docs/c.txt docs/d.o docs/deep docs/deep/e.txt' --include 'docs/**' --exclude secret
chosen 0 'b.o build build/f.txt build/lib build/lib/g.o docs docs/deep' \
	--exclude secret --exclude empty --exclude '**.txt' --exclude '*.o' --include b.o --include 'build/**'
chosen 0 '' --exclude '*'
equal 'a folder that arrives for its file' "$(stat -c %y source/tree/docs)" \
	"$(rm -rf copy && ferry get -q -r "$server/tree/" -d copy --include c.txt --exclude secret && stat -c %y copy/docs)"

# Nobody asked for what is excluded.
: >"$server_log"
chosen 0 'a.txt b.o empty' --exclude docs --exclude '/build/' --exclude '[r-t]ecret'
if grep -E 'op=list' "$server_log" | grep -E 'docs|build|secret'; then fail 'an excluded folder was read'; fi
says 'op=list path="tree/empty"' "$server_log"

# Symlinks and what cannot be read are judged as well; a list of sums, too.
expect 4 ferry get -r "$server/tree/" -d copy --json --exclude 'docs/**'
equal 'statuses' "$(jq -r 'select(.status != "fetched" and .status != "unchanged").status' out | sort | xargs)" 'failed skipped'
expect 0 ferry get -r "$server/tree/" -d copy --json --exclude secret --exclude link
equal 'nothing skipped' "$(jq -r .status out | grep -c skipped)" 0
(cd source/tree && sha256sum a.txt b.o docs/c.txt) >sums
expect 0 ferry get --sums sums "$server/tree/" -d summed --include '*.txt'
equal 'from the list' "$(cd summed && find . -type f | sort | xargs)" './a.txt ./docs/c.txt'
(cd source/tree && sha256sum a.txt docs/c.txt docs/deep/e.txt build/f.txt build/lib/g.o) >sums
for folder in build build/ /build 'bu[h-j]*'; do
	rm -rf summed
	expect 0 ferry get --sums sums "$server/tree/" -d summed --exclude "$folder" --exclude docs/deep/ --include '*.o'
	equal "from the list without $folder" "$(cd summed && find . -type f | sort | xargs)" './a.txt ./docs/c.txt'
done

# Many folders are asked for at once.
mkdir -p source/many/{1..30}/{1..20}
touch source/many/{1..30}/{1..20}/{keep,drop}
expect 0 ferry get -r --no-sync "$server/many/" -d many --exclude drop
equal 'kept' "$(find many -type f -name keep | wc -l) $(find many -type f | wc -l)" '600 600'
chmod 755 source/tree/secret
for option in "--include x" "--exclude x"; do
	# shellcheck disable=SC2086
	expect 2 ferry get "$server/tree/a.txt" $option
done
expect 2 ferry get -r "$server/tree" --include ''
