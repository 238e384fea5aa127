#!/bin/bash
# A tree of more folders than a process may hold descriptors arrives all the same.
# Threat E13 of docs/security.md.
. tests/support/story.sh

mkdir source
for number in {1..300}; do
	mkdir "source/$number"
	echo "$number" >"source/$number/file"
done
start_server source
# LIMIT: of both, or the soft one, which a process may raise.
get_with_few() {
	ulimit "$1" 400
	ferry get -r -j 4 "$server/" -d "copy$1"
}
for limit in -n -Sn; do
	expect 0 eval "(get_with_few $limit)"
	same source "copy$limit"
done
