#!/bin/bash
# make install puts programs, manual, service and a configuration where it is told, and keeps a configuration that is there.
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
[ -s stage/usr/share/man/man8/ferryd.8 ] || fail 'no manual'

# The service starts what was installed, and keeps what the server must not lose where systemd made room for it.
service=stage/usr/lib/systemd/system/ferryd.service
says '^ExecStart=/usr/bin/ferryd -c /etc/ferry/ferryd.conf$' "$service"
says '^StateDirectory=ferry$' "$service"
says '^Environment=XDG_CACHE_HOME=/var/cache XDG_STATE_HOME=/var/lib$' "$service"

echo '# mine' >stage/etc/ferry/ferryd.conf
install_once
equal 'a configuration that was there' "$(cat stage/etc/ferry/ferryd.conf)" '# mine'
