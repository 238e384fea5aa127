# 20,000 files of 4 KiB in 200 folders; and the same where everybody has to have it on disk.

make_small() {
	local folder
	mkdir "$source/small"
	for folder in {001..200}; do
		mkdir "$source/small/$folder"
		dd if="$source/big" bs=409600 skip="$folder" count=1 status=none | (cd "$source/small/$folder" && split -b 4096 - file-)
	done
	(cd "$source" && find small -type f) | awk -v url="http://$server:8080/" -v to="$destination/" \
		'{ print "url = \"" url $0 "\"\noutput = \"" to $0 "\"" }' >"$work/small.curl"
}

check_small() {
	diff -rq "$source/small" "$destination/small" || fail 'the copy differs'
}

ferry_small() { "$programs/ferry" get -r --no-sync -d "$destination" "${ferry_url}small"; }
prepare_ferry_small() { with_known_digests; }

rsync_small_whole() { rsync -rt -W "rsync://$server:8730/s/small" "$destination/"; }
rsync_small_inplace() { rsync -rt -W --inplace "rsync://$server:8730/s/small" "$destination/"; }

# tar_over_nc FACTOR: blocks of that many 512 bytes.
tar_over_nc() {
	nc -l "$client" 9000 | tar -b "$1" -xf - -C "$destination" &
	local receiver=$!
	until ss -tlnH "sport = :9000" | grep -q .; do :; done
	"${server_side[@]}" tar -b "$1" -C "$source" -cf - "$table" | "${server_side[@]}" nc -N "$client" 9000
	wait "$receiver"
}
tar_small_default() { tar_over_nc 20; }
tar_small_large() { tar_over_nc 512; }

curl_small_16() { curl -sf -Z --parallel-max 16 --create-dirs -K "$work/small.curl"; }
curl_small_64() { curl -sf -Z --parallel-max 64 --create-dirs -K "$work/small.curl"; }

mirror_small() { lftp -c "set net:connection-limit 0; mirror --parallel=$1 http://$server:8080/small/ $destination/small"; }
lftp_small_8() { mirror_small 8; }
lftp_small_16() { mirror_small 16; }

cp_small() { cp -a "$source/small" "$destination/"; }

describe_small() {
	cat <<-'END'
		ferry_small|`ferry get -r`|SHA-256
		rsync_small|`rsync -rt -W` from its daemon|xxh128
		tar_small|`tar \| nc`|none
		curl_small|nginx, `curl -Z`|none
		lftp_small|nginx, `lftp` with `mirror --parallel`|none
		cp_small|`cp -a`, no network|none
	END
}

run_small() {
	make_small
	table=small
	choose rsync_small whole inplace
	choose tar_small default large
	choose curl_small 16 64
	[ -z "${2:-}" ] || choose lftp_small 8 16
	run_rounds small "$1" ferry_small rsync_small tar_small curl_small cp_small "${@:2}"
}
