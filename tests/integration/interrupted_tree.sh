#!/bin/bash
# What an interrupted -r leaves: sources that were not listed are told of, and the failed list brings all the rest, empty folders too.
# Threat E3 of docs/security.md.
. tests/support/story.sh

mkdir -p source/tree/empty source/tree/nest/inner source/tree/without
chmod 750 source/tree/empty
sample source/tree/large 5000000
sample source/tree/nest/small 3000
sample source/file 1000
start_server source

# interrupt STALL ARGUMENT...: SIGTERM for a run whose server falls silent after STALL bytes; what it told is in told, its list in todo.
interrupt() {
	start_proxy --stall "$1"
	exec {report}< <("$tools/outcome" "$programs/ferry" get -r "${@:2}" "$proxied/tree" "$proxied/file" -d copy -j 1 --json \
		--failed-list todo 3>&1 >told 2>client.log)
	read -r _ pid <&"$report"
	read -r _ <&"$from"
	kill -TERM "$pid"
	read -r word number <&"$report"
	equal 'end' "$word $number" 'signal 15'
	sed -i "s|$proxied|$server|" todo
}

# The listings have come, a file is on its way: an empty folder has no file that would bring it.
interrupt 3000000 --exclude without
absent copy/tree/empty
says "^$server/tree/empty" todo
says "^$server/tree/nest/inner" todo
expect 0 ferry get -r -i todo -d copy --failed-list todo
[ ! -s todo ] || fail 'something is left to do'
absent copy/tree/without
rmdir source/tree/without
same source copy
equal 'mode of an empty folder' "$(stat -c %a copy/tree/empty)" 750

# Not even the greeting came.
rm -r copy
interrupt 10
equal 'what was told' "$(jq -r '"\(.status) \(.path)"' told)" $'not-tried copy/tree\nnot-tried copy/file'
equal 'the list' "$(cat todo)" "$server/file"$'\n'"$server/tree"

# The list does not wait for whoever reads what is told: more than a thousand lines are too many for a pipe.
rm -r copy todo
mkdir source/many
for number in {1..1500}; do printf %4096s >"source/many/$number"; done
mkfifo unread
exec {unread}<>unread
start_proxy --stall 300000
printf "$proxied/many/%s\n" {1..1500} >wanted
exec {report}< <("$tools/outcome" "$programs/ferry" get -i wanted -d copy -j 1 --no-sync --json --failed-list todo 3>&1 >unread 2>client.log)
read -r _ pid <&"$report"
read -r _ <&"$from"
kill -TERM "$pid"
until [ -e todo ] || read -r -t 0.1 word number <&"$report"; do :; done
[ -e todo ] || fail "no list before $word $number"
count=$(wc -l <todo)
[ "$count" -gt 1000 ] || fail "$count lines in the list"
cat <&"$unread" >told &
tool_pids+=($!)
read -r word number <&"$report"
equal 'end' "$word $number" 'signal 15'
