#!/bin/bash
# Wrong settings are named by file and line; right ones name shares.
. tests/support/story.sh

mkdir music films
echo song >music/song
echo film >films/film
printf '[share music]\npath = %s\n[share films]\npath = %s\n' "$work/music" "$work/films" >good.conf
expect 0 "$programs/ferryd" -c good.conf --check-config
start_server -c good.conf
expect 0 ferry ls "$server/"
equal 'shares' "$(sort out | xargs)" 'films/ music/'
expect 0 ferry get -r "$server/" -d copy
same music copy/music
same films copy/films
expect 3 ferry get "$server/song"
expect 2 "$programs/ferryd" -c good.conf music
expect 2 "$programs/ferryd" -c missing.conf
while IFS='|' read -r line text; do
	printf "$text" >bad.conf
	expect 2 "$programs/ferryd" -c bad.conf --check-config
	says "bad.conf:$line" err
done <<'TABLE'
2|[server]\nworkers = many\n
3|[server]\n\nunknown = 1\n
1|nonsense\n
2|[server]\nlisten = nowhere\n
2|[server]\nmax_connections = 0\n
2|[share a]\nspeed = 1\n
3|[server]\ntls = yes\nuser = nosuchuser\n
2|[server]\nkey = /some/key\n
TABLE
printf '[server]\nlisten = :7440\n' >bad.conf
expect 2 "$programs/ferryd" -c bad.conf --check-config
says '^bad.conf: listening on .*:7440' err
expect 2 "$programs/ferryd" -c good.conf -l :7440
says '^ferryd: listening on .*:7440' err
# What is opened only at the start is named all the same.
printf '[server]\ntls = yes\ncert = /none\n[share a]\npath = /tmp\n' >bad.conf
expect 0 "$programs/ferryd" -c bad.conf --check-config
expect 9 "$programs/ferryd" -c bad.conf -l 127.0.0.1:0
says '^bad.conf:3: cert = /none: not found' err
# The longest name of a share that a line has room for.
printf '[share %s]\npath = /tmp\n' "$(printf %190s | tr ' ' x)" >long.conf
expect 0 "$programs/ferryd" -c long.conf --check-config
sed -i s/x/xx/ long.conf
expect 2 "$programs/ferryd" -c long.conf --check-config
says 'long.conf:1: longer than 198 bytes' err
# Control bytes of the file are shown escaped.
printf '[server]\n\033[31m = 1\n' >bad.conf
expect 2 "$programs/ferryd" -c bad.conf
says 'unknown setting \\x1b\[31m' err
if grep -q $'\033' err; then fail 'control bytes reach the terminal'; fi
printf '[share gone]\npath = %s/gone\n' "$work" >gone.conf
expect 9 "$programs/ferryd" -c gone.conf -l 127.0.0.1:0
expect 9 "$programs/ferryd" -l 127.0.0.1:0 gone

# What was asked for has to arrive.
for option in --help --version; do
	code=0
	"$programs/ferryd" "$option" >/dev/full 2>err || code=$?
	equal "code of $option into a full device" "$code" 1
	says 'ferryd: standard output: ' err
done
