/* The congestion control of a connection: whether this machine lets us have it, and the call that chooses it. */
#ifndef CONGESTION_H
#define CONGESTION_H

#include "status.h"

/*
 * Chooses NAME for the TCP socket FD. STATUS_NOT_FOUND: the kernel has none of that name; STATUS_REFUSED: this user may not
 * have it.
 */
MUST_CHECK enum status congestion_choose(int fd, const char *name);

/* Tries congestion_choose() on a socket that is never connected. */
MUST_CHECK enum status congestion_try(const char *name);

#endif
