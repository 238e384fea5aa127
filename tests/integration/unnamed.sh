#!/bin/bash
# Small new files need no partial while nothing is synced, but for the first of each folder: a kill leaves whole files alone, and
# nobody's file is lost.
. tests/support/story.sh

mkdir -p source/sub
for number in {1..300}; do sample "source/sub/file.$number" $((number * 61)); done
sample source/first 20000
sample source/middle 300000
start_server source
expect 0 ferry get -r "$server" -d copy --no-sync
same source copy

# What somebody else puts there in the meantime is replaced, or kept where that was asked for.
for clobber in '' --no-clobber; do
	mkdir late
	start_proxy --stall 60000
	# shellcheck disable=SC2086
	ferry get "$proxied/"{first,middle} -d late -j 1 --no-sync $clobber 2>err &
	client=$! code=0
	read -r _ <&"$from"
	echo somebody >late/middle
	echo go >&"$to"
	wait "$client" || code=$?
	if [ -z "$clobber" ]; then
		equal 'code' "$code" 0
		same source/middle late/middle
	else
		equal 'code' "$code" 9
		equal 'what was kept' "$(cat late/middle)" somebody
	fi
	equal 'names' "$(ls -A late | xargs)" 'first middle'
	rm -r late
done

# So is a partial that an earlier run has left; one that is held is waited for, but not for ever; anything else stays.
for beside in left held odd; do
	mkdir late
	start_proxy --stall 60000
	timeout 20 "$programs/ferry" get "$proxied/"{first,middle} -d late -j 1 --no-sync --timeout 1 2>err &
	client=$! code=0
	read -r _ <&"$from"
	echo somebody >late/middle
	case $beside in
	left) echo stale >late/.middle.ferry-part ;;
	held) exec {lock}>late/.middle.ferry-part && flock "$lock" ;;
	odd) mkfifo late/.middle.ferry-part ;;
	esac
	echo go >&"$to"
	wait "$client" || code=$?
	case $beside in
	left) equal 'code' "$code $(ls -A late | xargs)" '0 first middle' && same source/middle late/middle ;;
	held) equal 'code' "$code $(cat late/middle)" '10 somebody' && exec {lock}>&- ;;
	odd) equal 'code' "$code $(cat late/middle)" '9 somebody' && [ -p late/.middle.ferry-part ] ;;
	esac
	rm -r late
done

# A file that has to come again may have another mode by then.
start_proxy --flip-at 100000 --stall 200000
ferry get "$proxied/"{first,middle} -d again -j 1 --no-sync 2>err &
client=$!
read -r _ <&"$from"
chmod 750 source/middle
echo go >&"$to"
wait "$client" || fail "the client ended with $?"
same source/middle again/middle
equal 'mode' "$(stat -c %a again/middle)" 750

# A kill leaves nothing behind but whole files.
"$programs/ferry" get -r "$server" -d killed --no-sync --limit-rate 2M 2>err &
client=$!
until [ -n "$(find killed -name 'file.*' 2>/dev/null | head -n 1)" ]; do kill -0 "$client"; done
kill -KILL "$client"
wait "$client" || :
for file in $(cd killed && find . -type f ! -name '.*.ferry-part'); do same "source/$file" "killed/$file"; done
for folder in killed killed/sub; do
	[ "$(find "$folder" -maxdepth 1 -name '.*.ferry-part' | wc -l)" -le 1 ] || fail "more than one partial in $folder"
done
expect 0 ferry get -r "$server" -d killed --no-sync
same source killed
