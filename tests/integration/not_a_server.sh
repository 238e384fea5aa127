#!/bin/bash
# A peer that is not ferry is named as such: an HTTP server, noise, a file of zeros; one that says nothing times out.
# Threat S13 of docs/security.md.
. tests/support/story.sh

printf 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nno' >http
printf 'SSH-2.0-OpenSSH_9.2\r\n' >ssh
head -c 100000 /dev/zero >zeros
printf '\x15\x03\x01\x00\x02\x02\x46' >tls
for greeting in http ssh zeros tls; do
	for ending in close hold; do
		start_tool impostor "$ending" "$greeting"
		read -r other <&"$from"
		expect 11 ferry get "ferry://127.0.0.1:$other/file" --timeout 20
		absent file
	done
done
for greeting in http ssh; do
	start_tool impostor close "$greeting"
	read -r other <&"$from"
	expect 11 ferry ls "ferrys://127.0.0.1:$other/" --timeout 20
	says 'does not speak TLS$' err
done
for round in {1..20}; do
	sample noise 1000
	start_tool impostor close noise
	read -r other <&"$from"
	expect 11 ferry get "ferry://127.0.0.1:$other/file" --timeout 20
done
start_tool impostor hold
read -r other <&"$from"
expect 5 ferry get "ferry://127.0.0.1:$other/file" --timeout 1 --retry 0
expect 5 ferry get "ferry://127.0.0.1:$other/file" --timeout 0.2 --retry 1 --json
equal 'attempts' "$(jq .attempts out)" 2
expect 5 ferry get -r "ferry://127.0.0.1:$other/folder" --timeout 0.2 --retry 1 --json
equal 'attempts at a listing' "$(jq .attempts out)" 2
start_tool impostor close
read -r other <&"$from"
code=0
ferry get "ferry://127.0.0.1:$other/file" --timeout 1 --retry 0 2>err || code=$?
[ "$code" = 5 ] || [ "$code" = 11 ] || fail "a peer that hangs up gave code $code"
