#!/bin/bash
# Tokens that root adds for the server of another user are that user's, whether the settings name the user or a service manager did.
. tests/support/story.sh

mkdir source
echo secret >source/file
unprivileged

# configured STATE SETTING: writes conf.
configured() {
	printf '[server]\nstate = %s\n%s\n[share docs]\npath = %s\naccess = tokens\n' "$1" "$2" "$work/source" >conf
}

# opens TOKEN: the server that runs lets it in once it was told.
opens() {
	kill -HUP "$server_pid"
	await_line 'event=reload result=' "$server_log" "$server_pid"
	expect 0 ferry get "$server/docs/file" -o "by-$1" --token-file "$1"
	same source/file "by-$1"
}

if [ "$(id -u)" = 0 ]; then
	configured "$work/named" 'user = nobody'
	start_server -c conf
	"$programs/ferryd" token add named --share docs -c conf >named-token
	opens named-token
	equal 'others than its owner there' "$(find named ! -user nobody)" ''
fi

mkdir managed
[ "$(id -u)" != 0 ] || chown nobody: managed
configured "$work/managed" ''
start_server as_nobody -c conf
"$programs/ferryd" token add managed --share docs -c conf >managed-token
opens managed-token
"${unprivileged[@]}" "$work/ferryd" token list -c conf >listed
says '^managed' listed
