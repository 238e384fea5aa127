#!/bin/bash
# Every exit code of ferry that can occur has a case here, and every case ends with its code.
. tests/support/story.sh

code_0() { ferry get "$server/file" -o fine; }
code_1() { ferry get "$server/fifo" -d new; }
code_2() { ferry get "$server/folder" -d new; }
code_3() { ferry get "$server/missing" -d new; }
code_4() { ferry get "$server/forbidden" -d new; }
code_5() { ferry get ferry://127.0.0.1:1/file -d new; }
code_7() { start_proxy --flip-pieces && ferry get "$proxied/file" -d new --retry 0; }
code_8() { get_changing; }
code_9() { ferry get "$server/file" -o missing/file; }
code_10() { local server port && start_server -c full.conf && greet && ferry get "$server/file" -d new --retry 0; }
code_11() { start_tool impostor close greeting && read -r other <&"$from" && ferry get "ferry://127.0.0.1:$other/file" -d new; }
code_12() { ferry get "$server/missing" ferry://127.0.0.1:1/file -d new; }
code_130() { interrupted_get; }
not_yet=(6) # comes with TLS

# A source that is another one at every look.
get_changing() {
	local code=0
	while :; do echo more >>source/changing; done &
	ferry get "$server/changing" -d new --retry 0 || code=$?
	kill $! && wait $! || return "$code"
}
interrupted_get() {
	start_proxy --stall 100
	exec {report}< <("$tools/outcome" "$programs/ferry" get "$proxied/file" -d new 3>&1 2>client.log)
	read -r _ pid <&"$report"
	read -r _ <&"$from"
	kill -INT "$pid"
	read -r word number <&"$report"
	[ "$word $number" = 'signal 2' ] && return 130
}

mkdir -p source/folder
mkfifo source/fifo
sample source/file 2000000
sample source/forbidden 10
vast source/changing
chmod 000 source/forbidden
chmod 755 source
printf '[server]\nmax_connections = 1\n[share s]\npath = %s\n' "$work/source" >full.conf
printf 'HTTP/1.1 400 Bad Request\r\n\r\n' >greeting
start_server as_nobody source
for code in 0 1 2 3 4 5 7 8 9 10 11 12 130; do
	declare -F "code_$code" >/dev/null || fail "no case for code $code"
	expect "$code" "code_$code"
done
listed=$(sed -n '/^## Exit codes/,/^## /p' "$root/README.md" | grep -oE '^\| [0-9]+ ' | tr -d '| ')
for code in $listed; do
	[[ " ${not_yet[*]} " == *" $code "* ]] || declare -F "code_$code" >/dev/null || fail "no case for code $code"
done
