/* From a host's name to a connected socket. */
#ifndef DIAL_H
#define DIAL_H

#include <stdint.h>

#include "link.h"
#include "status.h"

/* Nanoseconds: a server is near if the kernel's round trip time is shorter, as it is on the same machine. */
#define DIAL_NEAR 100000
/* Bytes of a near link's receive buffer. The bytes in it are lost when the client is killed, and a short path needs no more of them. */
#define DIAL_NEAR_BUFFER (256 * 1024)
/* Bytes likewise, from DIAL_MANY links on: while their threads wait for a processor all buffers are full. */
#define DIAL_NEAR_BUFFER_OF_MANY (128 * 1024)
/* Links that receive at the same time: from this many on they outnumber the processors of a small machine. */
#define DIAL_MANY 3u

struct dialed {
	int fd;            /* non-blocking, TCP_NODELAY */
	int64_t handshake; /* nanoseconds from connect(2) to the established connection */
};

/*
 * Tries every address of HOST in the resolver's order; when none answers the status is that of the last one. An address gets
 * only a few seconds as long as others are left to be tried.
 */
MUST_CHECK enum status dial(const char *host, uint16_t port, const struct link_options *options, struct dialed *dialed);

#endif
