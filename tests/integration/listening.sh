#!/bin/bash
# Beyond loopback a plain server listens only when told so; a port in use is 5; wildcards are written as loopback.
. tests/support/story.sh

mkdir source
echo here >source/file
expect 2 "$programs/ferryd" --no-cache -l 0.0.0.0:0 source
says plain err
expect 2 "$programs/ferryd" --no-cache -l :0 source
expect 2 "$programs/ferryd" --no-cache -l nonsense source
start_server source
expect 5 "$programs/ferryd" --no-cache -l "127.0.0.1:$port" source
start_server --plain -l 0.0.0.0:0 source
[[ $ready_line =~ ^ready\ ferry://127.0.0.1:[0-9]+/\ ferry://127.0.0.1:[0-9]+/$ ]] || fail "$ready_line"
