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

# ext4 looks long for inodes where many files were deleted a moment ago: each row gets a new file system, in a file on the disk.
renew_disk() {
	! mountpoint -q "$disk/own" || umount "$disk/own"
	mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$disk/image"
	mount -o loop "$disk/image" "$disk/own"
	mkdir "$destination"
	sync -f "$disk"
}

run_durable() {
	local destination=$disk/own/destination rows=(ferry_durable rsync_durable rsync_fsync_durable tar_durable cp_durable) row
	[ -d "$source/small" ] || make_small
	mkdir -p "$disk/own"
	if [ "$(id -u)" = 0 ] && fallocate -l 1500M "$disk/image"; then
		for row in "${rows[@]}"; do eval "prepare_$row() { renew_disk; }"; done
	fi
	run_rounds durable "$1" "${rows[@]}"
	! mountpoint -q "$disk/own" || umount "$disk/own"
	rm -rf "$disk/own" "$disk/image"
}
