/* The listening sockets: bound in the order given, with the addresses that they really got. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <stddef.h>

#include "address.h"
#include "status.h"

struct sockets {
	int *fds; /* listening, non-blocking */
	struct address *addresses; /* of each, its port known */
	size_t count;
};

/* Which address could not be listened on, and errno's word for why. */
struct sockets_failure {
	struct address address;
	int error;
};

/*
 * Listens on every address; port 0 is any free port. 127.0.0.1 and [::1] with one port (or both 0) are the loopback
 * pair: they share a free port, and where this machine has no ::1, the pair is 127.0.0.1 alone and a log line. "[::]" takes IPv4
 * too, unless an IPv4 address with the same port is listed as well; on a machine without IPv6 it means 0.0.0.0.
 */
MUST_CHECK enum status sockets_open(struct sockets *sockets, const struct address *wanted, size_t count,
	struct sockets_failure *failure);

/* Somebody else owns the descriptors now; the addresses stay. */
void sockets_hand_over(struct sockets *sockets);
void sockets_release(struct sockets *sockets);

#endif
