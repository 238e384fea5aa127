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

# Two sources for one place, which only a listing can tell: nothing is fetched, and what was to be done stays to be done.
mkdir -p source/clash && echo other >source/clash/one
twins() {
	expect 2 ferry get "$@" -r --failed-list left --json
	says 'one.*one' err
	[ ! -s out ] || fail 'a file was told'
	absent twins/one twins/three left
}
twins "$server/tree/" "$server/clash/" -d twins
twins "$server/clash/one" "$server/tree/" -d twins
twins "$server/three" "$server/clash" "$server/tree/one" "$server/tree/" -d twins
printf '%s\n%s\tone\n' "$server/tree/" "$server/three" >list
twins -i list -d twins
expect 2 ferry get -r "$server/tree/" "$server/clash/" -d twins --dry-run
absent twins/one

# Sources in one folder that have no name in common are no twins; neither is what both bring as a folder.
mkdir -p source/more/deep && echo four >source/more/deep/four
expect 0 ferry get -r "$server/tree/" "$server/more/" "$server/three" -d merged
equal 'what was merged' "$(cd merged && find . -type f | sort | xargs)" './deep/four ./deep/two ./one ./three'

# A file in the place of a folder that another source needs for its destination alone.
echo file >source/more/x
printf '%s\tx/y/f\n%s\n' "$server/three" "$server/more/" >list
expect 2 ferry get -r -i list -d hindered
says 'three and .*more/x would both be written to x' err
absent hindered/x
