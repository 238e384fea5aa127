#!/bin/bash
# A tree of 5,000 small files and some empty folders arrives whole.
. tests/support/story.sh

for folder in source/{1..50}; do
	mkdir -p "$folder/empty"
	for file in "$folder"/{1..100}; do echo "$file" >"$file"; done
done
start_server source
expect 0 ferry get -r "$server/" -d copy
same source copy
