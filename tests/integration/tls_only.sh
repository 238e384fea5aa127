#!/bin/bash
# What another TLS client sees: version 1.3 alone, one protocol name, no early data, no tickets, no renegotiation.
. tests/support/story.sh

mkdir source
start_server --tls --state state source

# ask OPTION...: what openssl says of the server, in out.
ask() {
	openssl s_client -connect "127.0.0.1:$port" "$@" </dev/null >out 2>&1 || :
}

ask -alpn ferry/1 -tls1_3
says '^New, TLSv1\.3, Cipher is TLS_' out
says '^ALPN protocol: ferry/1$' out
says '^Compression: NONE$' out
! grep -q 'New Session Ticket' out || fail 'a ticket came: a session could be resumed'
openssl x509 -in <(sed -n '/BEGIN CERT/,/END CERT/p' out) -noout -pubkey | openssl pkey -pubin -outform DER |
	openssl dgst -sha256 -binary | base64 >pin
equal pin "sha256:$(cat pin)" "$("$programs/ferryd" --print-pin --state state)"

for older in -tls1 -tls1_1 -tls1_2 -no_tls1_3; do
	ask $older -cipher 'ALL:@SECLEVEL=0'
	says 'Cipher is \(NONE\)' out
done
says 'alert protocol version' out

# P1: a client that speaks of something else is not served.
ask -alpn http/1.1
says '^No ALPN negotiated$' out
says 'alert' out

# C12: without a ticket there is no early data; one that is made up opens nothing.
ask -alpn ferry/1 -sess_out session
absent session
ask -alpn ferry/1
says '^Early data was not sent$' out

# There is nothing to renegotiate in TLS 1.3.
printf 'R\n' | openssl s_client -connect "127.0.0.1:$port" -alpn ferry/1 >out 2>&1 || :
says '^RENEGOTIATING$' out
says 'wrong ssl version' out
