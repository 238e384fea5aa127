#!/bin/bash
# One flipped bit anywhere near the start of a connection gives an error or the right file, never a wrong one.
# Threats P4 and E12 of docs/security.md.
. tests/support/story.sh

mkdir source copies
sample source/file 3000
start_server source
try() {
	local code=0
	ferry get "ferry://127.0.0.1:$2/file" -o "copies/$1" --retry 0 --timeout 1 2>"client.$1.log" || code=$?
	if [ "$code" = 0 ]; then same source/file "copies/$1"; else absent "copies/$1"; fi
	[[ $code =~ ^(0|1|3|4|5|7|8|9|10|11|12)$ ]] || fail "byte $1 gave code $code"
}
for ((byte = 0; byte < 160; byte += 2)); do
	start_proxy --flip-at "$byte"
	try "$byte" "$proxy_port" &
	tries+=($!)
	[ ${#tries[@]} -lt 8 ] || { wait "${tries[0]}" && tries=("${tries[@]:1}"); }
done
for attempt in "${tries[@]}"; do wait "$attempt"; done
