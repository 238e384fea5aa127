/* From a host's name to a connected socket. */
#ifndef DIAL_H
#define DIAL_H

#include <stdint.h>

#include "link.h"
#include "status.h"

/*
 * A server is next door where the kernel counts fewer nanoseconds than this for a round trip: no more than so many bytes of a link wait
 * in the kernel until we read them. Where there are more links than processors they wait longer.
 */
#define DIAL_NEAR 100000
#define DIAL_NEAR_BUFFER (256 * 1024)
#define DIAL_NEAR_BUFFER_OF_MANY (128 * 1024)
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
