#!/bin/bash
# What a later version will do is refused today, never accepted and ignored.
. tests/support/story.sh

mkdir source
echo here >source/file
start_server source
while read -r option; do
	# shellcheck disable=SC2086
	expect 2 ferry get "$server/file" $option
	absent file x
done <<TABLE
--congestion cubic
TABLE
expect 2 ferry get "$server/file" --no-such-option
expect 2 ferry no-such-command
expect 2 ferry
for option in '--no-such-option'; do
	# shellcheck disable=SC2086
	expect 2 "$programs/ferryd" -l 127.0.0.1:0 $option source
done
absent file x
