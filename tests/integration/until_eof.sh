#!/bin/bash
# --until-eof ties the server's life to its standard input, for test harnesses.
. tests/support/story.sh

mkdir source
mkfifo input
"$programs/ferryd" --no-cache -l 127.0.0.1:0 --until-eof source <input >ready 2>server.log &
servers=($!)
exec {input}>input
exec {input}>&-
wait "${servers[0]}" || fail "ended with $?"
says '^ready ferry://127.0.0.1:[0-9]+/$' ready
servers=()
