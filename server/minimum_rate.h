/* The minimum rate: whether a client receives fast enough, as the kernel's send queue tells. */
#ifndef MINIMUM_RATE_H
#define MINIMUM_RATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A full queue may be megabytes, and the kernel reports no room before a third of them is free: a slow client may take its minimum
 * many times over until then. So only bytes that have left the queue count: the client's system has acknowledged them.
 */
struct minimum_rate {
	int64_t since; /* when the window began, monotonic; 0: nothing has to leave the queue */
	int64_t taken; /* bytes by then */
};

/* Bytes that were sent on the socket FD and are not acknowledged (SIOCOUTQ, tcp(7)); INT64_MAX where that is not known. */
int64_t minimum_rate_queue(int fd);

/*
 * After HANDED bytes in all were handed to the kernel, with more PENDING or not. LEAST bytes have to leave the queue in each
 * window; fewer than that may stay there. True when a window begins.
 */
bool minimum_rate_note(struct minimum_rate *rate, int fd, uint64_t handed, bool pending, uint64_t least, int64_t now);

#endif
