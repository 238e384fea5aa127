#!/bin/bash
# A server that root starts becomes the user of its settings: for good, with all it has to keep, and without what root may read (C19).
. tests/support/story.sh

mkdir -p source conf
echo public >source/public
echo secret >source/secret
chmod 600 source/secret
sample source/big 3000000
sleep 2.1 # what has just changed is not remembered
printf "[server]\nuser = no-such-user\n[share one]\npath = $work/source\n" >conf/ferryd.conf
expect 2 "$programs/ferryd" -c conf/ferryd.conf --no-cache -l 127.0.0.1:0
equal 'what is said' "$(cat err)" 'conf/ferryd.conf:2: user = no-such-user: there is no such user'

printf "[server]\nuser = nobody\ncache = $work/cache\n[share one]\npath = $work/source\n" >conf/ferryd.conf
if [ "$(id -u)" != 0 ]; then
	expect 1 "$programs/ferryd" -c conf/ferryd.conf -l 127.0.0.1:0
	says 'user = nobody: only root can become another user' err
	exit 0
fi

start_server -c conf/ferryd.conf --cache "$work/cache"
equal 'users of the process' "$(sed -nE 's/^Uid:\s*//p' "/proc/$server_pid/status")" "$(printf '%s\t%s\t%s\t%s' $(id -u nobody){,,,})"
equal 'capabilities' "$(sed -nE 's/^CapEff:\s*//p' "/proc/$server_pid/status")" 0000000000000000
expect 0 ferry get "$server/one/public"
expect 0 ferry get "$server/one/big"
same source/big big
expect 4 ferry get "$server/one/secret"
absent secret
stop_server
equal 'owner of the cache' "$(stat -c %U cache)" nobody
[ "$(find cache -type f -user nobody | wc -l)" -gt 0 ] || fail 'nothing was remembered'

# What root left behind while it served as root is taken over.
chown -R root cache
start_server -c conf/ferryd.conf --cache "$work/cache"
expect 0 ferry sum --tree "$server/one/big"
stop_server
says 'event=totals .* hashed=0' "$server_log"
