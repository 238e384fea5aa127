#!/bin/bash
# Names that a server may not send are refused as a breach of the protocol, and nothing is written anywhere.
. tests/support/story.sh

welcome=$(frame 81 00 0 46455252590d0a1a0001000000000040000100000004)
folder=$(frame 90 00 1 "0201ed$(printf '%0112d' 0)")
# entry KIND NAME-HEX
entry() {
	printf '%s01a4%s%04x%s' "$1" "$(printf '%044d' 0)" $((${#2} / 2)) "$2"
}
mkdir copy
for name in "$(hex_of ../evil)" "$(hex_of /evil)" "$(hex_of ..)" "$(hex_of .)" '' "$(hex_of a//b)" "$(hex_of a/../b)" 610062 \
	"$(hex_of a/)" "$(hex_of "$(printf 'x%.0s' {1..256})")"; do
	for kind in 01 02; do
		put_into=$(frame 91 00 1 "$(entry "$kind" "$name")")$(frame 91 00 2 "$(entry "$kind" "$name")")
		printf "$(sed 's/../\\x&/g' <<<"$welcome$folder$put_into")" >script
		start_tool impostor hold script
		read -r other <&"$from"
		expect 11 ferry get -r "ferry://127.0.0.1:$other/" -d copy --timeout 2 --retry 0
	done
done
equal 'what was written' "$(ls -A copy; ls -d evil ../evil /evil b 2>/dev/null)" ''
