#!/bin/bash
# What no honest server says to ls, stat, sum and ping is a breach of the protocol; what is true before it is printed.
. tests/support/story.sh

welcome=$(frame 81 00 0 46455252590d0a1a0001000000000040000100000004)
# entry KIND NAME [REASON]
entry() {
	local name
	name=$(hex_of "$2")
	printf '%s01a4%s%04x%04x%s' "$1" "$(printf '%040d' 0)" "${3:-0}" $((${#name} / 2)) "$name"
}
# lie FRAME...: a server that says these after its WELCOME, whatever it is asked, and holds on; sets url.
lie() {
	local all
	all=$welcome$(printf %s "$@")
	printf "$(sed 's/../\\x&/g' <<<"$all")" >script
	start_tool impostor hold script
	read -r other <&"$from"
	url=ferry://127.0.0.1:$other/folder
}

lie "$(frame 91 00 1 "$(entry 01 a/b)")"
expect 11 ferry ls "$url"
equal 'a path in a plain listing' "$(cat out)" ''
lie "$(frame 91 00 1 "$(entry 01 fine)$(entry 01 ..)")"
expect 11 ferry ls -r "$url"
lie "$(frame 91 00 1 "$(entry 01 "$(printf 'x%.0s' {1..250})/$(printf 'y%.0s' {1..256})")")"
expect 11 ferry ls -r "$url"
lie "$(frame 91 00 1 "$(entry 01 fine)")$(frame 96 00 1 0000000000000002)"
expect 11 ferry ls "$url"
equal 'what came before a wrong count' "$(cat out)" 'fine'
lie "$(frame 91 00 1 "$(entry 01 fine)$(entry 05 closed 4)")$(frame ff 00 1 "000700000000$(path $'on \e[31mfire')")"
expect 12 ferry ls "$url" --json
equal 'objects of a listing that broke off' "$(jq -c '[.kind, .error.code]' out | xargs)" '[file,null] [unreadable,4] [null,1]'
says 'on \\x1b\[31mfire' err
lie "$(frame 90 00 1 "03$(printf '%0142d' 0)")"
expect 0 ferry stat "$url"
says '^kind +symlink$' out
lie "$(frame 95 00 1 01)"
expect 11 ferry stat "$url"
lie "$(frame ff 00 1 "000600000bb8$(path later)")"
expect 10 ferry stat "$url" --json
equal 'a busy server' "$(jq -c .error.retry out)" true
lie "$(frame ff 00 1 "03e700000000$(path strange)")"
expect 1 ferry sum "$url"
lie "$(frame 95 00 1 00)"
expect 11 ferry ping "$url"
lie "$(frame ff 00 0 "000d00000000$(path bye)")"
expect 5 ferry ping "$url" --json
equal 'a server that stops' "$(jq -c '[.count, .error.code]' out)" '[0,5]'
