#!/bin/bash
# Where a limit allows no more threads, both programs say so and end; nothing of that is called busy.
# Threat C9 of docs/security.md.
. tests/support/story.sh

mkdir source
sample source/file 100000
chmod 711 "$work"
start_server source
unprivileged
install -d -m 777 copy
# Nobody may have no more processes than there are: each thread is one, that of a search for leaks included.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
[ "$(id -u)" = 0 ] || skip 'root alone can become somebody who has no processes'
alone() {
	(cd copy && "${unprivileged[@]}" prlimit --nproc=1 "$@")
}
for option in -q '--progress lines' '-v'; do
	# shellcheck disable=SC2086
	expect 9 alone "$work/ferry" get "$server/file" $option
	says '^ferry: start.*no more threads' err
	absent copy/file
done
expect 1 alone "$work/ferryd" --no-cache -l 127.0.0.1:0 "$work/source"
says 'no more threads' err
