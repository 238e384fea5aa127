#!/bin/bash
# Twice as many silent connections as the server has workers cost a good client nothing.
# Threat C7 of docs/security.md.
. tests/support/story.sh

mkdir source
sample source/file 3000000
start_server source
workers=$(($(nproc) + 8))
for ((i = 0; i < 2 * workers; i++)); do
	dial
	greet
	dial
	put 0000
done
expect 0 ferry get "$server/file" -o copy
same source/file copy
