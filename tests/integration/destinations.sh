#!/bin/bash
# Where files and trees land: by last component, with a slash or without, in folders that -d makes.
. tests/support/story.sh

mkdir -p source/tree/deep source/other
echo one >source/tree/one
echo two >source/tree/deep/two
echo three >source/three
start_server source
expect 0 ferry get "$server/tree/one" "$server/three" -d made/with/parents
same source/tree/one made/with/parents/one
same source/three made/with/parents/three
expect 0 ferry get -r "$server/tree" -d whole
same source/tree whole/tree
expect 0 ferry get -r "$server/tree/" -d contents
same source/tree contents
expect 0 ferry get -r "$server/tree/one" -d single
same source/tree/one single/one
expect 2 ferry get "$server/tree" -d refused
says '-r' err
expect 2 ferry get "$server/tree/one" "$server/tree/one" -d refused
says 'one.*one' err
absent refused/tree refused/one
