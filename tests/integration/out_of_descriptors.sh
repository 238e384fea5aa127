#!/bin/bash
# A server that runs out of descriptors neither spins nor dies, and serves again when there are some.
# Threat C9 of docs/security.md.
. tests/support/story.sh

cpu_ms() {
	local fields
	read -r -a fields <"/proc/$server_pid/stat"
	echo $(((fields[13] + fields[14]) * 1000 / $(getconf CLK_TCK)))
}
mkdir source
echo here >source/file
start_server source
open=(/proc/"$server_pid"/fd/*)
prlimit --pid "$server_pid" --nofile=$((${#open[@]} + 10))
for i in {1..100}; do
	dial
	crowd+=("$wire")
done
before=$(cpu_ms)
sleep 2 # the server has nothing to do
spent=$(($(cpu_ms) - before))
says event=accept "$server_log"
echo "processor time in two idle seconds: $spent ms"
[ "$spent" -lt 1000 ] || fail 'the server spins'
for wire in "${crowd[@]}"; do hang_up; done
expect 0 ferry get "$server/file"
same source/file file
