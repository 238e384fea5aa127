# 3,000 files of log-normal size (median 20 KB) and four of 128 MiB.

make_mixed() {
	mkdir "$source/mixed"
	awk 'BEGIN { srand(7); for (i = 0; i < 3000; i++) {
		normal = sqrt(-2 * log(1 - rand())) * cos(6.283185 * rand())
		printf "%d %02d/%04d\n", exp(log(20000) + 1.5 * normal) + 1, i % 30, i } }' >"$work/sizes"
	local bytes name offset=0
	mkdir -p "$source"/mixed/{00..29}
	while read -r bytes name; do
		dd if="$source/big" of="$source/mixed/$name" bs=64K skip=$((offset++)) count="$bytes" iflag=count_bytes status=none
	done <"$work/sizes"
	for name in 1 2 3 4; do
		dd if="$source/big" of="$source/mixed/large$name" bs=1M skip=$((name * 128)) count=128 status=none
	done
	mixed_bytes=$(find "$source/mixed" -type f -printf '%s\n' | awk '{ sum += $1 } END { printf "%d", sum }')
	(cd "$source" && find mixed -type f) | awk -v url="http://$server:8080/" -v to="$destination/" \
		'{ print "url = \"" url $0 "\"\noutput = \"" to $0 "\"" }' >"$work/mixed.curl"
}

check_mixed() {
	diff -rq "$source/mixed" "$destination/mixed" || fail 'the copy differs'
}

ferry_mixed() { "$programs/ferry" get -r --no-sync -d "$destination" "${ferry_url}mixed"; }
prepare_ferry_mixed() { with_known_digests; }

rsync_mixed_whole() { rsync -rt -W "rsync://$server:8730/s/mixed" "$destination/"; }
rsync_mixed_inplace() { rsync -rt -W --inplace "rsync://$server:8730/s/mixed" "$destination/"; }
tar_mixed_default() { tar_over_nc 20; }
tar_mixed_large() { tar_over_nc 512; }
curl_mixed_8() { curl -sf -Z --parallel-max 8 --create-dirs -K "$work/mixed.curl"; }
curl_mixed_16() { curl -sf -Z --parallel-max 16 --create-dirs -K "$work/mixed.curl"; }
cp_mixed() { cp -a "$source/mixed" "$destination/"; }

describe_mixed() {
	cat <<-'END'
		ferry_mixed|`ferry get -r`|SHA-256
		rsync_mixed|`rsync -rt -W` from its daemon|xxh128
		tar_mixed|`tar \| nc`|none
		curl_mixed|nginx, `curl -Z`|none
		cp_mixed|`cp -a`, no network|none
	END
}

run_mixed() {
	make_mixed
	ferry_mixed >"$work/row.log" 2>&1 || fail 'the first fetch'
	table=mixed
	choose rsync_mixed whole inplace
	choose tar_mixed default large
	choose curl_mixed 8 16
	run_rounds mixed "$1" ferry_mixed rsync_mixed tar_mixed curl_mixed cp_mixed
}
