#!/bin/bash
# A ready server says so once on stdout, on a descriptor, in a file of ports and to a service manager.
. tests/support/story.sh

mkdir source
echo here >source/file
start_tool notified "$work/manager"
read -r _ <&"$from"
echo old >ports
NOTIFY_SOCKET=$work/manager start_server --ready-fd 7 --port-file ports -l '[::1]:0' source 7>ready-line
read -r _ first second <ready-line
equal 'first URL' "$first" "$server/"
equal 'ports' "$(xargs <ports)" "$port $(sed -E 's/.*:([0-9]+)\/$/\1/' <<<"$second")"
read -r -t 10 message <&"$from"
equal 'message' "$message" READY=1
for url in "$first" "$second"; do
	expect 0 ferry get "${url}file" -o copy
done
stop_server
read -r -t 10 message <&"$from"
equal 'message' "$message" STOPPING=1
