#!/bin/bash
# A server killed with clients connected takes its port back at once, and clients go on.
. tests/support/story.sh

mkdir source
sample source/file 3000000
start_server source
greet
greet
put "$(read_request 1 file "$any_version" 0 1)"
get_frame
kill_server
listen=127.0.0.1:$port start_server source
expect 0 ferry get "$server/file" -o copy
same source/file copy
