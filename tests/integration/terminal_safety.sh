#!/bin/bash
# Whatever bytes a name has, nothing that moves a terminal comes out: not on stdout, not on stderr, not into the log (S4).
. tests/support/story.sh

# harmless FILE: UTF-8 without control characters but line breaks, without C1, without what turns the direction of text.
harmless() {
	iconv -f UTF-8 -t UTF-8 "$1" >/dev/null || fail "$1 is not UTF-8"
	if LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xd8\x9c' "$1"; then
		fail "$1 would move a terminal"
	fi
}

mkdir source
for ((byte = 1; byte < 256; byte++)); do
	[ "$byte" = 47 ] || printf -v name '%b' "n\\x$(printf %02x "$byte")m$byte"
	echo "$byte" >"source/$name"
done
for code in 0085 009b 009d 061c 200e 200f 202a 202b 202c 202d 202e 2066 2067 2068 2069; do
	printf -v name '%b' "u\\u$code$code"
	echo "$code" >"source/$name"
done
for ((count = 0; count < 100; count++)); do
	name=$(head -c 24 /dev/urandom | tr -d '\000/')
	[ -z "$name" ] || echo random >"source/r$name"
done
start_server source
# Names are data in a pipe, where sha256sum reads them back; on a terminal they are not.
for command in 'ls' 'ls -r' 'sum -r'; do
	script -qec "$programs/ferry $command $server/" typescript >shown </dev/null
	grep -v '^Script ' typescript | tr -d '\r' >out
	[ "$(wc -l <out)" -gt 200 ] || fail "$command showed $(wc -l <out) lines"
	harmless out
done
for command in 'ls -r --json' 'get -r -v -d copy' 'get -r --json -d again'; do
	# shellcheck disable=SC2086
	expect 0 ferry $command "$server/"
	harmless out
	harmless err
done
same source copy
for name in source/n* source/u*; do
	rm -f "$name"
done
expect 3 ferry stat "$server/n%1b%5b2Jm27"
harmless err
expect 3 ferry get "$server/u%e2%80%aex" -v
harmless err
stop_server
harmless "$server_log"
