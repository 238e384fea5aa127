#!/bin/bash
# Under a limit for sizes of files (ulimit -f) a file that is too large fails by itself, and a server whose log is full goes on.
# Threats S7 and E4 of docs/security.md.
. tests/support/story.sh

mkdir source
sample source/big 9000000
sample source/small 1000
start_server source
limited() { (ulimit -f 4000 && exec "$programs/ferry" "$@"); }
for options in '' --no-sync '-j 1'; do
	# shellcheck disable=SC2086
	expect 9 limited get "$server/big" "$server/small" -d got --json --failed-list todo $options
	equal 'what failed' "$(jq -r 'select(.error) | "\(.path) \(.status) \(.error.code)"' out)" 'got/big failed 9'
	says 'cannot write got/big: too large' err
	equal 'the list' "$(cat todo)" "$server/big"
	same source/small got/small
	absent got/big
	rm -r got
done
expect 9 limited get "$server/big" -o -
expect 0 ferry get "$server/big" -d got
same source/big got/big
stop_server

# A log that takes no more.
mkdir limited
printf '#!/bin/bash\nulimit -f 8 && exec "%s/ferryd" "$@"\n' "$programs" >limited/ferryd
chmod +x limited/ferryd
real=$programs programs=$work/limited
start_server source
programs=$real
for _ in {1..80}; do ferry get -q "$server/small" -o /dev/null; done
[ "$(stat -c %s "$server_log")" = 8192 ] || fail "the log has $(stat -c %s "$server_log") bytes"
stop_server
