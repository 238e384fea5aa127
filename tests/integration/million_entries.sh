#!/bin/bash
# A folder of a million entries is listed in under 16 MiB of memory at either end.
# Threat C10 of docs/security.md.
. tests/support/story.sh
in_own_mounts

entries=1000000 limit_kib=16384
case $programs in *build-*) entries=20000 limit_kib=10000000 ;; esac # sanitizers keep memory of their own
mkdir source
mount -t tmpfs -o nr_inodes=0 none source
"$tools/populate" source "$entries"
start_server source
exec {report}< <("$tools/outcome" "$programs/ferry" ls "$server/" 3>&1 >names 2>client.log)
read -r _ _ <&"$report"
read -r word code <&"$report"
equal 'end of ferry' "$word $code" 'exit 0'
read -r _ client_kib <&"$report"
server_kib=$(sed -nE 's/^VmHWM:\s+([0-9]+) kB/\1/p' "/proc/$server_pid/status")
equal 'number of names' "$(sort -u names | wc -l)" "$entries"
echo "$entries entries: the client took $client_kib KiB, the server $server_kib KiB"
[ "$client_kib" -lt "$limit_kib" ] && [ "$server_kib" -lt "$limit_kib" ] || fail 'too much memory'
