#!/bin/bash
# Sums are those of sha256sum, which accepts the list; tree digests of up to 16 KiB are the same.
. tests/support/story.sh

mkdir -p source/folder
sample source/large 3000000
sample source/small 16384
sample source/empty 0
echo x >$'source/folder/new\nline'
echo y >'source/folder/back\slash'
echo z >$'source/folder/tab\tand \xff'
start_server source
expect 0 ferry sum -r "$server/"
cp out remote
(cd source && sha256sum --check --strict --quiet ../remote) || fail 'sha256sum disagrees'
equal 'number of sums' "$(wc -l <remote)" 6
equal 'all lines' "$(sort remote)" "$(cd source && find . -type f -printf '%P\0' | xargs -0 sha256sum | sort)"
expect 0 ferry sum "$server/large"
equal 'one sum' "$(cat out)" "$(sha256sum source/large | sed 's|source/||')"
expect 0 ferry sum source/large
equal 'a local sum' "$(cut -c 1-64 out)" "$(sha256sum <source/large | cut -c 1-64)"
expect 0 ferry sum --tree "$server/small"
equal 'a tree digest' "$(cat out)" "TREE (small) = $(sha256sum <source/small | cut -c 1-64)"
for file in large empty; do
	expect 0 ferry sum --tree "$server/$file"
	cp out far
	expect 0 ferry sum --tree "source/$file"
	equal "tree digest of $file" "$(grep -oE '[0-9a-f]{64}$' out)" "$(grep -oE '[0-9a-f]{64}$' far)"
	expect 0 ferry get "$server/$file" -o "copy-$file" --json
	equal "root of $file" "$(jq -r .root out)" "$(grep -oE '[0-9a-f]{64}$' far)"
done
expect 3 ferry sum "$server/missing"
expect 9 ferry sum missing
