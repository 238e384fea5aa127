#!/bin/bash
# The manual has every command and every option that the programs say they take, and no other.
. tests/support/story.sh

# options COMMAND...: what its --help lists, one a line.
options() {
	"$@" --help | sed -nE 's/^  (-.,|   ) (--[a-z0-9-]+).*/\2/p'
}

# written PAGE: the long options that the manual page names in its text or tables.
written() {
	sed 's/\\-/-/g' "$root/docs/man/$1" | grep -oE -- '--[a-z][a-z0-9-]+' | sort -u
}

commands=$(ferry --help | sed -nE 's/^  ferry ([a-z]+) .*/\1/p')
equal 'commands' "$(xargs <<<"$commands")" 'get ls stat sum ping verify trust untrust'
for command in $commands; do
	options ferry "$command" >"options.$command"
	[ -s "options.$command" ] || fail "$command --help lists nothing"
	says "ferry $command" "$root/docs/man/ferry.1"
done
sort -u options.* >taken
written ferry.1 | grep -vx -- '--print-pin' >manual
same taken manual
options "$programs/ferryd" | sort >taken
written ferryd.8 >manual
same taken manual
