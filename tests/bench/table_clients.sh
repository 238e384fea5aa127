# Many clients at once fetch 256 MiB each and store nothing.

at_once() {
	local count=$1 clients=() pid
	shift
	while ((count-- > 0)); do
		"$@" &
		clients+=($!)
	done
	for pid in "${clients[@]}"; do wait "$pid"; done
}
check_clients() { :; }

for clients_count in 1 2 4 8 16 32; do
	eval "clients_ferry_$clients_count() { at_once $clients_count \"$programs/ferry\" get -q -o /dev/null \"\${ferry_url}quarter\"; }"
	eval "clients_curl_$clients_count() { at_once $clients_count curl -sf -o /dev/null \"http://\$server:8080/quarter\"; }"
done

report_clients() {
	local count ferry curl
	echo '| clients | ferry GB/s | CPU-seconds per GB | nginx, curl GB/s | CPU-seconds per GB |'
	echo '|--:|--:|--:|--:|--:|'
	for count in 1 2 4 8 16 32; do
		echo "$count $(median clients "clients_ferry_$count" 5) $(median clients "clients_ferry_$count" 6)" \
			"$(median clients "clients_curl_$count" 5) $(median clients "clients_curl_$count" 6)"
	done | awk '{ bytes = $1 * 0.268435456
		printf "| %d | %.2f | %.2f | %.2f | %.2f |\n", $1, bytes / $2, $3 / bytes, bytes / $4, $5 / bytes }'
}

run_clients() {
	restart_ferryd "$work/cache"
	clients_ferry_1
	local count rows=()
	for count in 1 2 4 8 16 32; do rows+=("clients_ferry_$count" "clients_curl_$count"); done
	run_rounds clients "$1" "${rows[@]}"
}
