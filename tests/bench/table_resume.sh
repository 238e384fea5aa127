# Half of the file is there from a run that was interrupted, and one byte of that half is wrong.

# half_a_file NAME
half_a_file() {
	empty_destination
	dd if="$source/big" of="$destination/$1" bs=1M count=1024 status=none
	printf '\x55' | dd of="$destination/$1" bs=1 seek=314572800 conv=notrunc status=none
}

resume_ferry() { "$programs/ferry" get --no-sync -d "$destination" "${ferry_url}big"; }
resume_curl() { curl -sf -C - -o "$destination/big" "http://$server:8080/big"; }
resume_aria2() { aria2c -q -c --file-allocation=none -d "$destination" -o big "http://$server:8080/big"; }
resume_rsync() { rsync --append-verify "rsync://$server:8730/s/big" "$destination/"; }

# Of this network namespace: what /sys shows may be another's.
received() {
	awk '$1 == "lo:" { print $2 }' /proc/net/dev
}

# resume_row ROW NAME: rate and truth; NAME is what the interrupted run has left.
resume_row() {
	local before verdict=wrong
	half_a_file "$2"
	before=$(received)
	measure "$1"
	local moved=$(($(received) - before))
	! cmp -s "$source/big" "$destination/big" || verdict=right
	printf '%s %s %s %s %s\n' "$1" "$seconds" "$own" "$moved" "$verdict" >>"$work/resume"
}

run_resume() {
	local round
	with_known_digests
	rm -f "$work/resume"
	for ((round = 0; round < $1; round++)); do
		resume_row resume_ferry .big.ferry-part
		resume_row resume_curl big
		resume_row resume_aria2 big
		resume_row resume_rsync big
	done
	empty_destination
	echo '| | seconds | CPU-seconds | MB over the network | the copy is |'
	echo '|---|--:|--:|--:|---|'
	report_resume resume_ferry '`ferry get`'
	report_resume resume_curl '`curl -C -`'
	report_resume resume_aria2 '`aria2c -c`'
	report_resume resume_rsync '`rsync --append-verify`'
}

report_resume() {
	local field
	printf '| %s |' "$2"
	for field in 2 3 4; do
		printf ' %s |' "$(awk -v row="$1" -v field="$field" '$1 == row { print field == 4 ? $4 / 1e6 : $field }' "$work/resume" |
			median_of | awk '{ printf $1 < 100 ? "%.2f" : "%d", $1 }')"
	done
	printf ' %s |\n' "$(awk -v row="$1" '$1 == row { print $5 }' "$work/resume" | sort -u | xargs)"
}
