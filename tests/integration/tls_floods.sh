#!/bin/bash
# T14: floods of handshakes and of key updates end, or wait, while transfers and newcomers from elsewhere go on.
. tests/support/story.sh

mkdir source
sample source/small 100000
sample source/large 8M
cat >conf <<END
[server]
tls = yes
greeting_deadline = 2s
handshakes_per_address = 4
[share s]
path = $work/source
END
start_server -c conf --state state -l '[::1]:0'
read -r _ _ elsewhere <<<"$ready_line"
pin=$("$programs/ferryd" --print-pin -c conf --state state)

# An honest transfer that lasts as long as the floods.
ferry get "${elsewhere}s/large" --pin "$pin" --limit-rate 2M -j 1 --retry 0 2>get.log &
getting=$!
until [ -e .large.ferry-part ]; do
	kill -0 $getting || fail 'the transfer does not begin'
done

# C12: who changes keys all the time is cut off at once.
for flood in 1 2 3; do
	expect 0 "$tools/flooder" updates "$port"
	equal flood "$(cat out)" ended
done
equal 'cut off' "$(grep -c 'event=tls peer=127.* result=failed reason="a flood"' "$server_log")" 3

# C11: a hundred handshakes from one address get their turns, four a second; the rest is ended by the deadline of the greeting.
coproc "$tools/flooder" handshakes 100 "$port"
tool_pids+=("$COPROC_PID")
exec {flood}<&"${COPROC[0]}"
read -r said <&"$flood"
equal flood "$said" begun
expect 0 ferry get "${elsewhere}s/small" --pin "$pin" --retry 0
same source/small small
read -r through _ _ took <&"$flood"
[ "$through" -lt 100 ] || fail 'all handshakes got through at once'
[ "$through" -le $((took * 4 / 1000 + 4)) ] || fail "$through handshakes in $took ms"

wait $getting || fail 'the transfer did not survive'
same source/large large
# C11: an address that has all the connections it may have, and resets more of them, uses up its own handshakes only.
cat >refusals <<END
[server]
tls = yes
greeting_deadline = 2s
handshakes = 20
handshakes_per_address = 4
max_connections_per_address = 2
[share s]
path = $work/source
END
start_server -c refusals --state state -l '[::1]:0'
read -r _ _ elsewhere <<<"$ready_line"
start_tool flooder stays 2 "$port"
read -r said <&"$from"
equal flood "$said" here
expect 0 "$tools/flooder" resets 300 "$port"
rm small
expect 0 ferry get "${elsewhere}s/small" --pin "$pin" --retry 0
same source/small small
echo "$through of 100 handshakes got through in $took ms"
