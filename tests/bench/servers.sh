# The servers that are compared. Each is started on the server's side of the network and serves the same folder.

# start COMMAND...: in the background, on the server's side; sets started.
start() {
	"${server_side[@]}" "$@" &
	started=$!
	pids+=("$started")
}

stop() {
	local pid left=()
	kill "$1"
	wait "$1" 2>/dev/null || :
	for pid in "${pids[@]}"; do [ "$pid" = "$1" ] || left+=("$pid"); done
	pids=("${left[@]}")
}

await_port() {
	local tries
	for ((tries = 0; tries < 500; tries++)); do
		(exec {probe}<>"/dev/tcp/$server/$1") 2>/dev/null && return
		sleep 0.01
	done
	fail "nobody listens on port $1"
}

# Two settings of nginx on two ports; one worker per processor.
start_nginx() {
	cat >"$work/nginx/nginx.conf" <<-END
		daemon off; worker_processes auto; worker_rlimit_nofile 20000; pid nginx.pid; error_log $work/nginx.log crit;
		$([ "$(id -u)" != 0 ] || echo 'user root;')
		events { worker_connections 16384; use epoll; }
		http {
			access_log off; default_type application/octet-stream; tcp_nopush on; tcp_nodelay on; root $source;
			keepalive_timeout 600s; keepalive_requests 10000000; client_body_temp_path body; proxy_temp_path proxy;
			fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
			open_file_cache max=8000 inactive=60s; open_file_cache_valid 60s; open_file_cache_min_uses 1;
			server { listen $server:8080 backlog=4096; sendfile on; autoindex on; }
			server { listen $server:8081 backlog=4096; sendfile on; aio threads; }
		}
	END
	start nginx -p "$work/nginx/" -e "$work/nginx.log" -c nginx.conf
	nginx_pid=$started
	await_port 8080
}

start_rsync() {
	cat >"$work/rsyncd.conf" <<-END
		address = $server
		port = 8730
		use chroot = no
		reverse lookup = no
		log file = $work/rsync.log
		[s]
		path = $source
		read only = yes
	END
	[ "$(id -u)" != 0 ] || sed -i '/^\[s\]/a uid = 0\ngid = 0' "$work/rsyncd.conf"
	start rsync --daemon --no-detach --config="$work/rsyncd.conf"
	rsync_pid=$started
	await_port 8730
}

# start_ferryd CACHE: sets ferry_url and ferryd_pid. Nothing is set but limits that 10,000 connections from here would meet.
start_ferryd() {
	local ready=$work/ready word
	printf '[server]\nmax_connections = 12000\nmax_connections_per_address = 12000\n' >"$work/ferryd.conf"
	rm -f "$ready" && mkfifo "$ready"
	"${server_side[@]}" "$programs/ferryd" -c "$work/ferryd.conf" --cache "$1" --plain -l "$server:0" "$source" \
		>"$ready" 2>"$work/ferryd.log" &
	ferryd_pid=$!
	pids+=("$ferryd_pid")
	read -r word ferry_url <"$ready"
	[ "$word" = ready ] || fail 'ferryd is not ready'
}

restart_ferryd() {
	[ -z "${ferryd_pid:-}" ] || stop "$ferryd_pid"
	start_ferryd "$1"
}

# The digests are known, from disk: the server that learned them is gone.
with_known_digests() {
	restart_ferryd "$work/cache"
}

with_unknown_digests() {
	rm -rf "$work/empty-cache"
	restart_ferryd "$work/empty-cache"
}

start_servers() {
	start_nginx
	start_rsync
	restart_ferryd "$work/cache"
}

stop_servers() {
	for pid in "$nginx_pid" "$rsync_pid" "$ferryd_pid"; do stop "$pid"; done
	ferryd_pid=
}
