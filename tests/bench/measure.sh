# How things are measured: interleaved rounds, wall time, and what all processors did meanwhile.
# A row is a function; prepare_ROW, when there is one, runs before it and check_ROW after it (else the table's check), untimed.
# Results are lines: table, network, row, round, seconds, CPU-seconds of the programs, of the machine, share of stolen time.

# Sets busy and stolen, in ticks since the machine started.
read_machine() {
	local user nice system idle wait irq softirq steal
	read -r _ user nice system idle wait irq softirq steal _ </proc/stat
	busy=$((user + nice + system + irq + softirq)) stolen=$steal
}

# Sets spent, the CPU-seconds that the servers, and all clients that have ended, took so far.
read_programs() {
	local pid watched=()
	for pid in "${pids[@]}" $(pgrep -P "$(IFS=, && echo "${pids[*]}")"); do
		watched+=("/proc/$pid/stat")
	done
	times >"$work/times"
	spent=$(cat "${watched[@]}" "$work/times" | awk -v ticks="$ticks" '
		NF > 40 { sum += ($14 + $15 + $16 + $17) / ticks }
		NF == 2 { for (i = 1; i <= 2; i++) { split($i, part, "[ms]"); sum += part[1] * 60 + part[2] } }
		END { printf "%.3f", sum }')
}

# measure ROW: sets seconds, own, cpu and steal.
measure() {
	local start end busy stolen busy_before stolen_before code=0 spent spent_before
	read_programs
	spent_before=$spent
	read_machine
	busy_before=$busy stolen_before=$stolen start=${EPOCHREALTIME/./}
	"$1" >"$work/row.log" 2>&1 || code=$?
	end=${EPOCHREALTIME/./}
	read_machine
	read_programs
	[ "$code" = 0 ] || fail "$1 ended with $code"
	seconds=$(awk "BEGIN { print ($end - $start) / 1e6 }")
	own=$(awk "BEGIN { print $spent - $spent_before }")
	cpu=$(awk "BEGIN { print ($busy - $busy_before) / $ticks }")
	steal=$(awk "BEGIN { print ($stolen - $stolen_before) / $ticks / $processors / (($end - $start) / 1e6) }")
}
ticks=$(getconf CLK_TCK) processors=$(nproc)

empty_destination() {
	rm -rf "$destination"
	mkdir "$destination"
	[ "$destination" = "$work/destination" ] || sync -f "$destination"
}

is_function() {
	[ "$(type -t "$1")" = function ]
}

run_row() {
	empty_destination
	! is_function "prepare_$1" || "prepare_$1"
	measure "$1"
	if is_function "check_$1"; then "check_$1"; else "check_$table"; fi
}

# run_rounds TABLE ROUNDS ROW...: every row once a round, each round beginning with another one.
run_rounds() {
	table=$1
	local rounds=$2 rows=("${@:3}") round index row
	echo "-- $table over $network: ${rows[*]}"
	for ((round = 0; round < rounds; round++)); do
		for ((index = 0; index < ${#rows[@]}; index++)); do
			row=${rows[(index + round) % ${#rows[@]}]}
			run_row "$row"
			printf '%s\t' "$table" "$network" "$row" "$round" "$seconds" "$own" "$cpu" "$steal" >>"$results"
			echo >>"$results"
		done
	done
	empty_destination
}

# choose ROW VARIANT...: makes ROW the fastest of functions ROW_VARIANT, each the best of its tries, and says so. Once
# chosen it stays.
tries=2
choose() {
	local row=$1 variant try best=none report=''
	local -A shortest=([none]=1e9)
	! is_function "$row" || return 0
	for ((try = 0; try < tries; try++)); do for variant in "${@:2}"; do
		run_row "${row}_$variant"
		shortest[$variant]=$(awk "BEGIN { old = ${shortest[$variant]:-1e9}; print $seconds < old ? $seconds : old }")
	done; done
	for variant in "${@:2}"; do
		report+=" $variant ${shortest[$variant]} s,"
		awk "BEGIN { exit ${shortest[$variant]} < ${shortest[$best]} }" || best=$variant
	done
	eval "$row() { ${row}_$best; }"
	echo "   $row:${report%,}: $best it is"
}

# median TABLE ROW FIELD: of all rounds over this network.
median() {
	awk -F '\t' -v table="$1" -v network="$network" -v row="$2" -v field="$3" \
		'$1 == table && $2 == network && $3 == row { print $field }' "$results" | median_of
}

median_of() {
	sort -g | awk '{ list[NR] = $1 } END { print NR % 2 ? list[(NR + 1) / 2] : (list[NR / 2] + list[NR / 2 + 1]) / 2 }'
}
