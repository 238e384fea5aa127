#!/bin/bash
# Clients that ask for much and read nothing hold up nobody, and get every byte once they read.
# Threat C7 of docs/security.md.
. tests/support/story.sh

mkdir source
vast source/file
start_server source
for ((i = 0; i < 2 * ($(nproc) + 8); i++)); do
	greet
	put "$(read_request 1 file "$any_version" 0 1)"
	get_frame
	put "$(read_request 2 file "$(file_version)" 0 200)"
	slow+=("$wire")
done
expect 0 ferry get "$server/file" -o copy --no-sync
same source/file copy
for wire in "${slow[@]:0:2}"; do
	get_pieces 1 1 >first
	get_frame
	get_pieces 2 200 >whole
	same source/file whole
done
