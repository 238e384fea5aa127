#!/bin/bash
# --congestion: the kernel uses what was asked for on every connection, and what it does not have is named before anything is done.
. tests/support/story.sh

mkdir source
sample source/file 3000000
start_server source

expect 0 ferry ping "$server/" --congestion reno --json
equal 'asked for' "$(jq -r .congestion out)" reno
expect 0 ferry ping "$server/" --json
equal 'not asked for' "$(jq -r .congestion out)" "$(cat /proc/sys/net/ipv4/tcp_congestion_control)"

# A transfer that stands still: what the kernel uses on its connection.
start_proxy --stall 1500000
ferry get "$proxied/file" -o copy --congestion reno 2>client.log &
client=$!
read -r _ <&"$from"
ss -tinH "dport = :$proxy_port" >sockets
says '^[[:space:]]+reno ' sockets
echo go >&"$to"
wait "$client"
same source/file copy

: >"$server_log"
for command in "get -d new" ls stat sum ping; do
	# shellcheck disable=SC2086
	expect 2 ferry $command "$server/file" --congestion no-such
	says "net.ipv4.tcp_available_congestion_control lists, not 'no-such'" err
done
expect 2 ferry verify "$server/file" source/file --congestion no-such
absent new
if grep peer= "$server_log"; then fail 'somebody connected'; fi
