# A user at a terminal, who reads the question before typing the answer.

tracer=
mkfifo keys screen

# meet COMMAND...: ferry, under a tracer where one is named, on a terminal of its own, up to its question, which asked has then.
# A shell makes what it starts in the background deaf for interrupts.
meet() {
	script -qefc "env --default-signal=INT $tracer $programs/ferry $*" /dev/null <keys >screen &
	meeting=$!
	exec {keys}>keys {screen}<screen
	# The question has no line of its own to end: its last character is this.
	read -r -d ')' asked <&"$screen" || fail "no question: $asked"
}

# answer WORD CODE: types WORD; what is shown from then on is in shown. Before the end nothing hangs up, nor does the input end.
answer() {
	local code=0
	printf '%s\n' "$1" >&"$keys"
	cat <&"$screen" >shown
	wait $meeting || code=$?
	exec {keys}>&- {screen}<&-
	[ "$code" = "$2" ] || fail "code $code instead of $2 after '$1'"
}
