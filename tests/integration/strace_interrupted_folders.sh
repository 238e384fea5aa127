#!/bin/bash
# A signal is obeyed while many new folders are completed, each with its syncs; the failed list brings those that are missing.
# Threat E3 of docs/security.md.
. tests/support/story.sh

command -v strace >/dev/null || skip 'strace is not installed'
strace -o "$work/trace" true || skip 'strace may not trace here'
[ "${BUILD:-build}" = build ] || skip 'a sanitizer does not let itself be traced'

mkdir source
for number in {1..200}; do mkdir "source/$number"; done
start_server source

# Twenty seconds of syncs.
exec {report}< <("$tools/outcome" strace -f -o /dev/null -e trace=fsync -e inject=fsync:delay_enter=50ms \
	"$programs/ferry" get -r "$server/" -d copy --failed-list todo 3>&1 2>client.log)
read -r _ tracer <&"$report"
until [ -e copy/200 ] || [ -e copy/1 ]; do sleep 0.1; done
kill -TERM "$(cat "/proc/$tracer/task/$tracer/children")"
read -r word number <&"$report"
equal 'end' "$word $number" 'signal 15'
made=$(find copy -mindepth 1 -type d | wc -l)
[ "$made" -lt 200 ] || fail 'it was deaf until all was done'
[ "$(wc -l <todo)" -ge $((200 - made)) ] || fail 'folders are missing in the list'
expect 0 ferry get -r -i todo -d copy --no-sync
equal 'folders' "$(find copy -mindepth 1 -type d | wc -l)" 200
