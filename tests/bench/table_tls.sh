# The file of 2 GiB, encrypted: TLS 1.3 by everybody who has it, and scp.

# Any certificate does: its key is of the kind that ferryd makes for itself.
make_tls() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=bench' \
		-keyout "$work/tls.key" -out "$work/tls.pem" 2>"$work/row.log"
	[ "$(id -u)" != 0 ] || chmod 644 "$work/tls.key"
}

start_nginx_tls() {
	mkdir -p "$work/nginx_tls"
	cat >"$work/nginx_tls/nginx.conf" <<-END
		daemon off; worker_processes auto; pid nginx.pid; error_log $work/nginx_tls.log crit;
		$([ "$(id -u)" != 0 ] || echo 'user root;')
		events { worker_connections 1024; use epoll; }
		http {
			access_log off; default_type application/octet-stream; root $source; client_body_temp_path body; proxy_temp_path proxy;
			fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
			ssl_protocols TLSv1.3; ssl_certificate $work/tls.pem; ssl_certificate_key $work/tls.key;
			server { listen $server:8443 ssl; }
			server { listen $server:8444 ssl; ssl_buffer_size 64k; output_buffers 2 256k; }
		}
	END
	start nginx -p "$work/nginx_tls/" -e "$work/nginx_tls.log" -c nginx.conf
	nginx_tls_pid=$started
	await_port 8443
}

# Only root can start it so that somebody may log in. The folder that it wants is made where only the benchmark sees it.
start_sshd() {
	if [ ! -d /run/sshd ]; then
		mount -t tmpfs -o mode=755 none /run
		mkdir /run/sshd
	fi
	mkdir -p "$work/ssh"
	ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/host"
	ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/user"
	cp "$work/ssh/user.pub" "$work/ssh/authorized"
	printf '%s\n' "ListenAddress $server:8022" "HostKey $work/ssh/host" "AuthorizedKeysFile $work/ssh/authorized" 'StrictModes no' \
		'UsePAM no' 'PermitRootLogin yes' "PidFile none" "Subsystem sftp internal-sftp" >"$work/ssh/sshd_config"
	start /usr/sbin/sshd -D -e -f "$work/ssh/sshd_config" 2>"$work/sshd.log"
	sshd_pid=$started
	await_port 8022
}

# Like ferryd without TLS it knows the digests from the disk.
start_ferryd_tls() {
	local ready=$work/ready word
	rm -f "$ready" && mkfifo "$ready"
	"${server_side[@]}" "$programs/ferryd" --tls --state "$work/state" --cache "$work/cache" -l "$server:0" "$source" \
		>"$ready" 2>"$work/ferryd_tls.log" &
	ferryd_tls_pid=$!
	pids+=("$ferryd_tls_pid")
	read -r word ferry_tls_url <"$ready"
	[ "$word" = ready ] || fail 'ferryd with TLS is not ready'
	pin=$("$programs/ferryd" --tls --state "$work/state" --print-pin)
}

check_tls() { check_big; }

ferry_tls() { "$programs/ferry" get --no-sync --pin "$pin" -d "$destination" "${ferry_tls_url}big"; }
prepare_ferry_tls() {
	stop "$ferryd_tls_pid"
	start_ferryd_tls
}

curl_tls_default() { curl -sfk -o "$destination/big" "https://$server:8443/big"; }
curl_tls_large() { curl -sfk -o "$destination/big" "https://$server:8444/big"; }

with_scp() {
	scp -q "$@" -P 8022 -F none -i "$work/ssh/user" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		"root@$server:$source/big" "$destination/big"
}
scp_tls_default() { with_scp; }
scp_tls_aes128() { with_scp -c aes128-gcm@openssh.com; }

describe_tls() {
	cat <<-'END'
		ferry_tls|`ferry get` of `ferrys://`, digests known|TLS 1.3, SHA-256
		curl_tls|nginx, `curl` of `https://`|TLS 1.3
		scp_tls|`scp`|ssh
	END
}

run_tls() {
	local rows=(ferry_tls curl_tls)
	table=tls
	[ -e "$work/tls.pem" ] || make_tls
	start_nginx_tls
	start_ferryd_tls
	ferry_tls >"$work/row.log" 2>&1 || fail 'the first fetch over TLS'
	sleep 2.1
	choose curl_tls default large
	if [ "$(id -u)" = 0 ]; then
		start_sshd
		choose scp_tls default aes128
		rows+=(scp_tls)
	else
		echo '   scp_tls is left out: only root can start an sshd to log in to'
	fi
	run_rounds tls "$1" "${rows[@]}"
	for pid in "$nginx_tls_pid" "$ferryd_tls_pid" ${sshd_pid:+"$sshd_pid"}; do stop "$pid"; done
}
