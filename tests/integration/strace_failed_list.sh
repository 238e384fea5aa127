#!/bin/bash
# The failed list is on disk before it gets its name, and its name is before the run ends: after a power cut it says what it said.
# Threat E1 of docs/security.md.
. tests/support/story.sh

command -v strace >/dev/null || skip 'strace is not installed'
strace -o "$work/trace" true || skip 'strace may not trace here'
[ "${BUILD:-build}" = build ] || skip 'a sanitizer does not let itself be traced'

mkdir source lists
echo here >source/file
start_server source

# calls OPTION...: those that the list is written with.
calls() {
	expect 3 strace -f -y -o trace -e trace=write,fsync,fdatasync,renameat "$programs/ferry" get "$server/file" "$server/none" \
		--failed-list lists/todo "$@"
	equal 'the list' "$(cat lists/todo)" "$server/none"
	grep -E '/lists[/>]' trace | sed -E 's/^[0-9]+ +//; s/<[^>]*\/lists(\/[^>]*)?>.*/ \1/; s/\([0-9]+//; s/-[0-9a-f]{16}$//' | xargs
}
equal 'calls' "$(calls)" 'write /.ferry-list fsync /.ferry-list renameat fsync'
equal 'calls without syncs' "$(calls --no-sync)" 'write /.ferry-list renameat'
equal 'what is left' "$(ls -A lists)" todo
