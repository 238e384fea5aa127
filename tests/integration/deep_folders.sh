#!/bin/bash
# Of a folder that is still to be listed no path is kept: many of them, deep below long names, cost little memory.
# Threat S9 of docs/security.md.
. tests/support/story.sh

folders=20000 limit_kib=32768
case $programs in *build-*) folders=2000 limit_kib=10000000 ;; esac # sanitizers keep memory of their own
deep=source name=$(printf 'x%.0s' {1..230})
for ((level = 0; level < 16; level++)); do deep=$deep/$name; done
mkdir source
(umask 022 && IFS=/ && cd source && for part in ${deep#source/}; do mkdir "$part" && cd "$part"; done && seq "$folders" | xargs mkdir)
start_server source
exec {report}< <("$tools/outcome" "$programs/ferry" get -r "$server/" -d copy --dry-run --exclude none 3>&1 2>client.log)
read -r _ _ <&"$report"
read -r word code <&"$report"
equal 'end of ferry' "$word $code" 'exit 0'
read -r _ kib <&"$report"
echo "$folders folders: $kib KiB"
[ "$kib" -lt "$limit_kib" ] || fail 'too much memory'
