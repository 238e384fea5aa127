#!/bin/bash
# Files keep their time to the nanosecond and their permission bits under the umask, and never gain set-id bits.
# Threat S5 of docs/security.md.
. tests/support/story.sh

mkdir source source/closed
umask 022
for mode in 0644 0600 0755 0444 4755 2755 0777; do
	echo "$mode" >"source/$mode"
	chmod "$mode" "source/$mode"
	touch -d '2001-02-03 04:05:06.123456789 UTC' "source/$mode"
done
touch -d '1969-12-31 23:59:58.5 UTC' source/0644
chmod 0555 source/closed
start_server source
expect 0 ferry get -r "$server/" -d copy
while read -r name mode; do
	equal "mode of $name" "$(stat -c %a "copy/$name")" "$mode"
	equal "time of $name" "$(stat -c %.9Y "copy/$name")" "$(stat -c %.9Y "source/$name")"
done <<'TABLE'
0644 644
0600 600
0755 755
0444 444
4755 755
2755 755
0777 755
TABLE
equal 'mode of a closed folder' "$(stat -c %a copy/closed)" 755
