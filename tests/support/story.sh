# What every story stands on: the real programs in a temporary folder, plain assertions, and an end that leaves nothing behind.
# A story runs at the repository's root with BUILD naming the build folder, and sources this first.
set -euo pipefail

root=$PWD
. "$root/tests/support/wire.sh"
programs=$root/${BUILD:-build}
tools=$programs/tests/tools
work=$(mktemp -d "${TMPDIR:-/tmp}/ferry-story.XXXXXX")
chmod 755 "$work"
cd "$work"
umask 022
unset FERRY_LANES NOTIFY_SOCKET
export XDG_CONFIG_HOME=$work/none XDG_CACHE_HOME=$work/none XDG_STATE_HOME=$work/none
tool_pids=() servers=() wires=()
trap leave EXIT

# --- Verdicts ---------------------------------------------------------------------------------------------------------

fail() {
	echo "FAILED: $*"
	for log in "$work"/*.log; do
		[ ! -s "$log" ] || { echo "--- ${log##*/}" && tail -n 8 "$log"; }
	done
	exit 1
}

# The reason is the last line, which the runner shows.
skip() {
	echo "$*"
	exit 77
}

# expect CODE COMMAND...: runs COMMAND, leaves what it says in out and err, and fails unless it ends with CODE.
expect() {
	local wanted=$1 code=0
	shift
	"$@" >"$work/out" 2>"$work/err" || code=$?
	[ "$code" = "$wanted" ] && return
	echo "--- stderr" && tail -n 20 "$work/err"
	fail "code $code instead of $wanted: $*"
}

# same A B: two files, or two trees, are equal.
same() {
	diff -r --no-dereference "$1" "$2" >"$work/differences" 2>&1 || { head -n 5 "$work/differences" && fail "$1 and $2 differ"; }
}

absent() {
	for path in "$@"; do
		[ ! -e "$path" ] && [ ! -L "$path" ] || fail "$path should not be there"
	done
}

# says PATTERN FILE: FILE has a line that PATTERN (extended) matches.
says() {
	grep -qE -- "$1" "$2" || { head -n 20 "$2" && fail "$2 does not say '$1'"; }
}

# await_line PATTERN FILE PID: waits until FILE has such a line; fails when process PID ends before that, or after a minute.
await_line() {
	grep -qE -m 1 -- "$1" < <(exec timeout 60 tail -n +1 -f --pid="$3" "$2") || fail "$2 does not come to say '$1'"
}

# equal WHAT IS WANTED
equal() {
	[ "$2" = "$3" ] || fail "$1 is '$2' instead of '$3'"
}

# --- The programs -----------------------------------------------------------------------------------------------------

ferry() {
	"$programs/ferry" "$@"
}

# start_server [as_nobody] ARGUMENT...: a ferryd on a free loopback port; sets server (its URL without the last slash), port,
# server_pid, server_log and ready_line.
# As nobody it has none of root's powers; listen=ADDRESS before it chooses another address.
start_server() {
	local command=("$programs/ferryd")
	[ "$1" != as_nobody ] || { shift && unprivileged && command=("${unprivileged[@]}" "$work/ferryd"); }
	local number=${#servers[@]} ready word url
	ready=$work/ready.$number server_log=$work/server.$number.log
	mkfifo "$ready"
	"${command[@]}" --no-cache -l "${listen:-127.0.0.1:0}" "$@" >"$ready" 2>"$server_log" &
	server_pid=$! servers+=($!)
	ready_line=$(head -n 1 "$ready")
	read -r word url _ <<<"$ready_line"
	[ "$word" = ready ] || fail "no ready line: $ready_line"
	server=${url%/} port=${server##*:}
}

# The server has been told to stop: it has to end with 0.
await_server() {
	local code=0
	wait "$server_pid" || code=$?
	[ "$code" = 0 ] || fail "the server ended with $code"
	servers=("${servers[@]/$server_pid/gone}")
}

kill_server() {
	kill -KILL "$server_pid"
	wait "$server_pid" 2>/dev/null || :
	servers=("${servers[@]/$server_pid/gone}")
}

stop_server() {
	kill -TERM "$server_pid"
	await_server
}

# start_tool NAME ARGUMENT...: one of tests/tools; lines go to it through >&"$to", its answers come through <&"$from".
start_tool() {
	local number=${#tool_pids[@]}
	mkfifo "$work/to.$number" "$work/from.$number"
	"$tools/$1" "${@:2}" <"$work/to.$number" >"$work/from.$number" 2>"$work/tool.$number.log" &
	tool_pids+=($!)
	exec {to}>"$work/to.$number" {from}<"$work/from.$number"
}

# start_proxy OPTION...: a bad network before the server; sets proxied, the server's URL through it.
start_proxy() {
	start_tool proxy "$@" "$port"
	read -r proxy_port <&"$from"
	proxied=ferry://127.0.0.1:$proxy_port
}

# Sets unprivileged, a command prefix that takes root's powers away, and puts programs where anybody may run them.
unprivileged() {
	unprivileged=()
	[ "$(id -u)" != 0 ] || unprivileged=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	[ -x "$work/ferry" ] || install -m 755 "$programs/ferry" "$programs/ferryd" "$work"
}

# Tells the rest of the story again in mounts of its own, so that it may have small or read-only file systems.
in_own_mounts() {
	[ -z "${OWN_MOUNTS:-}" ] || return 0
	cd "$root"
	local unshare=(unshare --mount)
	[ "$(id -u)" = 0 ] || unshare+=(--map-root-user)
	"${unshare[@]}" true || skip 'no mount namespace here'
	OWN_MOUNTS=yes "${unshare[@]}" "$0" && exit 0 || exit $?
}

# --- Samples ----------------------------------------------------------------------------------------------------------

# sample FILE BYTES: a file without repetition.
sample() {
	head -c "$2" /dev/urandom >"$1"
}

# flip FILE OFFSET...: a bit of each of these bytes becomes the other, whatever it was.
flip() {
	local offset byte
	for offset in "${@:2}"; do
		byte=$(od -An -tu1 -j "$offset" -N 1 "$1")
		printf "\\x$(printf %x $((byte ^ 16)))" | dd of="$1" bs=1 seek="$offset" conv=notrunc status=none
	done
}

# vast FILE: more than fits into the buffers between two programs; costs hardly any disk.
vast() {
	sample "$1" 3000000
	truncate -s 200M "$1"
}

# --- The end ----------------------------------------------------------------------------------------------------------

# Tools and raw connections go first, so that no server has a reason to wait; then every server has to end as asked.
leave() {
	local code=$? signal=TERM ended=0
	trap - EXIT
	set +e
	[ "$code" = 0 ] || signal=KILL
	{
		kill -KILL "${tool_pids[@]}" && wait "${tool_pids[@]}"
		for wire in "${wires[@]}"; do exec {wire}>&-; done
	} 2>/dev/null
	for server_pid in "${servers[@]}"; do
		[ "$server_pid" != gone ] || continue
		kill "-$signal" "$server_pid"
		wait "$server_pid" 2>/dev/null || ended=$?
		[ "$ended" = 0 ] || [ "$code" != 0 ] || { echo "A server ended with $ended" && code=1; }
	done
	if grep -lE 'Sanitizer|runtime error' ./*.log err 2>/dev/null; then
		tail -n 60 ./*.log err
		code=1
	fi
	cd /
	grep -o " $work/[^ ]*" /proc/mounts | xargs -r umount -l
	rm -rf "$work"
	exit "$code"
}
