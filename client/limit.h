/* The limit: how many bytes a second all links of a run receive together. */
#ifndef LIMIT_H
#define LIMIT_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

/*
 * limit_new(rate, links, &limit)
 * limit_take(limit, wanted, stop_fd, &granted)     waits for its turn; then up to GRANTED bytes may be received
 * limit_give_back(limit, granted - received)
 *
 * Any thread may call. Turns are granted in their order. Unused bytes are kept for 50 ms, and all LINKS together are granted
 * no more than another 50 ms ahead: no burst is larger than the bytes of 100 ms. RATE is at least LIMIT_RATE_MIN.
 */
#define LIMIT_RATE_MIN 4096u

struct limit;
MUST_CHECK enum status limit_new(uint64_t rate, unsigned links, struct limit **limit);
void limit_free(struct limit *limit);

/* *GRANTED is 1..WANTED. STATUS_INTERRUPTED once STOP_FD is readable. */
MUST_CHECK enum status limit_take(struct limit *limit, size_t wanted, int stop_fd, size_t *granted);
void limit_give_back(struct limit *limit, size_t bytes);

/* The size of a link's receive buffer, small enough for the limit to hold on the wire as well. */
int limit_socket_buffer(const struct limit *limit);

#endif
