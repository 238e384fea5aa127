/* Makes the listening sockets. */
#include "endpoints.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "path.h"

#define BACKLOG 4096
/* A port that is free at 127.0.0.1 may be taken at ::1; so often in a row means that something else is wrong. */
#define PAIR_TRIES 16

static bool is_ipv4(const struct address *address)
{
	return address->storage.ss_family == AF_INET;
}

static bool is_pair(const struct address *wanted, size_t count)
{
	return count == 2 && is_ipv4(&wanted[0]) && !is_ipv4(&wanted[1]) && address_is_loopback(&wanted[0]) &&
		address_is_loopback(&wanted[1]) && address_port(&wanted[0]) == address_port(&wanted[1]);
}

/* IPv4 clients belong to an IPv4 listener of the same port, where there is one. */
static int takes_ipv6_only(const struct address *address, const struct address *wanted, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_ipv4(&wanted[i]) && address_port(&wanted[i]) == address_port(address))
			return 1;
	}
	return 0;
}

static int start_listening(int fd, struct address *address, int ipv6_only)
{
	const int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -1;
	if (!is_ipv4(address) && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &ipv6_only, sizeof(ipv6_only)) < 0)
		return -1;
	if (bind(fd, (const struct sockaddr *)&address->storage, address->length) < 0 || listen(fd, BACKLOG) < 0)
		return -1;
	return getsockname(fd, (struct sockaddr *)&address->storage, &address->length);
}

/* Returns the socket, with ADDRESS as it was bound, or -1 with errno. */
static int open_socket(struct address *address, int ipv6_only)
{
	int fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || start_listening(fd, address, ipv6_only) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static void log_instead(const struct address *address, const char *instead)
{
	char text[ADDRESS_TEXT_SIZE], reason[128];

	address_text(address, text);
	log_line(LOG_INFO, "event=listen address=%s instead=%s reason=%s", text, instead,
		log_quote(reason, sizeof(reason), span_of(strerror(errno))));
}

/* Opens the socket of ADDRESS or, on a machine without IPv6, that of the IPv4 wildcard in its place. */
static int open_or_fall_back(struct address *address, int ipv6_only)
{
	int fd = open_socket(address, ipv6_only);
	struct address ipv4;

	if (fd >= 0 || errno != EAFNOSUPPORT || !address_is_wildcard(address) || address_parse("0.0.0.0", &ipv4) != STATUS_OK)
		return fd;
	log_instead(address, "0.0.0.0");
	address_set_port(&ipv4, address_port(address));
	*address = ipv4;
	return open_socket(address, ipv6_only);
}

/* Adds one more; false, with errno, if that fails. */
static bool add(struct endpoints *endpoints, struct address address, int ipv6_only)
{
	int fd = open_or_fall_back(&address, ipv6_only);

	if (fd < 0)
		return false;
	endpoints->fds[endpoints->count] = fd;
	endpoints->addresses[endpoints->count++] = address;
	return true;
}

static void close_all(struct endpoints *endpoints)
{
	for (size_t i = 0; endpoints->fds && i < endpoints->count; i++)
		close(endpoints->fds[i]);
	endpoints->count = 0;
}

/* False, with errno, if the IPv4 half fails, or the IPv6 half on a machine that has ::1. */
static bool add_pair(struct endpoints *endpoints, const struct address wanted[2], struct endpoints_failure *failure)
{
	struct address second = wanted[1];

	failure->address = wanted[0];
	if (!add(endpoints, wanted[0], 1))
		return false;
	address_set_port(&second, address_port(&endpoints->addresses[0]));
	failure->address = second;
	if (add(endpoints, second, 1))
		return true;
	if (errno != EADDRNOTAVAIL && errno != EAFNOSUPPORT)
		return false;
	log_instead(&second, "none");
	return true;
}

static bool open_pair(struct endpoints *endpoints, const struct address wanted[2], struct endpoints_failure *failure)
{
	bool any_port = address_port(&wanted[0]) == 0;

	for (int i = 0; i < PAIR_TRIES; i++) {
		if (add_pair(endpoints, wanted, failure))
			return true;
		failure->error = errno;
		close_all(endpoints);
		if (!any_port || failure->error != EADDRINUSE)
			break;
	}
	return false;
}

static bool open_each(struct endpoints *endpoints, const struct address *wanted, size_t count, struct endpoints_failure *failure)
{
	for (size_t i = 0; i < count; i++) {
		if (add(endpoints, wanted[i], takes_ipv6_only(&wanted[i], wanted, count)))
			continue;
		*failure = (struct endpoints_failure){.address = wanted[i], .error = errno};
		return false;
	}
	return true;
}

enum status endpoints_open(struct endpoints *endpoints, const struct address *wanted, size_t count,
	struct endpoints_failure *failure)
{
	struct endpoints opened = {.fds = calloc(count, sizeof(int)), .addresses = calloc(count, sizeof(struct address))};
	bool open;

	if (!opened.fds || !opened.addresses) {
		*failure = (struct endpoints_failure){.address = wanted[0], .error = ENOMEM};
		open = false;
	} else if (is_pair(wanted, count)) {
		open = open_pair(&opened, wanted, failure);
	} else {
		open = open_each(&opened, wanted, count, failure);
	}
	if (!open) {
		endpoints_release(&opened);
		return status_from_errno(failure->error);
	}
	*endpoints = opened;
	return STATUS_OK;
}

void endpoints_hand_over(struct endpoints *endpoints)
{
	free(endpoints->fds);
	endpoints->fds = NULL;
}

void endpoints_release(struct endpoints *endpoints)
{
	close_all(endpoints);
	free(endpoints->fds);
	free(endpoints->addresses);
	*endpoints = (struct endpoints){.fds = NULL};
}
