#!/bin/bash
# What no honest server says to ls, stat, sum and ping is a breach of the protocol; what is true before it is printed.
# Threats S11 and S13 of docs/security.md.
. tests/support/story.sh

# entry KIND NAME [REASON]
entry() {
	local name
	name=$(hex_of "$2")
	printf '%s01a4%s%04x%04x%s' "$1" "$(printf '%040d' 0)" "${3:-0}" $((${#name} / 2)) "$name"
}
lie "$(frame 91 00 1 "$(entry 01 a/b)")"
expect 11 ferry ls "$liar/folder"
equal 'a path in a plain listing' "$(cat out)" ''
lie "$(frame 91 00 1 "$(entry 01 fine)$(entry 01 ..)")"
expect 11 ferry ls -r "$liar/folder"
lie "$(frame 91 00 1 "$(entry 01 "$(printf 'x%.0s' {1..250})/$(printf 'y%.0s' {1..256})")")"
expect 11 ferry ls -r "$liar/folder"
lie "$(frame 91 00 1 "$(entry 01 fine)")$(frame 96 00 1 0000000000000002)"
expect 11 ferry ls "$liar/folder"
equal 'what came before a wrong count' "$(cat out)" 'fine'
lie "$(frame 91 00 1 "$(entry 01 fine)$(entry 05 closed 4)")$(frame ff 00 1 "000700000000$(path $'on \e[31mfire')")"
expect 12 ferry ls "$liar/folder" --json
equal 'objects of a listing that broke off' "$(jq -c '[.kind, .error.code]' out | xargs)" '[file,null] [unreadable,4] [null,1]'
says 'on \\x1b\[31mfire' err
lie "$(frame 90 00 1 "03$(printf '%0142d' 0)")"
expect 0 ferry stat "$liar/folder"
says '^kind +symlink$' out
lie "$(frame 95 00 1 01)"
expect 11 ferry stat "$liar/folder"
lie "$(frame ff 00 1 "000600000bb8$(path later)")"
expect 10 ferry stat "$liar/folder" --json
equal 'a busy server' "$(jq -c .error.retry out)" true
lie "$(frame ff 00 1 "03e700000000$(path strange)")"
expect 1 ferry sum "$liar/folder"
lie "$(frame 95 00 1 00)"
expect 11 ferry ping "$liar/folder"
lie "$(frame ff 00 0 "000d00000000$(path bye)")"
expect 5 ferry ping "$liar/folder" --json
equal 'a server that stops' "$(jq -c '[.count, .error.code]' out)" '[0,5]'
