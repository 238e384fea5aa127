#!/bin/bash
# Names that are legal and awkward arrive under exactly these names, and can be asked for one by one.
# Threat S4 of docs/security.md.
. tests/support/story.sh

mkdir source
names=($'new\nline' $'control\x01\x1b[31m' $'not\xff\xfeutf8' 'per%41cent' ' spaces ' 'hash#mark' 'ques?tion' 'back\slash'
	'-dash' 'quo"te' "$(printf 'x%.0s' {1..255})" 'größe' $'\u202ebidi' '~' '*' '.hidden' '...')
for name in "${names[@]}"; do
	printf %s "$name" >"source/$name"
done
mkdir "source/fol%20der "
echo inside >"source/fol%20der /file"
start_server source
expect 0 ferry get -r "$server/" -d copy --json
cp out results
same source copy
jq -r 'select(.status == "fetched") | .url' results >urls
equal 'number of URLs' "$(wc -l <urls)" $((${#names[@]} + 1))
mkdir again
while read -r url; do
	expect 0 ferry get "$url" -d again
done <urls
mv again/file again/inside
mkdir "again/fol%20der " && mv again/inside "again/fol%20der /file"
same source again
expect 0 ferry get "$server/ques?tion" -o literal
same "source/ques?tion" literal
