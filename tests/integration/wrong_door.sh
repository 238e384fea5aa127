#!/bin/bash
# Plain meets TLS, either way round: both ends know what it is, and say so.
# Threat P1 of docs/security.md.
. tests/support/story.sh

mkdir source
echo here >source/file
start_server source
expect 11 ferry ls "ferrys://127.0.0.1:$port/"
says "does not speak TLS: its URL begins with ferry://" err
expect 0 ferry ls "$server/"
stop_server
start_server --tls --state state source
expect 11 ferry ls "ferry://127.0.0.1:$port/"
says 'speaks TLS: its URLs? begins? with ferrys://' err
expect 11 ferry get "ferry://127.0.0.1:$port/file"
absent file
says 'does not speak TLS' "$server_log"

# What is older than TLS 1.3, or does not name the protocol, is turned away; the alert arrives.
! openssl s_client -connect "127.0.0.1:$port" -tls1_2 -alpn ferry/1 </dev/null >older 2>&1 || fail 'TLS 1.2 is accepted'
says 'alert protocol version' older
openssl s_client -connect "127.0.0.1:$port" -alpn ferry/1 </dev/null >newest 2>&1
says 'TLSv1.3' newest
says 'ALPN protocol: ferry/1' newest
! openssl s_client -connect "127.0.0.1:$port" -alpn http/1.1 </dev/null >http 2>&1 || fail 'another protocol is accepted'
says 'no application protocol' http
