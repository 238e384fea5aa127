#!/bin/bash
# make install puts the programs and a configuration where it is told, and keeps a configuration that is there.
. tests/support/story.sh

sanitize=$(tr - , <<<"${programs##*/build}")
sanitize=${sanitize#,}
install_once() {
	make -s -C "$root" install DESTDIR="$work/stage" PREFIX=/usr SANITIZE="$sanitize" >make.log 2>&1 || fail "make install"
}
install_once
mkdir source
expect 0 stage/usr/bin/ferry --version
expect 0 stage/usr/bin/ferryd --version
[ -s stage/etc/ferry/ferryd.conf ] || fail 'no configuration'
echo '# mine' >stage/etc/ferry/ferryd.conf
install_once
equal 'a configuration that was there' "$(cat stage/etc/ferry/ferryd.conf)" '# mine'
