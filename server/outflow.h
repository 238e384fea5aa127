/* Outflow: whether a client takes what it is sent, as the queue that the kernel still has for it tells. */
#ifndef OUTFLOW_H
#define OUTFLOW_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A full queue may hold megabytes, and the kernel reports no room before a third of it is free: a slow client takes its minimum many
 * times over until then, and nobody gets a turn. So the queue itself is asked.
 */
struct outflow {
	int64_t due;    /* monotonic; then no more than LEFT may be queued. 0: nothing is due. */
	int64_t left;   /* bytes; below 0: the queue can't tell, room should have been reported */
	int64_t window; /* nanoseconds until it is due again, */
	int64_t bytes;  /* and how much less has to be left then */
};

/* What was sent on the socket FD and is not acknowledged, in bytes (SIOCOUTQ, tcp(7)); -1 where nobody knows. */
int64_t outflow_queue(int fd);

/* When it is due: has enough been taken? Then it is due again a window after NOW. */
bool outflow_goes_on(struct outflow *outflow, int fd, int64_t now);

#endif
