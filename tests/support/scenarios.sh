# The scenarios that the sweeps of tests/fault try at every point: what the destination holds before and after, and the command.

# A sweep's story sources this after story.sh and calls start_scenarios, sweep_all and end_scenarios.
# QUICK=yes: the first of the scenarios, and few points of it. SCENARIOS="NAME...", EVERY=N: others, and other points.
sweep=$programs/tests/fault/sweep
shim=$programs/tests/fault/shim.so
piece=1048576
# For power failures: with syncs, without which nothing is promised, and of one client, since the log is that of one.
powered_scenarios=(fresh tree four_links small_files resume overwrite update update_by_clones repair no_clobber small_disk one_file
	manifest sums new_folders)
all_scenarios=("${powered_scenarios[@]}" two_clients unsynced)
# For sweeps that run a server of their own: without a companion, without a disk that is small for a while, and without a manifest,
# which would have to name that server.
served_scenarios=(fresh tree four_links small_files resume overwrite update update_by_clones repair no_clobber one_file sums new_folders)

# start_scenarios [NAME...]: those or all. Two servers have the same files: the second one is asked by finishing runs alone.
start_scenarios() {
	in_own_mounts
	place=$work/place
	mkdir "$place"
	mount -t tmpfs none "$place"
	mkdir "$place/sources"
	start_server "$place/sources"
	first_server=$server
	start_server "$place/sources"
	next_server=$server finished=0
	printf '[server]\nsandbox = off\n' >"$work/ferryd.conf"
	scenarios=("${all_scenarios[@]}")
	[ $# = 0 ] || scenarios=("$@")
	[ -z "${QUICK:-}" ] || scenarios=("${scenarios[0]}")
	[ -z "${SCENARIOS:-}" ] || read -ra scenarios <<<"$SCENARIOS"
}

# What the finishing runs say that they fetched is what their server says that it sent.
end_scenarios() {
	stop_server
	equal 'what the second server sent' "$(grep -o ' sent=[0-9]*' "$server_log" | tail -n 1)" " sent=$finished"
}

# sweep_all KIND EVERY QUICK_EVERY: sweeps all scenarios, every EVERYth point of each; the first one at every point.
# ThreadSanitizer slows programs down: half as many points are quick then.
sweep_all() {
	local kind=$1 every=$2 quick_every=$3 name
	[[ $programs != *thread* ]] || quick_every=$((2 * quick_every))
	for name in "${scenarios[@]}"; do
		if [ -n "${QUICK:-}" ]; then every=$quick_every; elif [ "$name" = fresh ]; then every=1; else every=$2; fi
		sweep_one "$kind" "$name" "${EVERY:-$every}"
	done
}

sweep_one() {
	local kind=$1 name=$2 every=$3 options=() command=() first=--no-sync fetched
	make_scenario "$name"
	"$sweep" "$kind" --name "$name" --shim "$shim" --work "$destination" --before "$before" --after "$after" --every "$every" \
		--server "$first_server" --next "$next_server" --ferryd "$programs/ferryd" --settings "$work/ferryd.conf" --share "$place/sources" --source "$source" \
		--first "$first" "${options[@]}" -- "$programs/ferry" get "${command[@]}" --json |
		tee "$work/totals" || { cat "$work/totals" && fail "$kind of $name"; }
	fetched=$(sed -n 's/.*fetched=//p' "$work/totals")
	finished=$((finished + ${fetched:-0}))
	! mountpoint -q "$destination" || umount "$destination"
	rm -rf "${place:?}/$name" "$source"
}

# --- Making ------------------------------------------------------------------------------------------------------------

# Sets source, before, after and destination and lets the scenario's function fill them; it sets command, options and first,
# an option for the first run where there are two.
make_scenario() {
	source=$place/sources/$1 before=$place/$1/before after=$place/$1/after destination=$place/$1/work
	mkdir -p "$source" "$before" "$destination"
	"scenario_$1" "$1"
	[ -e "$after" ] || cp -a "$source" "$after"
}

# three_files FOLDER: of 5 pieces each, one of them a multiple of the piece.
three_files() {
	sample "$1/one" $((5 * piece))
	sample "$1/two" $((4 * piece + 1))
	sample "$1/three" $((4 * piece + 70000))
}

# get_three NAME ARGUMENT...: the command for these.
get_three() {
	command=("{server}/$1/one" "{server}/$1/two" "{server}/$1/three" -d "{work}" "${@:2}")
}

# damage FILE BYTE: flips a bit and keeps the time.
damage() {
	touch -r "$1" "$work/time"
	flip "$1" "$2"
	touch -r "$work/time" "$1"
}

# --- The scenarios --------------------------------------------------------------------------------------------------------

scenario_fresh() {
	three_files "$source"
	get_three "$1" -j 1
}

scenario_four_links() {
	three_files "$source"
	get_three "$1" -j 4
	options+=(--links 4)
}

scenario_tree() {
	mkdir -p "$source/deep/deeper" "$source/empty"
	three_files "$source/deep"
	sample "$source/deep/deeper/small" 12345
	: >"$source/deep/nothing"
	command=(-r "{server}/$1/" -d "{work}" -j 2)
	options+=(--links 2)
}

scenario_small_files() {
	mkdir "$source/folder"
	for number in {1..20}; do
		sample "$source/file.$number" $((number * 1000))
		sample "$source/folder/file.$number" $((number * 5000))
	done
	command=(-r "{server}/$1/" -d "{work}" -j 2)
	options+=(--links 2)
}

# Small files have no partials then.
scenario_unsynced() {
	scenario_small_files "$1"
	sample "$source/folder/larger" $((5 * piece))
	command=(-r "{server}/$1/" -d "{work}" -j 2 --no-sync)
	options+=(--links 2)
}

# Partials with a hole, with a flipped bit, and longer than the source.
scenario_resume() {
	three_files "$source"
	cp "$source/one" "$before/.one.ferry-part"
	fallocate -p -o $piece -l $((2 * piece)) "$before/.one.ferry-part"
	cp "$source/two" "$before/.two.ferry-part"
	damage "$before/.two.ferry-part" $((3 * piece + 5))
	cp "$source/three" "$before/.three.ferry-part"
	sample "$work/tail" 100000
	cat "$work/tail" >>"$before/.three.ferry-part"
	get_three "$1" -j 2
	options+=(--links 2)
}

scenario_overwrite() {
	three_files "$source"
	three_files "$before"
	sample "$before/two" 100000
	get_three "$1" -j 2
	options+=(--links 2)
}

# update_files FOLDER: what was fetched from $source once, with one piece of each file changed since and another time.
update_files() {
	cp -a "$source/." "$1"
	for file in one two three; do
		damage "$1/$file" $((2 * piece + 99))
		touch -d '2020-01-01' "$1/$file"
	done
}

scenario_update() {
	three_files "$source"
	update_files "$before"
	get_three "$1" -j 2
	options=(--links 2)
}

# The shim plays the clones that this file system does not have.
scenario_update_by_clones() {
	scenario_update "$1"
	options+=(--clones)
}

# Damage that neither size nor time shows, in two pieces of each file.
scenario_repair() {
	three_files "$source"
	cp -a "$source/." "$before"
	for file in one two three; do
		damage "$before/$file" 4711
		damage "$before/$file" $((3 * piece + 1))
	done
	get_three "$1" -j 2 --verify
	options=(--links 2)
}

# Of three names one is taken: the others arrive, that one stays.
scenario_no_clobber() {
	three_files "$source"
	sample "$before/two" 50000
	cp -a "$source" "$after"
	cp -a "$before/two" "$after/two"
	get_three "$1" -j 2 --no-clobber
	options=(--links 2 --code 9)
}

# There is room for half of it until the next run. Each file that runs out of room leaves a piece half written, too.
scenario_small_disk() {
	three_files "$source"
	mount -t tmpfs none "$destination"
	get_three "$1" -j 2
	options=(--links 5 --room 7m)
}

# Either client may do the work, wait for the other or find it done.
scenario_two_clients() {
	three_files "$source"
	get_three "$1" -j 2
	options=(--links 2 --companion)
}

scenario_one_file() {
	sample "$source/file" $((6 * piece + 5))
	mkdir "$after"
	cp -a "$source/file" "$after/other"
	command=("{server}/$1/file" -o "{work}/other" -j 4)
	options=(--links 4)
}

# Each server has a manifest of its own, in a folder that its URL names. The list of failures lies beside the files.
scenario_manifest() {
	three_files "$source"
	for server in "$first_server" "$next_server"; do
		mkdir -p "$place/$1/$server"
		for file in one two three; do
			printf '%s\t%s\t%s\n' "$server/$1/$file" "$file" "$(sha256sum <"$source/$file" | cut -c 1-64)"
		done >"$place/$1/$server/manifest"
	done
	command=(-i "$place/$1/{server}/manifest" -d "{work}" --failed-list "$place/$1/failed" -j 2)
	options=(--links 2)
}

scenario_sums() {
	mkdir "$source/folder"
	three_files "$source/folder"
	(cd "$source" && sha256sum folder/* >"$place/$1/sums")
	command=(--sums "$place/$1/sums" "{server}/$1/" -d "{work}" -j 2)
	options=(--links 2)
}

# The destination is made, with the folder that it lies in. Where a whole run is not to be synced, neither are these.
scenario_new_folders() {
	three_files "$source"
	mkdir -p "$after/new/deep"
	cp -a "$source/." "$after/new/deep"
	get_three "$1" -j 1
	command=("${command[@]/%"{work}"/"{work}/new/deep"}")
	first=
}

# More of it, and no faster than that a second falls into the middle of it.
scenario_steady() {
	for file in one two three; do
		sample "$source/$file" $((8 * piece + 70000))
	done
	get_three "$1" -j 4 --limit-rate 50M
	options=(--links 4)
}

# Of one piece, or less: what a server reads at once, or hashes at once.
scenario_small_three() {
	sample "$source/one" 60000
	sample "$source/two" 20
	sample "$source/three" $piece
	get_three "$1" -j 1
}
