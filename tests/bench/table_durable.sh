# The 20,000 small files again, on the disk, and everybody has to have them there: ferry by default, the others by sync.

check_durable() {
	diff -rq "$source/small" "$destination/small" || fail 'the copy differs'
}

ferry_durable() { "$programs/ferry" get -r -d "$destination" "${ferry_url}small"; }
rsync_durable() { rsync -rt -W "rsync://$server:8730/s/small" "$destination/" && sync -f "$destination"; }
rsync_fsync_durable() { rsync -rt -W --fsync "rsync://$server:8730/s/small" "$destination/"; }
tar_durable() { table=small tar_over_nc 20 && sync -f "$destination"; }
cp_durable() { cp -a "$source/small" "$destination/" && sync -f "$destination"; }

describe_durable() {
	cat <<-'END'
		ferry_durable|`ferry get -r`|SHA-256, on disk
		rsync_durable|`rsync -rt -W`, then `sync -f`|xxh128, on disk
		rsync_fsync_durable|`rsync -rt -W --fsync`|xxh128, files on disk
		tar_durable|`tar \| nc`, then `sync -f`|on disk
		cp_durable|`cp -a`, then `sync -f`, no network|on disk
	END
}

run_durable() {
	local destination=$disk/destination
	[ -d "$source/small" ] || make_small
	run_rounds durable "$1" ferry_durable rsync_durable rsync_fsync_durable tar_durable cp_durable
	rm -rf "$destination"
}
