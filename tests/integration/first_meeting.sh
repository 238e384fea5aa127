#!/bin/bash
# On a terminal the user is asked about a server that nobody knows; only yes is yes, and it is remembered.
# Threat P2 of docs/security.md.
. tests/support/story.sh
. "$root/tests/support/terminal.sh"

mkdir source
echo here | tee source/{file,second,third,fourth} >/dev/null
start_server --tls --state state source
pin=$("$programs/ferryd" --print-pin --state state)
known=$XDG_CONFIG_HOME/ferry/known-servers

for word in no '' y YES 'yes please' ' yes'; do
	meet ls "$server/"
	[[ $asked = *'is not known here'*"$pin"*'(yes/no' ]] || fail "$asked"
	answer "$word" 6
	says 'was not accepted' shown
	absent "$known"
done

# One thread asks, and the others take its word.
meet get -d copy -j 4 "$server/file" "$server/second" "$server/third" "$server/fourth"
answer no 6
! grep -q 'is not known here' shown || fail "the user was asked again: $(<shown)"
absent "$known"

# One thread asks, all go on; it is written down for its owner alone.
meet get -r "$server" -d copy -j 4
answer yes 0
same source copy
says "^127.0.0.1 $port ${pin//+/\\+}$" "$known"
equal 'mode of the known servers' "$(stat -c %a "$known")" 600
expect 0 ferry ls "$server/" </dev/null
expect 0 script -qec "$programs/ferry ls $server/" /dev/null </dev/null
! grep -q 'not known' out || fail 'the user was asked again'

# An interrupt at the question is one: nothing was said, nothing is remembered.
ferry untrust "$server"
for command in ls get; do
	meet $command "$server/file"
	answer $'\003' 130
	expect 6 ferry ls "$server/" </dev/null
done

# Who takes longer than the server waits is connected anew.
stop_server
cat >conf <<END
[server]
greeting_deadline = 300ms
tls = yes
[share s]
path = $work/source
END
start_server -c conf --state state
meet ls "$server/"
await_line event=deadline "$server_log" "$server_pid"
answer yes 0
says '^s/' shown
