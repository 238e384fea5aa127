#!/bin/bash
# C19: whatever a server does while it serves, strace sees no system call that the filter of the sandbox would not allow.
. tests/support/story.sh

command -v strace >/dev/null || skip 'strace is not installed'
strace -o "$work/trace" true || skip 'strace may not trace here'
[ "${BUILD:-build}" = build ] || skip 'a sanitizer makes calls of its own'

# The names in the filter's tables but for what only sanitizers need.
sed '/sanitizers_need\[\]/,/^};/d' "$root/server/sandbox_calls.c" | grep -oE 'SCMP_SYS\([a-z0-9_]+\)' |
	sed -E 's/SCMP_SYS\((.*)\)/\1/' | sort -u >allowed
[ "$(wc -l <allowed)" -gt 80 ] || fail 'the tables of the filter are not found'

# The tracer is the grandchild, so that signals and the end are the server's own.
real=$programs
mkdir traced
printf '#!/bin/bash\nexec strace -D -f -qq -o "%s/trace" "%s/ferryd" "$@"\n' "$work" "$real" >traced/ferryd
chmod +x traced/ferryd
ln -s "$real/ferry" traced/ferry

mkdir -p source/folder/deep conf state
sample source/large 5000000
sample source/folder/cold 3000000
for i in 1 2 3 4 5; do echo "$i" >"source/folder/deep/$i"; done
ln -s folder/deep/1 source/link
mkfifo source/pipe

# serve POLICY OPTION...: everything that a server has to do, from its start to its end, in trace.
serve() {
	cat >conf/ferryd.conf <<-END
		[server]
		sandbox = $1
		cache = $work/cache
		[share open]
		path = $work/source
		symlinks = beneath
		[share closed]
		path = $work/source
		access = tokens
	END
	"$real/ferryd" token add "$2" --share closed -c conf/ferryd.conf --state state >token 2>/dev/null
	programs=$work/traced
	start_server -c conf/ferryd.conf --cache "$work/cache" --state state --prewarm "${@:3}"
	programs=$real
	export FERRY_TOKEN=
	[[ $server = ferry:* ]] || pin=(--pin "$("$real/ferryd" --print-pin --state state)")
	dd of=source/folder/cold oflag=nocache conv=notrunc,fdatasync count=0 status=none
	expect 0 ferry get -r "$server/open/folder" -d "fetched.$2" "${pin[@]}"
	same source/folder "fetched.$2/folder"
	expect 0 ferry ls -r "$server/open/" "${pin[@]}"
	expect 0 ferry stat "$server/open/link" "${pin[@]}"
	expect 0 ferry sum "$server/open/large" "${pin[@]}"
	expect 0 ferry ping "$server" -c 2 "${pin[@]}"
	expect 3 ferry get "$server/closed/large" "${pin[@]}"
	greet_badly
	expect 0 "$real/ferryd" token add "$2-later" --share closed -c conf/ferryd.conf --state state
	cp out token
	kill -HUP "$server_pid"
	await_line 'event=reload result=done' "$server_log" "$server_pid"
	expect 0 ferry get "$server/closed/large" --token-file token -o "large.$2" "${pin[@]}"
	same source/large "large.$2"
	await_line event=prewarmed "$server_log" "$server_pid"
	stop_server
}

# What is no client at all, and one that hangs up.
greet_badly() {
	dial
	put "$(hex_of 'GET / HTTP/1.0')"
	get_frame || :
	hang_up
	dial
	hang_up
}

# calls_after LINE: the names of all calls from there on.
calls_after() {
	tail -n "+$(($1 + 1))" trace | grep -oE '^[0-9]+ +(<\.\.\. )?[a-z0-9_]+[( ]' | sed -E 's/^[0-9]+ +(<\.\.\. )?//; s/.$//' | sort -u
}

for way in required.plain required.tls off.plain off.tls; do
	policy=${way%.*} pin=()
	serve "$policy" "${way/./-}" --"${way#*.}"
	# With the sandbox from its filter on; without, from the first thread on, which is where it would be.
	if [ "$policy" = required ]; then
		begin=$(grep -n 'seccomp(SECCOMP_SET_MODE_FILTER.* = 0$' trace | tail -n 1)
	else
		begin=$(grep -n -m 1 ' clone3\?(' trace)
	fi
	calls_after "${begin%%:*}" >called
	[ "$(wc -l <called)" -gt 25 ] || fail "only $(wc -l <called) different calls were seen"
	comm -13 allowed called >outside
	[ ! -s outside ] || fail "outside the filter with $way: $(tr '\n' ' ' <outside)"
	! grep -q SIGSYS trace || fail 'the filter has struck'
	echo "$way: $(wc -l <called) different calls of $(wc -l <allowed)"
done
