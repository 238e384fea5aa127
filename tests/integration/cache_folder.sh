#!/bin/bash
# The cache lies where it was asked for, does without where it can't, and is shown to nobody; nor is the folder of the state.
# Threat C17 of docs/security.md.
. tests/support/story.sh

mkdir -p source/below
sample source/file 3000000
sample source/below/file 3000000
sleep 2.1 # what has just changed is not remembered

# ask FRAME...: what is sent over a new connection, whose next frame is then in type and payload.
ask() {
	greet
	put "$1"
	get_frame
}

start_server --cache source/below/cache/ferry source
ask "$(read_request 1 file "$any_version" 0 1)"
version=$(file_version)
get_pieces 1 1 >piece
put "$(read_request 2 file "$version" 1 2)"
get_frame
get_pieces 2 2 >piece
entry=$(ls source/below/cache/ferry)
[ -n "$entry" ] || fail 'no entry'
ask "$(frame 11 02 1 "$(path '')")"
equal 'type of the listing' "$type" 91
[[ $payload == *"$(hex_of below/cache)"* ]] || fail 'the parent of the cache is not listed'
[[ $payload != *"$(hex_of cache/ferry)"* && $payload != *"$(hex_of "$entry")"* ]] || fail 'the cache is listed'
for path in below/cache/ferry "below/cache/ferry/$entry"; do
	for frame in "$(frame 10 00 1 "$(path "$path")")" "$(frame 11 00 1 "$(path "$path")")" \
		"$(read_request 1 "$path" "$any_version" 0 1)"; do
		ask "$frame"
		[ "$type" = ff ] && [ "${payload:0:4}" = 0003 ] || fail "$path: frame $type ${payload:0:40} instead of NOT_FOUND"
	done
done

expect 9 "$programs/ferryd" -l 127.0.0.1:0 --cache source/file source
expect 9 "$programs/ferryd" -l 127.0.0.1:0 --cache source source
says 'it is what is served' err
XDG_CACHE_HOME='' HOME='' start_server --cache auto source
says 'event=no_cache .*no home folder' "$server_log"
XDG_CACHE_HOME=$work/source/file start_server --cache auto source
says 'event=no_cache .*source/file/ferry' "$server_log"
XDG_CACHE_HOME=$work/home start_server --cache auto source
[ -d home/ferry ] || fail 'no folder for the cache'
printf '[server]\ncache = %s/elsewhere\n[share a]\npath = %s/source\n' "$work" "$work" >conf
start_server --cache auto -c conf
absent elsewhere

# Whatever anybody has put into the folder of the state, for all to read, by its name or through a symlink.
umask 022
mkdir -p source/below/state/sub source/beside
for path in below/state/x.token below/state/sub/key beside/file; do echo text >"source/$path"; done
ln -s ../below/state/x.token source/beside/link
ln -s ../below/state source/beside/way
for symlinks in no beneath; do
	printf '[server]\ntls = yes\n[share s]\npath = %s/source\nsymlinks = %s\n' "$work" $symlinks >conf
	start_server -c conf --state source/below/state
	ferry trust "$server" "$("$programs/ferryd" --print-pin -c conf --state source/below/state)"
	expect 0 ferry ls -r "$server/s/below/"
	[[ $(cat out) != *state* ]] || fail 'the state is listed'
	for path in below/state below/state/x.token below/state/sub below/state/sub/key; do
		for command in stat sum 'get -d stolen' ls 'ls -r'; do
			expect 3 ferry $command "$server/s/$path"
		done
	done
	for path in link way/x.token way/sub/key; do
		for command in stat sum 'get -d stolen'; do
			! ferry $command "$server/s/beside/$path" >out 2>err || [ "$symlinks $command $path" = 'no stat link' ] || fail "$command $path"
		done
	done
	expect 0 ferry get "$server/s/beside/file" -o beside
	same source/beside/file beside
	rm beside
done
absent stolen/x.token stolen/key

# What is kept there is secret, even where this server has no use for it; and nobody means to serve it, or a part of it.
printf '[share s]\npath = %s/source\nhidden = yes\n' "$work" >conf
start_server -c conf --plain --state source/below/state
expect 0 ferry ls -r "$server/s/"
! grep state out || fail 'a state without use is listed'
expect 3 ferry get "$server/s/below/state/identity.pem" -d stolen
expect 3 ferry get "$server/s/below/state/sub/key" -d stolen
absent stolen/identity.pem stolen/key
for folder in state state/sub; do
	expect 9 timeout 10 "$programs/ferryd" -l 127.0.0.1:0 --no-cache --state source/below/state "source/below/$folder"
	says 'state folder: it is what is served, or holds it$' err
done
expect 9 timeout 10 "$programs/ferryd" -l 127.0.0.1:0 --cache source source/below
says 'it is what is served, or holds it$' err
start_server --state nowhere source
absent nowhere

# Nor is what other runs keep there seen: not what comes once a server runs, not what one that keeps its own elsewhere has no use for.
mkdir home/user
echo text >home/user/file
export HOME=$work/home/user XDG_CACHE_HOME= XDG_STATE_HOME=
start_server home
before=$server
"$programs/ferryd" --print-pin >/dev/null
start_server --cache auto home
start_server --state elsewhere home
for server in "$before" "$server"; do
	expect 0 ferry ls -r "$server/user/"
	says '\.local/state/$' out
	says '\.cache/$' out
	! grep ferry out || fail 'folders of other runs are listed'
	for path in .local/state/ferry .cache/ferry; do
		[ -d "home/user/$path" ] || fail "no $path"
		expect 3 ferry stat "$server/user/$path"
		expect 3 ferry ls "$server/user/$path"
	done
	expect 3 ferry get "$server/user/.local/state/ferry/identity.pem" -d stolen
done
absent stolen/identity.pem
