# Where a benchmark runs: network namespaces of its own, folders in memory, and an end that leaves nothing behind.

bench=$root/tests/bench
programs=$root/${BUILD:-build}
pids=()

# Names everything that is missing at once.
need() {
	local missing=() command
	for command in "$@"; do
		command -v "$command" >/dev/null || missing+=("$command")
	done
	[ ${#missing[@]} = 0 ] || { echo "missing: ${missing[*]}; 'make bench-deps' installs them" >&2 && exit 1; }
}

fail() {
	echo "FAILED: $*" >&2
	tail -n 5 "$work"/*.log >&2
	exit 1
}

make_place() {
	work=$(mktemp -d /dev/shm/ferry-bench.XXXXXX)
	disk=$(mktemp -d "${TMPDIR:-/var/tmp}/ferry-bench.XXXXXX")
	chmod 755 "$work" "$disk"
	source=$work/source destination=$work/destination results=$work/results
	mkdir "$source" "$destination" "$work/nginx"
	export XDG_CONFIG_HOME=$work/none XDG_CACHE_HOME=$work/none XDG_STATE_HOME=$work/none HOME=$work
	trap leave EXIT
}

leave() {
	local code=$?
	trap - EXIT
	set +e
	[ "$code" = 0 ] || echo "the benchmark ended with $code" >&2
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	rm -rf "$work" "$disk"
	exit "$code"
}

# In a virtual machine memory is slow when it is touched for the first time: nobody shall be the first.
touch_memory() {
	head -c "$1" /dev/zero >"$work/touched"
	rm "$work/touched"
}

# --- Networks ---------------------------------------------------------------------------------------------------------

# The server's side of the network is a prefix for commands; its namespace lives as long as this process.
make_networks() {
	ip link set lo up
	unshare --net sleep infinity &
	far=$! && pids+=("$far")
	until [ "$(readlink "/proc/$far/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do :; done
	ip link add near type veth peer name far netns "$far"
	ip address add 10.99.0.1/24 dev near && ip link set near up
	nsenter -t "$far" -n sh -c 'ip link set lo up && ip address add 10.99.0.2/24 dev far && ip link set far up'
}

# use_network loopback|default|veth: the congestion control is cubic but in "default", where it is the system's.
use_network() {
	network=$1
	local control=(congctl cubic)
	[ "$network" != default ] || control=()
	for route in 127.0.0.0/8 127.0.0.1; do
		ip route change local "$route" dev lo table local proto kernel scope host src 127.0.0.1 "${control[@]}"
	done
	if [ "$network" = veth ]; then
		server_side=(nsenter -t "$far" -n) server=10.99.0.2 client=10.99.0.1
		ip route change 10.99.0.0/24 dev near proto kernel scope link src 10.99.0.1 congctl cubic
		nsenter -t "$far" -n ip route change 10.99.0.0/24 dev far proto kernel scope link src 10.99.0.2 congctl cubic
	else
		server_side=() server=127.0.0.1 client=127.0.0.1
	fi
}

# What the kernel says about a connection to PORT of the server, at both ends where both are here.
show_congestion() {
	local connection
	exec {connection}<>"/dev/tcp/$server/$1"
	ss -tinH state established "( sport = :$1 or dport = :$1 )" | grep -oE '^\s+[a-z]+ ' | sort | uniq -c | xargs
	exec {connection}>&-
}
