#!/bin/bash
# A server locks itself in before it serves: it says so, serves and remembers as ever, and reloads what it was started with (C19).
. tests/support/story.sh

# entered FIELD: what the kernel says of the server that runs.
entered() {
	sed -nE "s/^$1:\s*//p" "/proc/$server_pid/status"
}

mkdir -p source/folder conf
sample source/big 3000000
echo small >source/folder/small
sleep 2.1 # what has just changed is not remembered
for policy in best required; do
	printf "[server]\nsandbox = $policy\ncache = $work/cache\n[share one]\npath = $work/source\n" >conf/ferryd.conf
	start_server -c conf/ferryd.conf --cache "$work/cache"
	says 'event=sandbox landlock=[0-9]+ seccomp=yes' "$server_log"
	equal 'seccomp mode' "$(entered Seccomp)" 2
	equal 'no new privileges' "$(entered NoNewPrivs)" 1
	expect 0 ferry get -r "$server/one/" -d "fetched.$policy"
	same source "fetched.$policy"
	expect 0 ferry sum "$server/one/big"
	# An editor puts a new file in the old one's place.
	sed 's/\[share/log_level = debug\n[share/' conf/ferryd.conf >conf/new
	mv conf/new conf/ferryd.conf
	kill -HUP "$server_pid"
	timeout 10 grep -qEm 1 'event=reload result=done' < <(tail -n +1 -f --pid="$server_pid" "$server_log") || fail 'no reload'
	stop_server
done
[ "$(find cache -type f | wc -l)" -gt 0 ] || fail 'nothing was remembered'

printf "[server]\nsandbox = off\n[share one]\npath = $work/source\n" >conf/ferryd.conf
start_server -c conf/ferryd.conf
equal 'seccomp mode when off' "$(entered Seccomp)" 0
says 'event=sandbox off=yes' "$server_log"
stop_server
