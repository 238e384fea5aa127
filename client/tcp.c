/* Asks the kernel about a TCP connection and watches it end. */
#include "tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <linux/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "patience.h"

#define STATE_CLOSE_WAIT 8 /* tcpi_state: the peer's FIN has come, ours has not left */

static enum status get_option(int fd, int option, void *value, socklen_t length)
{
	return getsockopt(fd, IPPROTO_TCP, option, value, &length) == 0 ? STATUS_OK : status_from_errno(errno);
}

enum status tcp_look(int fd, struct tcp_facts *facts)
{
	struct tcp_facts seen = {.peer.length = sizeof seen.peer.storage};
	/* An older kernel fills in fewer fields: the others stay 0. */
	struct tcp_info info = {0};
	enum status status = get_option(fd, TCP_INFO, &info, sizeof info);

	if (status == STATUS_OK)
		status = get_option(fd, TCP_CONGESTION, seen.congestion, sizeof seen.congestion - 1);
	if (status != STATUS_OK)
		return status;
	if (getpeername(fd, (struct sockaddr *)&seen.peer.storage, &seen.peer.length) < 0)
		return status_from_errno(errno);
	seen.rtt = info.tcpi_rtt * 1000ll;
	seen.rtt_variance = info.tcpi_rttvar * 1000ll;
	seen.retransmissions = info.tcpi_total_retrans;
	seen.window = info.tcpi_snd_cwnd;
	seen.mss_send = info.tcpi_snd_mss;
	seen.mss_receive = info.tcpi_rcv_mss;
	seen.path_mtu = info.tcpi_pmtu;
	seen.rate = info.tcpi_delivery_rate;
	*facts = seen;
	return STATUS_OK;
}

/* Receives and drops bytes: returns how many, 0 for the FIN, -1 with errno. */
static ssize_t receive(int fd, int64_t deadline)
{
	char dropped[4096];

	for (;;) {
		ssize_t received = recv(fd, dropped, sizeof dropped, MSG_DONTWAIT);
		if (received >= 0 || (errno != EAGAIN && errno != EINTR))
			return received;
		if (patience_wait(fd, POLLIN, -1, deadline) != STATUS_OK) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
}

enum tcp_closing tcp_finish(int fd, int64_t patience, int64_t *took)
{
	int64_t started = clock_now();
	bool ours = shutdown(fd, SHUT_WR) == 0;
	ssize_t received;

	do {
		received = receive(fd, started + patience);
	} while (received > 0);
	*took = clock_now() - started;
	if (received == 0)
		return TCP_CLOSED_BY_US;
	if (errno == ETIMEDOUT)
		return TCP_SILENT_AFTER_US;
	return ours ? TCP_RESET_AFTER_US : TCP_RESET_BY_PEER;
}

enum tcp_closing tcp_post_mortem(int fd)
{
	struct tcp_info info = {0};

	if (get_option(fd, TCP_INFO, &info, sizeof info) == STATUS_OK && info.tcpi_state == STATE_CLOSE_WAIT)
		return TCP_CLOSED_BY_PEER;
	return TCP_RESET_BY_PEER;
}
