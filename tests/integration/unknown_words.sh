#!/bin/bash
# An option or a command that nobody knows is refused, never accepted and ignored.
. tests/support/story.sh

mkdir source
echo here >source/file
start_server source
expect 2 ferry get "$server/file" --no-such-option
says 'no-such-option is not an option of ferry' err
expect 2 ferry no-such-command
expect 2 ferry
expect 2 "$programs/ferryd" -l 127.0.0.1:0 --no-such-option source
absent file
