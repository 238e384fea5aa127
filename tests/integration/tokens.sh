#!/bin/bash
# Tokens open the share, or the part of it, that they are for; until they expire or are removed.
# Threats C17 and P3 of docs/security.md.
. tests/support/story.sh

reload() {
	local before
	before=$(grep -c 'event=reload result=done' "$server_log") || :
	kill -HUP "$server_pid"
	while [ "$(grep -c 'event=reload result=done' "$server_log")" = "$before" ]; do
		kill -0 "$server_pid"
	done
}
token() {
	"$programs/ferryd" token "$@" -c conf --state state
}

mkdir -p source/part/deep other
echo all >source/file
echo part >source/part/file
ln -s ../file source/part/out
echo other >other/file
cat >conf <<END
[server]
tls = yes
[share open]
path = $work/other
[share docs]
path = $work/source
access = tokens
[share more]
path = $work/other
access = tokens
[share far]
path = $work/other
addresses = 192.0.2.0/24 2001:db8::/32
END
start_server -c conf --state state
ferry trust "$server" "$("$programs/ferryd" --print-pin -c conf --state state)"

# Without a token the share does not exist, and the hint says what may be wrong; so it does for a share that really does not.
expect 0 ferry ls "$server/"
equal shares "$(cat out)" open/
for share in docs more far nothing; do
	expect 3 ferry ls "$server/$share/"
	says 'no token was sent' err
done
expect 0 ferry get "$server/open/file"

# A token is shown once, to whoever asked for it, and never stored.
token add all --share docs >all
equal 'the lines of a token' "$(grep -cE '^ferry_[0-9a-f]{64}$' all)" 1
equal 'the mode of the tokens' "$(stat -c %a state/tokens)" 600
! grep -rqF "$(cat all)" state || fail 'the token is stored'
expect 4 ferry ls "$server/docs/" --token-file all
reload
expect 0 ferry ls "$server/docs/" --token-file all
FERRY_TOKEN=$(cat all) expect 0 ferry get -r "$server/docs" -d copy
same source/file copy/docs/file
FERRY_TOKEN=$(cat all) expect 0 ferry ls "$server/"
equal shares "$(sort out | tr '\n' ' ')" 'docs/ open/ '

# Elsewhere a good one opens nothing, and does not tell that there is something.
expect 3 ferry ls "$server/more/" --token-file all
cp err elsewhere
expect 3 ferry ls "$server/none/" --token-file all
equal 'what is said' "$(sed s/none/more/ err)" "$(cat elsewhere)"

# A secret that nobody could read is told of, with what to do.
code=0
token add unread --share docs >/dev/full 2>err || code=$?
equal 'code of a full device' "$code" 9
says 'the token is stored, but could not be written .*: remove it, and add it again' err
token remove unread

# A bad one is told so, on every share.
for share in docs open nothing; do
	FERRY_TOKEN=ferry_wrong expect 4 ferry ls "$server/$share/"
done
FERRY_TOKEN=ferry_wrong expect 4 ferry get "$server/open/file" -o barred
if grep 'trying again' err; then fail 'a refused token was tried again'; fi
for number in {1..12}; do
	FERRY_TOKEN=ferry_wrong expect 4 ferry get "$server/open/file" -o barred --json -j 4
	equal "attempts of run $number" "$(jq .attempts out)" 1
done
FERRY_TOKEN='two words' expect 2 ferry ls "$server/docs/"

# For a part: what is beside it does not exist, and no symlink leads out.
token add part --share docs/part >part
reload
expect 0 ferry get "$server/docs/part/file" -o got --token-file part
same source/part/file got
expect 3 ferry get "$server/docs/file" --token-file part
expect 3 ferry ls "$server/docs/" --token-file part
expect 4 ferry get "$server/docs/part/out" --token-file part

# A line in the configuration, for one server.
mkdir -p "$XDG_CONFIG_HOME/ferry"
(umask 077 && echo "$server/ $(cat all)" >"$XDG_CONFIG_HOME/ferry/tokens")
expect 0 ferry ls "$server/docs/"
chmod 640 "$XDG_CONFIG_HOME/ferry/tokens"
expect 2 ferry ls "$server/docs/"
rm "$XDG_CONFIG_HOME/ferry/tokens"

# It expires, or is removed, while somebody uses it.
token add brief --share docs --expires 1s >brief
reload
while ferry ls "$server/docs/" --token-file brief >out 2>err; do :; done
expect 4 ferry ls "$server/docs/" --token-file brief
token list >list
equal tokens "$(cut -f 1,2,4 list | tr '\t\n' '  ')" 'all token docs part token docs/part brief token docs '
says '^brief.*expired' list
token remove all
reload
expect 4 ferry ls "$server/docs/" --token-file all
expect 2 token remove all
expect 2 token add part --share docs
expect 2 token add x --share nowhere
expect 2 token add x --share docs --expires soon

# A store that is damaged opens nothing.
echo garbage >>state/tokens
reload
says 'tokens=failed' "$server_log"
expect 4 ferry ls "$server/docs/" --token-file part
expect 0 ferry ls "$server/open/"
expect 9 "$programs/ferryd" -c conf --state state -l 127.0.0.1:0
expect 9 token list

# Where no share asks for tokens, a client may have one in its configuration all the same.
start_server other
FERRY_TOKEN=ferry_whatever expect 0 ferry get "$server/file" -o here
same other/file here
