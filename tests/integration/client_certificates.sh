#!/bin/bash
# A client's certificate in the place of a token: its key is known by its pin, and shown only to servers that ask.
# Threat C17 of docs/security.md.
. tests/support/story.sh

reload() {
	kill -HUP "$server_pid"
	while [ "$(grep -c 'event=reload result=done' "$server_log")" -lt "$1" ]; do
		kill -0 "$server_pid"
	done
}
# make_identity FILE: a certificate and its key; prints the pin.
make_identity() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=me -keyout key -out cert 2>/dev/null
	(umask 077 && cat key cert >"$1")
	echo "sha256:$(openssl x509 -in cert -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64)"
}

mkdir source
echo here >source/file
cat >conf <<END
[server]
tls = yes
[share docs]
path = $work/source
access = tokens
END
start_server -c conf --state state
ferry trust "$server" "$("$programs/ferryd" --print-pin -c conf --state state)"
mine=$XDG_CONFIG_HOME/ferry/identity.pem
pin=$(make_identity "$mine")

# Nobody asks for it as long as no key is known.
expect 3 ferry ls "$server/docs/"
expect 0 "$programs/ferryd" token add me --share docs --pin "$pin" -c conf --state state
equal 'what is printed' "$(cat out)" ''
reload 1
expect 0 ferry get "$server/docs/file"
same source/file file

# Another key opens nothing; it may have been meant for another server, so it is not refused either.
make_identity "$mine" >other
expect 3 ferry ls "$server/docs/"
expect 0 ferry ls "$server/"
equal shares "$(cat out)" ''
expect 0 "$programs/ferryd" token add other --share docs --expires 1h --pin "$(cat other)" -c conf --state state
reload 2
expect 0 ferry ls "$server/docs/"
expect 0 "$programs/ferryd" token remove other -c conf --state state
reload 3
expect 3 ferry ls "$server/docs/"

# The pin is no secret: sent as a token it opens nothing.
FERRY_TOKEN=$pin expect 4 ferry ls "$server/docs/"
chmod 644 "$mine"
expect 2 ferry ls "$server/docs/"
says 'identity.pem' err
