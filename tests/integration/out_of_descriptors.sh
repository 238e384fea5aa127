#!/bin/bash
# A server that runs out of descriptors neither spins nor dies, and serves again when there are some.
. tests/support/story.sh

cpu_ms() {
	local fields
	read -r -a fields <"/proc/$server_pid/stat"
	echo $(((fields[13] + fields[14]) * 1000 / $(getconf CLK_TCK)))
}
mkdir source
echo here >source/file
descriptors=64 start_server source
for i in {1..100}; do
	dial
	crowd+=("$wire")
done
before=$(cpu_ms)
! read -r -t 2 <&"${crowd[99]}" || : # two seconds in which the server has nothing to do
spent=$(($(cpu_ms) - before))
echo "processor time in two idle seconds: $spent ms"
[ "$spent" -lt 1000 ] || fail 'the server spins'
for wire in "${crowd[@]}"; do hang_up; done
expect 0 ferry get "$server/file"
same source/file file
