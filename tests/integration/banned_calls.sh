#!/bin/bash
# What common/banned.h names does not compile, a member of such a name does, and common/beneath.c alone may use paths, common/clock.c clocks.
# Threats E7, E9 and E13 of docs/security.md.
. tests/support/story.sh

# compiles FLAG... <SOURCE
compiles() {
	${CC:-cc} -D_GNU_SOURCE -std=c11 -w -fsyntax-only "$@" -include "$root/common/banned.h" -x c - 2>err
}

banned=$(grep -oP '^BANNED(_PATH)?\(\K\w+(?=[,)])' "$root/common/banned.h")
[ "$(wc -w <<<"$banned")" -gt 50 ] || fail "only these are banned: $banned"
for call in $banned alloca; do
	! compiles <<<"void use(void) { (void)$call(0); }" || fail "$call compiles"
	says "$call.*(is unavailable|is_banned)" err
done

compiles <<<'struct engine { int (*open)(void); }; int use(struct engine *engine) { return engine->open(); }' ||
	fail "a member called open is refused: $(<err)"
compiles <<<'long use(void) { struct stat stat = {.st_size = 1}; return stat.st_size; }' || fail "struct stat is refused: $(<err)"
compiles -DBANNED_ALLOW_PATHS <<<'int use(void) { return open("x", O_RDONLY); }' || fail "open is refused in beneath.c: $(<err)"
compiles -DBANNED_ALLOW_CLOCKS <<<'time_t use(void) { return time(0); }' || fail "time is refused in clock.c: $(<err)"
