#!/bin/bash
# Both programs read frames that come one byte at a time.
. tests/support/story.sh

mkdir source
sample source/file 40000
echo small >source/small
start_server source
start_proxy --drip
expect 0 ferry get -r "$proxied/" -d copy
same source copy
