/* The listening sockets: bound in the order given, with the addresses that they really got. */
#ifndef ENDPOINTS_H
#define ENDPOINTS_H

#include <stddef.h>

#include "address.h"
#include "status.h"

struct endpoints {
	int *fds; /* listening, non-blocking */
	struct address *addresses; /* of each, its port known */
	size_t count;
};

/* The address that could not be listened on, and the errno that tells why. */
struct endpoints_failure {
	struct address address;
	int error;
};

/*
 * Listens on every address; port 0 is any free port. 127.0.0.1 and [::1] with one port (or both 0) are the loopback
 * pair: they share a free port, and where this machine has no ::1, the pair is 127.0.0.1 alone and a log line. "[::]" takes IPv4
 * too, unless an IPv4 address with the same port is listed as well; on a machine without IPv6 it means 0.0.0.0.
 */
MUST_CHECK enum status endpoints_open(struct endpoints *endpoints, const struct address *wanted, size_t count,
	struct endpoints_failure *failure);

/* Gives up the descriptors, which somebody else owns now; the addresses stay. */
void endpoints_hand_over(struct endpoints *endpoints);
void endpoints_release(struct endpoints *endpoints);

#endif
