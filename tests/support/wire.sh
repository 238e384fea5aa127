# A client made of nothing but the shell: frames in hex over one connection, as docs/protocol.md lays them out.

# Opens a connection to the server; several may be open, wire is the last one.
dial() {
	exec {wire}<>"/dev/tcp/127.0.0.1/${1:-$port}"
	wires+=("$wire")
}

hang_up() {
	exec {wire}>&-
}

# hex_of TEXT
hex_of() {
	printf %s "$1" | od -An -v -tx1 | tr -d ' \n'
}

# put HEX: sends these bytes; false when the peer is gone.
put() {
	# shellcheck disable=SC2059
	printf "$(sed 's/../\\x&/g' <<<"${1// /}")" >&"$wire"
}

# frame TYPE FLAGS NUMBER PAYLOAD: prints a frame; all hex but NUMBER.
frame() {
	printf '%08x%s%s%04x%s' $((${#4} / 2)) "$1" "$2" "$3" "$4"
}

# get BYTES: prints as many bytes as hex, fewer at the end of the connection.
get() {
	head -c "$1" <&"$wire" | od -An -v -tx1 | tr -d ' \n'
}

# Takes the next frame apart into type, flags, number and payload (left out where it is long); false at the end.
get_frame() {
	local header length
	header=$(get 8)
	[ ${#header} = 16 ] || return 1
	type=${header:8:2} flags=${header:10:2} number=$((16#${header:12:4})) payload= length=$((16#${header:0:8}))
	if [ "$length" -le 65536 ]; then payload=$(get "$length"); else head -c "$length" <&"$wire" >/dev/null; fi
}

# get_pieces NUMBER COUNT: prints the bytes of the next COUNT frames, which have to be proven DATA of request NUMBER.
get_pieces() {
	"$tools/pieces" "$1" "$2" <&"$wire"
}

# --- Messages ---------------------------------------------------------------------------------------------------------

hello=$(frame 01 00 0 46455252590d0a1a0001000100000000)
any_version=00000000000000000000000000000000

# path TEXT: a path as requests carry it.
path() {
	local hex
	hex=$(hex_of "$1")
	printf '%04x%s' $((${#hex} / 2)) "$hex"
}

# read_request NUMBER PATH VERSION FIRST COUNT
read_request() {
	frame 13 00 "$1" "$(path "$2")$3$(printf '%016x%016x' "$4" "$5")"
}

# Dials and goes through the greeting.
greet() {
	dial "$@"
	put "$hello"
	get_frame && [ "$type" = 81 ] || fail "no WELCOME but '$type'"
}

# The version that a FILE frame in payload names: after kind, mode, size and time.
file_version() {
	echo "${payload:46:32}"
}

# expect_error CODE: the next frame is ERROR with this code.
expect_error() {
	get_frame || fail "the connection ended instead of error $1"
	[ "$type" = ff ] && [ "$((16#${payload:0:4}))" = "$1" ] || fail "frame $type ${payload:0:80} instead of error $1"
}

# --- Servers of our own ------------------------------------------------------------------------------------------------

welcome=$(frame 81 00 0 46455252590d0a1a0001000000000040000100000004)

# bytes HEX: prints what it stands for.
bytes() {
	# shellcheck disable=SC2059
	printf "$(sed 's/../\\x&/g' <<<"$1")"
}

# lie FRAME...: a server that says these behind its WELCOME, whatever it is asked, and holds on; sets liar, its URL.
lie() {
	bytes "$welcome$(printf %s "$@")" >"$work/said"
	lie_in_full
}

# The same with all that stands in the file said.
lie_in_full() {
	local lying_port
	start_tool impostor hold "$work/said"
	read -r lying_port <&"$from"
	liar=ferry://127.0.0.1:$lying_port
}
