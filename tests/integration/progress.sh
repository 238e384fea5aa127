#!/bin/bash
# Without a terminal progress comes in whole lines; on one as a bar that stays in one line; -q silences it.
. tests/support/story.sh

mkdir source
sample source/file 5000000
start_server source
expect 0 ferry get "$server/file" -o lines --progress lines
[ -s err ] || fail 'no progress'
equal 'carriage returns' "$(tr -cd '\r\033' <err | wc -c)" 0
equal 'last byte' "$(tail -c 1 err | od -An -tx1 | tr -d ' ')" 0a
expect 0 ferry get "$server/file" -o silent -q
equal 'words of -q' "$(cat err out)" ''
expect 0 ferry get "$server/file" -o none --progress none
equal 'words of none' "$(cat err out)" ''
expect 3 ferry get "$server/missing" -q
says 'missing' err
stty_line="stty cols 60; '$programs/ferry' get '$server/file' --limit-rate 6M -o bar"
expect 0 script -qec "$stty_line" typescript
tr '\r' '\n' <out | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' >drawn
says ' of 4\.8 MiB +[0-9]+% ' drawn
says '^1 file +4\.8 MiB ' drawn
equal 'widest line' "$(($(awk '{ if (length > n) n = length } END { print n }' drawn) <= 60))" 1
for file in lines silent none bar; do same source/file "$file"; done
