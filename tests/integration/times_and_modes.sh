#!/bin/bash
# Files keep their time to the nanosecond and their permission bits under the umask, and never gain set-id bits.
# Threat S5 of docs/security.md.
. tests/support/story.sh

mkdir source source/closed
umask 022
for mode in 0644 0600 0755 0444 4755 2755 0777; do
	echo "$mode" >"source/$mode"
	chmod "$mode" "source/$mode"
	touch -d '2001-02-03 04:05:06.123456789 UTC' "source/$mode"
done
touch -d '1969-12-31 23:59:58.5 UTC' source/0644
chmod 0555 source/closed
start_server source
expect 0 ferry get -r "$server/" -d copy
while read -r name mode; do
	equal "mode of $name" "$(stat -c %a "copy/$name")" "$mode"
	equal "time of $name" "$(stat -c %.9Y "copy/$name")" "$(stat -c %.9Y "source/$name")"
done <<'TABLE'
0644 644
0600 600
0755 755
0444 444
4755 755
2755 755
0777 755
TABLE
equal 'mode of a closed folder' "$(stat -c %a copy/closed)" 755

# A folder is never more open than its source, also where the run is killed that would have completed it.
mkdir -p tree/secret/deeper tree/shared
sample tree/secret/deeper/file 5000000
chmod 700 tree/secret
chmod 500 tree/secret/deeper
chmod 775 tree/shared
start_server tree
start_proxy --stall 3000000
modes() { stat -c '%n %a' "${@/#/begun/}" | sed 's|begun/||' | xargs; }
"$programs/ferry" get -r "$proxied/" -d begun 2>client.log &
client=$!
read -r _ <&"$from"
until [ -e begun/secret/deeper/.file.ferry-part ]; do sleep 0.01; done
equal 'modes while it is fetched' "$(modes secret secret/deeper)" 'secret 700 secret/deeper 700'
kill -KILL "$client"
wait "$client" 2>/dev/null || :
expect 0 ferry get -r "$server/" -d begun
equal 'modes at the end' "$(modes secret secret/deeper shared)" 'secret 700 secret/deeper 700 shared 755'
same tree begun

# What -d makes, and what only a manifest names, has no source to be like.
expect 0 ferry get -i - -d made/here <<<"$server/secret/deeper/file"$'\tsub/file'
equal 'modes of other folders' "$(stat -c %a made made/here made/here/sub | xargs)" '755 755 755'

# Whatever a umask takes from its owner, a folder that ferry makes can be used, and so can one for its pins.
unprivileged
mkdir -m 777 odd
chmod -R u+rwX,go+rX tree
for mask in 777 277 577 100; do
	(umask "$mask" && cd odd && "${unprivileged[@]}" "$work/ferry" get -r "$server/shared" "$server/secret/deeper" -d "$mask/below" 2>../err) ||
		fail "umask $mask: $?: $(cat err)"
	"${unprivileged[@]}" test -w "odd/$mask/below/deeper" || fail "the folder of umask $mask cannot be used"
done
(umask 777 && XDG_CONFIG_HOME=$work/odd/new/config "${unprivileged[@]}" "$work/ferry" trust ferrys://localhost/ \
	sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=) || fail "trust: $?"
