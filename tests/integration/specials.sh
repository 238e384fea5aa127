#!/bin/bash
# FIFOs, devices and sockets are named in listings, never served, and block nobody.
# Threat C4 of docs/security.md.
. tests/support/story.sh

mkdir source
mkfifo source/fifo
start_tool notified source/socket
read -r _ <&"$from"
[ "$(id -u)" != 0 ] || mknod source/device c 1 5
echo plain >source/plain
start_server source
for special in fifo socket $([ ! -e source/device ] || echo device); do
	code=0
	ferry get "$server/$special" -o nothing 2>err || code=$?
	[ "$code" = 1 ] || fail "$special gave code $code"
	absent nothing
done
expect 0 ferry get -r "$server/" -d copy --json
equal 'what arrived' "$(ls copy)" plain
jq -r 'select(.status == "skipped") | .url' out | sort >skipped
says fifo skipped
says socket skipped
