#!/bin/bash
# Certificates from an authority: the right authority and the right host are both needed, and SIGHUP takes a new one.
# Threat P2 of docs/security.md.
. tests/support/story.sh

# make_certificate NAME ISSUER SUBJECT-ALTERNATIVE-NAME
make_certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 2 -out "$1.pem" \
		-extfile <(echo "subjectAltName=$3") 2>/dev/null
}
for authority in good bad; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $authority.key -out $authority.pem \
		-subj "/CN=$authority" -days 2 2>/dev/null
done
make_certificate here good IP:127.0.0.1,DNS:localhost
make_certificate elsewhere good IP:127.0.0.2,DNS:example.org

mkdir source
echo here >source/file
cat >conf <<END
[server]
tls = yes
cert = $work/server.pem
key = $work/server.key
[share s]
path = $work/source
END
cp here.pem server.pem && cp here.key server.key
start_server -c conf
expect 0 ferry ls "$server/s/" --ca good.pem
expect 0 ferry ls "ferrys://localhost:$port/s/" --ca good.pem
expect 6 ferry ls "$server/s/" --ca bad.pem
expect 6 ferry ls "$server/s/" </dev/null
SSL_CERT_FILE=$work/good.pem expect 0 ferry ls "$server/s/"
expect 9 ferry ls "$server/s/" --ca nothing.pem
expect 2 ferry ls "$server/s/" --ca source/file

# The same authority, but for another host.
cp elsewhere.pem server.pem && cp elsewhere.key server.key
kill -HUP "$server_pid"
await_line 'event=reload result=done' "$server_log" "$server_pid"
expect 6 ferry ls "$server/s/" --ca good.pem
says 'mismatch' err
expect 6 ferry ls "ferrys://localhost:$port/s/" --ca good.pem

# A key that does not fit is refused, at the start and later, when the old one stays.
cp here.key server.key
kill -HUP "$server_pid"
while [ "$(grep -c 'event=reload result=done' "$server_log")" -lt 2 ]; do
	kill -0 "$server_pid"
done
says 'identity=failed' "$server_log"
expect 6 ferry ls "$server/s/" --ca good.pem
expect 9 "$programs/ferryd" -c conf -l 127.0.0.1:0
says 'is not that of the certificate' err
