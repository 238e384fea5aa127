#!/bin/bash
# The LAN of the README: a server with TLS and one token, a client in a network of its own, three commands; and who is turned away.
# Threats P2 and P3 of docs/security.md.
. tests/support/story.sh

# Tells the rest of the story again in a network of its own.
if [ -z "${OWN_NETWORK:-}" ]; then
	cd "$root"
	unshare=(unshare --net)
	[ "$(id -u)" = 0 ] || unshare+=(--map-root-user)
	"${unshare[@]}" true || skip 'no network namespace here'
	OWN_NETWORK=yes "${unshare[@]}" "$0" && exit 0 || exit $?
fi

# The client's network, which lives as long as somebody is in it, and a cable between the two.
start_laptop() {
	mkfifo to.laptop from.laptop
	unshare --net bash -c 'echo here && cat' <to.laptop >from.laptop &
	tool_pids+=($!)
	laptop=$!
	exec {to}>to.laptop {from}<from.laptop
	read -r said <&"$from"
	ip link add nas type veth peer name laptop netns "$laptop" || skip 'no cable between two networks here'
	ip address add 10.77.0.1/24 dev nas
	ip link set nas up
	on_laptop ip address add 10.77.0.2/24 dev laptop
	on_laptop ip link set laptop up
	on_laptop ip link set lo up
	ip link set lo up
}

on_laptop() {
	nsenter --net="/proc/$laptop/ns/net" "$@"
}

PATH=$programs:$PATH
export XDG_STATE_HOME=$work/state
url=ferrys://10.77.0.1/images/disk.img
mkdir images private
sample images/disk.img 5000000
sample private/plan 1000
start_laptop
cat >ferryd.conf <<END
[share images]
path = $work/images
access = tokens
[share private]
path = $work/private
access = tokens
END

# One: a token. Two: a server, whose log has its pin. Three: the file.
ferryd -c ferryd.conf token add laptop --share images --expires 30d >laptop.token
ferryd -c ferryd.conf --tls -l :7440 >ready 2>server.log &
servers+=($!)
await_line ^ready ready "${servers[0]}"
pin=$(grep -o 'event=identity pin=.*' server.log | sed 's/.*pin=//')
equal 'the pin that is printed' "$(ferryd -c ferryd.conf --print-pin)" "$pin"
fetch() {
	on_laptop "$programs/ferry" get "$url" --retry 0 "$@"
}
expect 0 fetch --pin "$pin" --token-file laptop.token
same images/disk.img disk.img
rm disk.img

# Another pin than the server's: 6, and nothing was said to it.
expect 6 fetch --pin sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= --token-file laptop.token
says 'is not the server that --pin means' err
expect 6 fetch --token-file laptop.token </dev/null
says 'is not known here' err

# A token that is wrong, or none any more: 4.
sed 's/.$/A/; t' laptop.token | tr 'b-z' 'a-y' >wrong.token
chmod 600 wrong.token
expect 4 fetch --pin "$pin" --token-file wrong.token
says 'not known here, or has expired' err
(umask 077 && ferryd token add guest --share images --expires 1s >guest.token)
until ferryd token list | grep -q 'guest.*expired'; do
	kill -0 "${servers[0]}"
done
kill -HUP "${servers[0]}"
await_line 'event=reload result=done' server.log "${servers[0]}"
expect 4 fetch --pin "$pin" --token-file guest.token
says 'not known here, or has expired' err

# No token, and a good one elsewhere: 3, as if the share did not exist.
expect 3 fetch --pin "$pin"
says 'no token was sent' err
url=ferrys://10.77.0.1/private/plan
expect 3 fetch --pin "$pin" --token-file laptop.token
url=ferry://10.77.0.1/images/disk.img
expect 11 fetch
says 'TLS' err
absent disk.img plan

# A stolen name: another server takes the address of one that is known.
url=ferrys://10.77.0.1/images/disk.img
expect 0 ferry trust "$url" "$pin"
expect 0 fetch --token-file laptop.token
rm disk.img
kill -TERM "${servers[0]}"
wait "${servers[0]}"
servers=()
ferryd --tls --no-cache --state stolen -l :7440 images >thief 2>thief.log &
servers+=($!)
await_line ^ready thief "${servers[0]}"
expect 6 fetch --token-file laptop.token
says 'has another pin than before' err
says 'ferry trust' err
absent disk.img
! grep -q 'event=token' thief.log || fail 'the token was shown to a thief'
