#!/bin/bash
# Whom ferry trusts: a pin, a known server, an authority, the user; and who is turned away.
# Threat P2 of docs/security.md.
. tests/support/story.sh

mkdir source
echo here >source/file
start_server --tls --state state source
[[ $server = ferrys://127.0.0.1:* ]] || fail "$ready_line"
pin=$("$programs/ferryd" --print-pin --state state)
stranger=sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
known=$XDG_CONFIG_HOME/ferry/known-servers
[[ $pin =~ ^sha256:[A-Za-z0-9+/]{43}=$ ]] || fail "pin $pin"
equal 'mode of the identity' "$(stat -c %a state/identity.pem)" 600

# A server that nobody knows is not trusted, and the sentence says what to do.
expect 6 ferry get "$server/file" </dev/null
says "ferry trust $server/ ${pin//+/\\+}" err
absent file "$known"

# --pin is for this run only.
expect 0 ferry get "$server/file" --pin "$pin"
same source/file file
absent "$known"
rm file
expect 6 ferry get "$server/file" --pin "$stranger"
says "its pin is ${pin//+/\\+}" err
expect 2 ferry get "$server/file" --pin "${pin%=}"
absent file

# Without the s of ferrys:// nothing would be proven: no command pretends that it was.
plain=ferry://127.0.0.1:$port
(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout own.key -out own.pem -subj /CN=own -days 2) 2>/dev/null
for proof in "--pin $pin" '--ca own.pem'; do
	for command in "get $plain/file" "ls $plain/" "stat $plain/file" "sum $plain/file" "verify $plain/file source/file" "ping $plain"; do
		# shellcheck disable=SC2086
		expect 2 ferry $command $proof
		says "$plain.*${proof%% *} wants .* ferrys://" err
	done
	printf '%s\n' "$server/file" "$plain/file" >mixed
	# shellcheck disable=SC2086
	expect 2 ferry get -i mixed $proof
	says "$plain/file: ${proof%% *} wants" err
	absent file
done

# Once known it is trusted by every command, and no other key is.
expect 0 ferry trust "$server" "$pin"
expect 0 ferry get "$server/file" --json
equal status "$(jq -r .status out)" fetched
expect 0 ferry ls "$server/"
expect 0 ferry sum "$server/file"
equal sum "$(cut -c 1-64 out)" "$(sha256sum source/file | cut -c 1-64)"
expect 0 ferry ping "$server" -c 1
expect 0 ferry trust "$server/file" "$stranger"
expect 6 ferry ls "$server/"
says "another pin than before.*ferry trust $server/ ${pin//+/\\+}" err
expect 0 ferry ls "$server/" --pin "$pin"
equal 'known servers' "$(grep -c ^127 "$known")" 1

# Forgotten, it is a stranger again.
expect 0 ferry untrust "$server"
expect 3 ferry untrust "$server"
expect 6 ferry ls "$server/" </dev/null
expect 2 ferry trust "ferry://127.0.0.1:$port" "$pin"
expect 2 ferry trust "$server" pin
mkdir -p "${known%/*}"
echo garbage >"$known"
expect 6 ferry ls "$server/"
says 'known-servers:1' err
expect 0 ferry ls "$server/" --pin "$pin"
