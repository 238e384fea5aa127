# What other visitors cost: 10,000 idle connections, bulk downloads beside a small one, and a disk that has to be waited for.

visitor=$programs/tests/bench/visitor

# visit ferry|nginx|nginx_threads PATH HOW...
visit() {
	case $1 in
	ferry) set -- ferry "$server" "$(port_of "$ferry_url")" "${@:2}" ;;
	nginx) set -- http "$server" 8080 "${@:2}" ;;
	nginx_threads) set -- http "$server" 8081 "${@:2}" ;;
	esac
	"$visitor" "$@"
}

port_of() {
	local port=${1##*:}
	echo "${port%/}"
}

# memory_of PID...: their proportional share, in KiB; shared pages are divided among those who share them.
memory_of() {
	local pid
	for pid in "$@"; do cat "/proc/$pid/smaps_rollup"; done | awk '$1 == "Pss:" { sum += $2 } END { print sum }'
}

# ticks_of PID...: what they used of the processors.
ticks_of() {
	local pid
	for pid in "$@"; do cat "/proc/$pid/stat"; done | awk '{ sum += $14 + $15 } END { print sum }'
}

make_tiny() {
	head -c 4096 "$source/big" >"$source/tiny"
	sleep 0.1
}

# --- Idle -------------------------------------------------------------------------------------------------------------

# idle_row ferry|nginx PID...
idle_row() {
	local who=$1 before after alone beside ticks_before ticks_after held
	shift
	visit "$who" tiny hold 100 </dev/null >"$work/row.log"
	before=$(memory_of "$@")
	alone=$(visit "$who" tiny probe 200 10)
	coproc holder { visit "$who" tiny hold 10000; }
	read -r held <&"${holder[0]}" || fail "$who held no connections"
	after=$(memory_of "$@")
	ticks_before=$(ticks_of "$@")
	sleep 10
	ticks_after=$(ticks_of "$@")
	beside=$(visit "$who" tiny probe 200 10)
	exec {holder[1]}>&-
	wait "$holder_PID"
	echo "$who $before $after $ticks_before $ticks_after $alone $beside" | awk -v ticks="$ticks" '{
		printf "| %s | %d | %.2f | %s | %s | %s | %s |\n", $1, ($3 - $2) * 1024 / 10000, ($5 - $4) / ticks, $6, $7, $9, $10 }'
}

run_idle() {
	make_tiny
	restart_ferryd "$work/cache"
	echo "| | bytes of memory each | CPU-seconds in 10 s | p50 alone, ms | p99 alone | p50 beside, ms | p99 beside |"
	echo '|---|--:|--:|--:|--:|--:|--:|'
	idle_row ferry "$ferryd_pid"
	idle_row nginx "$nginx_pid" $(pgrep -P "$nginx_pid")
}

# --- Fairness ---------------------------------------------------------------------------------------------------------

# fairness_row ferry|nginx COUNT
fairness_row() {
	local puller=
	if [ "$2" -gt 0 ]; then
		visit "$1" big pull "$2" 7 >"$work/pulled" &
		puller=$!
		sleep 1
	else
		echo 0 1 >"$work/pulled"
	fi
	visit "$1" tiny probe 200 5 >"$work/probed"
	[ -z "$puller" ] || wait "$puller"
	printf '%s %s %s %s\n' "$1" "$2" "$(cat "$work/probed")" "$(cat "$work/pulled")" >>"$work/fairness"
}

run_fairness() {
	local round who count
	make_tiny
	restart_ferryd "$work/cache"
	rm -f "$work/fairness"
	for ((round = 0; round < $1; round++)); do
		for count in 0 2 16 64; do
			for who in ferry nginx; do fairness_row "$who" "$count"; done
		done
	done
	echo '| | bulk downloads | p50, ms | p99 | p99.9 | GB/s | Jain |'
	echo '|---|--:|--:|--:|--:|--:|--:|'
	for count in 0 2 16 64; do
		for who in ferry nginx; do
			printf '| %s | %s |' "$who" "$count"
			for field in 3 4 5 6 7; do
				printf ' %s |' "$(awk -v who="$who" -v count="$count" -v field="$field" '$1 == who && $2 == count { print $field }' \
					"$work/fairness" | median_of)"
			done
			echo
		done
	done
}

# --- Cold disk --------------------------------------------------------------------------------------------------------

forget_cold() {
	local file
	for file in "$disk"/cold/*; do dd if="$file" iflag=nocache count=0 status=none; done
}

# cold_row ferry|nginx|nginx_threads: a hot file's waits while 32 connections read 1,024 files of 1 MiB from the disk.
cold_row() {
	local reader
	forget_cold
	visit "$1" cold/ each 32 1024 >"$work/read" &
	reader=$!
	visit "$1" tiny probe 200 3 >"$work/probed"
	wait "$reader"
	printf '%s %s %s\n' "$1" "$(cat "$work/probed")" "$(cat "$work/read")" >>"$work/cold"
}

# The server that has cold files has none in memory, and no digests of them.
serve_cold() {
	local source=$disk
	stop_servers
	start_nginx
	start_rsync
	restart_ferryd "$work/cold-cache"
}

run_cold() {
	local round who number
	mkdir "$disk/cold"
	for number in {0000..1023}; do
		dd if="$source/big" of="$disk/cold/$number" bs=1M skip=$((10#$number)) count=1 status=none
	done
	head -c 4096 "$source/big" >"$disk/tiny"
	sync -f "$disk"
	rm -f "$work/cold"
	for ((round = 0; round < $1; round++)); do
		for who in ferry nginx nginx_threads; do
			rm -rf "$work/cold-cache"
			serve_cold
			printf '%s %s alone\n' "$who" "$(visit "$who" tiny probe 200 3)" >>"$work/cold"
			cold_row "$who"
		done
	done
	stop_servers
	start_servers
	echo '| | p50 alone, ms | p99 alone | p50 beside, ms | p99 beside | cold GB/s |'
	echo '|---|--:|--:|--:|--:|--:|'
	for who in ferry nginx nginx_threads; do
		printf '| %s |' "$who"
		for field in 2 3; do
			printf ' %s |' "$(awk -v who="$who" -v field="$field" '$1 == who && $5 == "alone" { print $field }' "$work/cold" | median_of)"
		done
		for field in 2 3 5; do
			printf ' %s |' "$(awk -v who="$who" -v field="$field" '$1 == who && $5 != "alone" { print $field }' "$work/cold" | median_of)"
		done
		echo
	done
	rm -rf "$disk/cold"
}

# --- Refusal ----------------------------------------------------------------------------------------------------------

# The very programs that were measured refuse a file of which one bit was changed on the way.
run_refusal() {
	local code=0 port
	restart_ferryd "$work/cache"
	coproc flipper { "$programs/tests/tools/proxy" --flip-pieces "$(port_of "$ferry_url")"; }
	read -r port <&"${flipper[0]}"
	empty_destination
	"$programs/ferry" get --no-sync --retry 0 -d "$destination" "ferry://127.0.0.1:$port/quarter" >"$work/row.log" 2>&1 || code=$?
	exec {flipper[1]}>&-
	wait "$flipper_PID"
	[ "$code" = 7 ] && [ ! -e "$destination/quarter" ] || fail "a changed bit was not refused (code $code)"
	echo 'The programs that were measured, with the options that were measured, refused a file of which a bit was flipped on the way.'
}
