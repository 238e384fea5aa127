#!/bin/bash
# --prewarm computes every digest that is worth remembering, once, and stops when the server does.
. tests/support/story.sh

await_prewarmed() {
	await_line event=prewarmed "$server_log" "$server_pid"
}

mkdir -p music/a/b/c films other
sample music/song 3000000
sample music/a/b/c/deep 2000000
sample music/a/small 1048576
sample films/film 5000001
sample "films/$(printf 'odd\nname')" 1048577
ln -s .. music/a/loop
ln -s ../films music/films
mkfifo music/fifo
printf '[share %s]\npath = %s\n' music "$work/music" films "$work/films" >conf
large=11048578

start_server --cache cache --prewarm -c conf
await_prewarmed
says "event=prewarmed files=4 hashed=$large .*complete=yes" "$server_log"
stop_server
says "event=totals .*hashed=$large " "$server_log"
equal entries "$(ls cache | wc -l)" 4

start_server --cache cache --prewarm -c conf
await_prewarmed
says 'event=prewarmed files=4 hashed=0 .*complete=yes' "$server_log"
truncate -s 2000001 music/a/b/c/deep
stop_server
start_server --cache cache --prewarm -c conf
await_prewarmed
says 'event=prewarmed files=4 hashed=2000001 ' "$server_log"
stop_server

# What it did not finish it continues the next time.
truncate -s 40G other/huge
start_server --cache cache --prewarm other
until [ "$(ls cache | wc -l)" = 6 ]; do sleep 0.05; done
stop_server
says 'event=prewarmed files=0 .*complete=no' "$server_log"
# The totals are the last word, and have all of it.
equal 'last word' "$(tail -n 1 "$server_log" | grep -o 'event=[a-z]*')" event=totals
equal hashed "$(grep -o 'event=totals.*hashed=[0-9]*' "$server_log" | grep -o '[0-9]*$')" \
	"$(grep -o 'event=prewarmed.*hashed=[0-9]*' "$server_log" | grep -o '[0-9]*$')"
start_server --cache cache other
greet
put "$(read_request 1 huge "$any_version" 0 1)"
get_frame
get_pieces 1 1 | cmp - <(head -c 1048576 /dev/zero)
hang_up
stop_server
says 'event=totals .*hashed=0 ' "$server_log"
