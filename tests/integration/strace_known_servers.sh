#!/bin/bash
# P2: a server that the user has accepted is written down and synced before anything more is said to it, such as a token.
. tests/support/story.sh
. "$root/tests/support/terminal.sh"

command -v strace >/dev/null || skip 'strace is not installed'
strace -o "$work/trace" true || skip 'strace may not trace here'
[ "${BUILD:-build}" = build ] || skip 'a sanitizer does not let itself be traced'

mkdir source
echo here >source/file
printf '[share s]\npath = %s\naccess = tokens\n' "$work/source" >conf
"$programs/ferryd" token add me --share s -c conf --state state >token 2>/dev/null
start_server -c conf --tls --state state

tracer="strace -f -o $work/trace -e trace=read,fsync,fdatasync,rename,renameat,renameat2,sendto,sendmsg,connect"
meet get "$server/s/file" --token-file token
answer yes 0
same source/file file

# Between the answer and the next word to the server: the bytes, the name, the folder of the name.
sed '1,/read(0, "yes/d' trace | sed -E '/ (connect|sendto|sendmsg)\(/q' | sed -E 's/^[0-9]+ +//; s/\(.*//' >calls
[ "$(tail -n 1 calls)" != fsync ] || fail 'nothing was said after the answer'
equal 'calls after the answer' "$(grep -E '^(fsync|fdatasync|rename)' calls | tr '\n' ' ' | sed -E 's/rename[a-z0-9]*/rename/')" 'fsync rename fsync '
grep -q 127.0.0.1 "$XDG_CONFIG_HOME/ferry/known-servers" || fail 'the server was not written down'
