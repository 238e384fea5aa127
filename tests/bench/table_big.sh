# One file of 2 GiB.
big_bytes=$((2 << 30))

make_big() {
	local zeros=00000000000000000000000000000000
	head -c "$big_bytes" /dev/zero | openssl enc -aes-128-ctr -K "$zeros" -iv "$zeros" -out "$source/big"
	dd if="$source/big" of="$source/quarter" bs=1M count=256 status=none
	big_sha256=$(openssl dgst -sha256 -r "$source/big" | cut -d ' ' -f 1)
}

check_big() {
	cmp "$source/big" "$destination/big" || fail 'the copy differs'
}

# --- ferry ------------------------------------------------------------------------------------------------------------

ferry_known() { "$programs/ferry" get --no-sync -d "$destination" "${ferry_url}big"; }
prepare_ferry_known() { with_known_digests; }

ferry_first() { "$programs/ferry" get --no-sync -d "$destination" "${ferry_url}big"; }
prepare_ferry_first() { with_unknown_digests; }

ferry_null() { "$programs/ferry" get -o /dev/null "${ferry_url}big"; }
prepare_ferry_null() { with_known_digests; }
check_ferry_null() { :; }

# --- Others -----------------------------------------------------------------------------------------------------------

curl_big_sendfile() { curl -sf -o "$destination/big" "http://$server:8080/big"; }
curl_big_threads() { curl -sf -o "$destination/big" "http://$server:8081/big"; }

with_aria2() { aria2c -q "$@" --file-allocation=none --allow-overwrite=true -d "$destination" -o big "http://$server:8080/big"; }
aria2_big_one() { with_aria2 -x1 -s1; }
aria2_big_two() { with_aria2 -x2 -s2 -k1M; }
aria2_big_four() { with_aria2 -x4 -s4 -k1M; }
aria2_sha256() { with_aria2 -x4 -s4 -k1M --checksum="sha-256=$big_sha256"; }

rsync_big_whole() { rsync -W "rsync://$server:8730/s/big" "$destination/"; }
rsync_big_inplace() { rsync -W --inplace "rsync://$server:8730/s/big" "$destination/"; }

curl_tee() {
	curl -sf "http://$server:8080/big" | tee "$destination/big" | openssl dgst -sha256 -r >"$work/sum"
	read -r sum _ <"$work/sum"
	[ "$sum" = "$big_sha256" ]
}
curl_dgst() {
	curl -sf "http://$server:8080/big" | openssl dgst -sha256 -r >"$work/sum"
	read -r sum _ <"$work/sum"
	[ "$sum" = "$big_sha256" ]
}
check_curl_dgst() { :; }

cp_big() { cp "$source/big" "$destination/"; }

describe_big() {
	cat <<-'END'
		ferry_known|`ferry get`, digests known|SHA-256
		ferry_first|`ferry get`, for the first time|SHA-256
		curl_big|nginx, `curl -o`|none
		rsync_big|`rsync -W` from its daemon|xxh128
		aria2_big|nginx, `aria2c`|none
		aria2_sha256|nginx, `aria2c --checksum`|SHA-256
		curl_tee|nginx, `curl \| tee \| openssl dgst`|SHA-256
		cp_big|`cp`, no network|none
		ferry_null|`ferry get -o /dev/null`, digests known|SHA-256
		curl_dgst|nginx, `curl \| openssl dgst`, nothing stored|SHA-256
	END
}

run_big() {
	ferry_known >"$work/row.log" 2>&1 || fail 'the first fetch'
	sleep 2.1
	ferry_known >"$work/row.log" 2>&1 || fail 'the second fetch'
	table=big
	choose curl_big sendfile threads
	choose rsync_big whole inplace
	choose aria2_big one two four
	run_rounds big "$1" ferry_known ferry_first curl_big rsync_big aria2_big ferry_null "${@:2}"
}
