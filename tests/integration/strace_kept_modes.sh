#!/bin/bash
# Clients that meet in one folder make each other's partials readable for a moment; every file ends with the mode of its source.
# Threat S6 of docs/security.md.
. tests/support/story.sh

command -v strace >/dev/null || skip 'strace is not installed'
strace -o "$work/trace" true || skip 'strace may not trace here'
[ "${BUILD:-build}" = build ] || skip 'a sanitizer does not let itself be traced'
[ "$(id -u)" = 0 ] || skip 'only root can serve what nobody may read'

mkdir source copy
chmod 777 copy
for number in {1..40}; do echo "$number" >"source/$number"; done
chmod 0 source/*
chmod 200 source/*[02468]
start_server source
unprivileged
client=("$work/ferry" get -q -r "$server/" -d copy --timeout 60)
# Whoever is about to rename takes his time, while others come and find the partials.
slow=(strace -f -o /dev/null -e trace=renameat -e inject=renameat:delay_enter=5ms)
for round in 1 2 3 4; do
	rm -rf copy/*
	"${unprivileged[@]}" "${slow[@]}" "${client[@]}" 2>slow.log &
	first=$!
	sleep 0.05
	"${unprivileged[@]}" "${client[@]}" 2>quick.log &
	second=$!
	expect 0 "${unprivileged[@]}" "${client[@]}"
	wait "$first" || fail "the first client of round $round ended with $?"
	wait "$second" || fail "the second client of round $round ended with $?"
	for folder in source copy; do (cd "$folder" && stat -c '%n %a %s %y' -- *) >"of.$folder"; done
	same of.source of.copy
done

# Nor does a run that is killed just before the renaming leave a readable partial of what nobody may read: it was whole, and waited
# for its name, when somebody made it readable.
rm -rf copy/*
sample source/small 300000
sample source/large 5000000
chmod 0 source/{small,large}
start_proxy --stall 600000
killed=(strace -f -o /dev/null -e trace=renameat -e inject=renameat:signal=KILL)
"${unprivileged[@]}" "${killed[@]}" "$work/ferry" get "$proxied/"{small,large} -d copy -j 1 2>slow.log &
first=$!
read -r _ <&"$from"
chmod 400 copy/.small.ferry-part
echo go >&"$to"
wait "$first" 2>/dev/null && fail 'the first client was not killed'
absent copy/small
equal 'mode of the partial' "$(stat -c %a copy/.small.ferry-part)" 0
