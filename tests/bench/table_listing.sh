# A recursive listing of 200,000 entries: names, kinds, sizes, times.

make_listing() {
	local folder
	mkdir "$source/many"
	for folder in {001..199}; do
		mkdir "$source/many/$folder"
		"$programs/tests/tools/populate" "$source/many/$folder" 1004
	done
}

ferry_listing() { "$programs/ferry" ls -r "${ferry_url}many/" >"$work/listed"; }
check_ferry_listing() { check_lines 0; }

find_listing() { find "$source/many" -mindepth 1 -printf '%P %s %T@ %y\n' >"$work/listed"; }
check_find_listing() { check_lines 0; }

rsync_listing() { rsync -r --list-only "rsync://$server:8730/s/many/" >"$work/listed"; }
check_rsync_listing() { check_lines 1; }

# rsync lists the folder itself too.
check_lines() {
	[ "$(wc -l <"$work/listed")" = $((199 * 1005 + $1)) ] || fail "$(wc -l <"$work/listed") lines"
}

describe_listing() {
	cat <<-'END'
		ferry_listing|`ferry ls -r`|-
		rsync_listing|`rsync --list-only -r`|-
		find_listing|`find -printf`, no network|-
	END
}

run_listing() {
	make_listing
	run_rounds listing "$1" ferry_listing rsync_listing find_listing
	rm -rf "$source/many"
}
