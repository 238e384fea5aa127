#!/bin/bash
# INT, TERM and HUP end ferry by that very signal; the partial stays, the final name is untouched, and a next run succeeds.
# Threat E3 of docs/security.md.
. tests/support/story.sh

mkdir source
sample source/file 5000000
start_server source
for signal in INT:2 TERM:15 HUP:1; do
	rm -f .file.ferry-part
	start_proxy --stall 3000000
	exec {report}< <("$tools/outcome" "$programs/ferry" get "$proxied/file" -j 1 3>&1 2>client.log)
	read -r _ pid <&"$report"
	read -r _ <&"$from"
	kill "-${signal%:*}" "$pid"
	read -r word number <&"$report"
	equal "end by ${signal%:*}" "$word $number" "signal ${signal#*:}"
	absent file
	[ -e .file.ferry-part ] || fail 'no partial'
done
expect 0 ferry get "$server/file"
same source/file file
absent .file.ferry-part

# Also while it waits for a list of what to fetch.
mkfifo list
for list in -i --sums; do
	for signal in INT:2 TERM:15 HUP:1; do
		exec {report}< <("$tools/outcome" "$programs/ferry" get -d none $list list "$server/file" 3>&1 2>client.log)
		read -r _ pid <&"$report"
		exec {writer}>list
		kill "-${signal%:*}" "$pid"
		read -r -t 60 word number <&"$report" || fail "${signal%:*} does not end it while it reads the list of $list"
		equal "end by ${signal%:*}" "$word $number" "signal ${signal#*:}"
		exec {writer}>&-
	done
done
