#!/bin/bash
# Names that a server may not send are refused as a breach of the protocol, and nothing is written anywhere.
# Threat S1 of docs/security.md.
. tests/support/story.sh

# entry KIND NAME-HEX
entry() {
	printf '%s01a4%s%04x%s' "$1" "$(printf '%044d' 0)" $((${#2} / 2)) "$2"
}
# list NAME-HEX KIND: a server whose root folder holds this.
list() {
	lie "$(frame 90 00 1 "0201ed$(printf '%0138d' 0)")" "$(frame 91 00 2 "$(entry "$2" "$1")")" "$(frame 96 00 2 0000000000000001)"
}
mkdir copy
for name in "$(hex_of ../evil)" "$(hex_of /evil)" "$(hex_of ..)" "$(hex_of .)" '' "$(hex_of a//b)" "$(hex_of a/../b)" 610062 \
	"$(hex_of a/)" "$(hex_of "$(printf 'x%.0s' {1..256})")"; do
	for kind in 01 02; do
		list "$name" "$kind"
		expect 11 ferry get -r "$liar/" -d copy --timeout 20 --retry 0
	done
done
list "$(hex_of legal)" 02
expect 0 ferry get -r "$liar/" -d copy --timeout 20 --retry 0
rmdir copy/legal
equal 'what was written' "$(ls -A copy; ls -d evil ../evil /evil b 2>/dev/null)" ''
