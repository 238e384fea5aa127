#!/bin/bash
# SIGHUP reads the file of -c again: what can change does, the rest is said, a mistake changes nothing. Elsewhere it stops.
# Threat C16 of docs/security.md.
. tests/support/story.sh

# heard PATTERN: waits for a line of the server's log.
heard() {
	timeout 10 grep -qEm 1 "$1" < <(tail -n +1 -f --pid="$server_pid" "$server_log") || fail "no line like $1"
}

mkdir source
echo here >source/file
share="[share one]\npath = $work/source\n"
printf "$share" >served.conf
start_server -c served.conf
raw_get() {
	greet
	put "$(read_request 1 one/file "$any_version" 0 1)"
	get_frame
	hang_up
}
raw_get
heard 'event=request'
printf "[server]\nlog_level = error\nworkers = 3\n$share" >served.conf
kill -HUP "$server_pid"
heard 'level=warn event=reload setting=workers result="needs a restart"'
requests=$(grep -c 'event=request' "$server_log")
raw_get
printf "[server]\nlog_level = error\nnew_connections_per_address = 1\n$share" >served.conf
kill -HUP "$server_pid"
heard 'event=reload result=done'
tries=0
until dial && put "$hello" && get_frame && [ "$type" = ff ]; do
	hang_up
	[ $((tries++)) -lt 100 ] || fail 'the new cap does not hold'
done
if grep -q 'setting=new_connections_per_address' "$server_log"; then fail 'the new cap needs a restart'; fi
printf "[server]\nlog_level = error\n$share" >served.conf
kill -HUP "$server_pid"
until dial && put "$hello" && get_frame && [ "$type" = 81 ]; do
	hang_up
done
hang_up
printf "[server]\nnonsense = 1\nlog_level = debug\n$share" >served.conf
kill -HUP "$server_pid"
heard 'level=error event=reload result=refused reason="served.conf:2: unknown setting nonsense in \[server\]"'
raw_get
stop_server
if grep -v '^ts=' "$server_log"; then fail 'a line that is none of the log'; fi
equal 'requests logged at level error' "$(grep -c 'event=request' "$server_log")" "$requests"

# An identity that has gone is missed, and another one is not made: in a folder of somebody else's the sandbox would not have it.
mkdir state
[ "$(id -u)" != 0 ] || chown 65534 state
printf "$share" >served.conf
start_server -c served.conf --tls --state state
pin=$("$programs/ferryd" --print-pin --state state)
rm state/identity.pem state/.identity.pem.lock
kill -HUP "$server_pid"
heard 'level=error event=reload identity=failed reason=".*missing.*restart'
heard 'event=reload result=done'
expect 0 ferry get "$server/one/file" --pin "$pin"
absent state/identity.pem
stop_server

start_server source
kill -HUP "$server_pid"
await_server
says 'event=stop reason=SIGHUP' "$server_log"

trap '' HUP # as nohup has it
start_server source
trap - HUP
kill -HUP "$server_pid"
greet
hang_up
stop_server
says 'event=stop reason=SIGTERM' "$server_log"
if grep -q 'reason=SIGHUP' "$server_log"; then fail 'a hangup that was to be ignored was heard'; fi
