#!/bin/bash
# --limit-rate holds over all connections together, and a slow limit is no silence.
. tests/support/story.sh

mkdir -p source/many
sample source/file 1500000
for i in {1..50}; do sample "source/many/$i" 10000; done
start_server source

# took COMMAND...: sets milliseconds.
took() {
	local start=${EPOCHREALTIME/[.,]/}
	expect 0 "$@"
	milliseconds=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))
}

# between LEAST MOST: what is kept for a burst, and a busy machine, allowed.
between() {
	[ "$milliseconds" -ge "$1" ] || fail "it took only $milliseconds ms"
	[ "$milliseconds" -le "$2" ] || fail "it took $milliseconds ms"
}

for jobs in 1 4; do
	took ferry get "$server/file" -o "file.$jobs" --limit-rate 1M -j "$jobs"
	between 1300 6000
	same source/file "file.$jobs"
done
took ferry get -r "$server/many/" -d many --limit-rate 500K --no-sync
between 900 5000
same source/many many
took ferry get "$server/many/1" -o slow --limit-rate 4K --timeout 1 -j 4
between 2000 9000
same source/many/1 slow
expect 2 ferry get "$server/file" --limit-rate 4095
expect 2 ferry get "$server/file" --limit-rate fast

# A limit does not make an interruption wait.
limited() { "$tools/outcome" "$programs/ferry" get "$server/file" -o stopped --limit-rate 4K 3>&1 2>client.log; }
exec {report}< <(limited)
read -r _ pid <&"$report"
until [ -e .stopped.ferry-part ]; do sleep 0.01; done
start=$SECONDS
kill -TERM "$pid"
read -r word number <&"$report"
equal 'end' "$word $number" 'signal 15'
[ $((SECONDS - start)) -lt 5 ] || fail 'it took long to stop'
