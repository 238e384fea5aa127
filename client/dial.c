/* Resolves a name and connects to the first of its addresses that answers. */
#include "dial.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "congestion.h"
#include "limit.h"
#include "patience.h"
#include "tcp.h"

#define TURN (5 * CLOCK_SECOND) /* how long an address may take that is not the last one */

static enum status resolve(const char *host, uint16_t port, struct addrinfo **addresses)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	char service[sizeof("65535")];

	snprintf(service, sizeof(service), "%u", port);
	switch (getaddrinfo(host, service, &hints, addresses)) {
	case 0:
		return STATUS_OK;
	case EAI_MEMORY:
		return STATUS_NO_MEMORY;
	default:
		return STATUS_UNKNOWN_HOST;
	}
}

static enum status outcome_of_connect(int fd)
{
	int error = 0;
	socklen_t length = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
		error = errno;
	return error == 0 ? STATUS_OK : status_from_errno(error);
}

static enum status connect_within(int fd, const struct addrinfo *address, int stop_fd, int64_t deadline)
{
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
		return STATUS_OK;
	if (errno != EINPROGRESS && errno != EINTR)
		return status_from_errno(errno);
	enum status status = patience_wait(fd, POLLOUT, stop_fd, deadline);
	return status == STATUS_OK ? outcome_of_connect(fd) : status;
}

static enum status prepare(int fd, const struct link_options *options)
{
	const int yes = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) < 0)
		return status_from_errno(errno);
	enum status status = options->congestion ? congestion_choose(fd, options->congestion) : STATUS_OK;
	if (status != STATUS_OK || !options->limit)
		return status;
	const int buffer = limit_socket_buffer(options->limit);
	return setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer)) == 0 ? STATUS_OK : status_from_errno(errno);
}

/* By the kernel's measure of the handshake: ours includes the time that this thread took to wake up. */
static bool is_near(int fd)
{
	struct tcp_facts facts;

	return tcp_look(fd, &facts) == STATUS_OK && facts.rtt > 0 && facts.rtt < DIAL_NEAR;
}

/*
 * Left alone the kernel grows the buffer to megabytes whenever the server is faster than we are. That pays on a long path; on a
 * short one these bytes only lie here unread, and after a kill they have to be fetched again.
 */
static enum status keep_short(int fd, const struct link_options *options)
{
	const int buffer = options->links < DIAL_MANY ? DIAL_NEAR_BUFFER : DIAL_NEAR_BUFFER_OF_MANY;

	if (options->limit || !is_near(fd))
		return STATUS_OK;
	return setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer)) == 0 ? STATUS_OK : status_from_errno(errno);
}

static enum status dial_one(const struct addrinfo *address, const struct link_options *options, int64_t patience,
	struct dialed *dialed)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);

	if (fd < 0)
		return errno == EAFNOSUPPORT ? STATUS_UNREACHABLE : status_from_errno(errno);
	int64_t start = clock_now();
	enum status status = prepare(fd, options);
	if (status == STATUS_OK)
		status = connect_within(fd, address, options->stop_fd, start + patience);
	int64_t handshake = clock_now() - start;
	if (status == STATUS_OK)
		status = keep_short(fd, options);
	if (status == STATUS_OK)
		*dialed = (struct dialed){.fd = fd, .handshake = handshake};
	else
		close(fd);
	return status;
}

enum status dial(const char *host, uint16_t port, const struct link_options *options, struct dialed *dialed)
{
	struct addrinfo *addresses;
	enum status status = resolve(host, port, &addresses);

	if (status != STATUS_OK)
		return status;
	status = STATUS_UNKNOWN_HOST;
	for (struct addrinfo *address = addresses; address; address = address->ai_next) {
		int64_t patience = address->ai_next && options->timeout > TURN ? TURN : options->timeout;
		status = dial_one(address, options, patience, dialed);
		if (status == STATUS_OK || status == STATUS_INTERRUPTED)
			break;
	}
	freeaddrinfo(addresses);
	return status;
}
