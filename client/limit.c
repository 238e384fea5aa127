/* Keeps one time, until which the bytes granted so far are paid for, and makes each link wait for its turn. */
#include "limit.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#include "clock.h"
#include "patience.h"

#define KEPT (50 * CLOCK_MS)
#define AHEAD (50 * CLOCK_MS)
#define SOCKET_BUFFER_MIN 16384
#define SOCKET_BUFFER_MAX (4 << 20)

struct limit {
	uint64_t rate;
	size_t chunk; /* of one grant */
	unsigned links;
	pthread_mutex_t lock;
	int64_t paid; /* guarded by lock: the time at which all granted bytes are due */
};

enum status limit_new(uint64_t rate, unsigned links, struct limit **limit)
{
	struct limit *made = calloc(1, sizeof *made);

	if (!made)
		return STATUS_NO_MEMORY;
	made->rate = rate;
	made->links = links;
	made->chunk = (size_t)(rate / (uint64_t)(CLOCK_SECOND / AHEAD) / links);
	pthread_mutex_init(&made->lock, NULL);
	*limit = made;
	return STATUS_OK;
}

void limit_free(struct limit *limit)
{
	if (!limit)
		return;
	pthread_mutex_destroy(&limit->lock);
	free(limit);
}

/* How long BYTES take; BYTES is at most a buffer's length, so nothing overflows. */
static int64_t duration(const struct limit *limit, size_t bytes)
{
	return (int64_t)((uint64_t)bytes * (uint64_t)CLOCK_SECOND / limit->rate);
}

/* Adds BYTES to the account; returns the time at which they are due. */
static int64_t pay(struct limit *limit, size_t bytes)
{
	int64_t earliest = clock_now() - KEPT;

	pthread_mutex_lock(&limit->lock);
	if (limit->paid < earliest)
		limit->paid = earliest;
	limit->paid += duration(limit, bytes);
	int64_t due = limit->paid;
	pthread_mutex_unlock(&limit->lock);
	return due;
}

enum status limit_take(struct limit *limit, size_t wanted, int stop_fd, size_t *granted)
{
	size_t bytes = wanted > limit->chunk ? limit->chunk : wanted;

	if (bytes == 0)
		bytes = 1;
	/* A mere wait that STOP_FD can end: there is no other descriptor. */
	enum status status = patience_wait(-1, POLLIN, stop_fd, pay(limit, bytes));
	if (status != STATUS_TIMEOUT)
		return status;
	*granted = bytes;
	return STATUS_OK;
}

void limit_give_back(struct limit *limit, size_t bytes)
{
	pthread_mutex_lock(&limit->lock);
	limit->paid -= duration(limit, bytes);
	pthread_mutex_unlock(&limit->lock);
}

int limit_socket_buffer(const struct limit *limit)
{
	uint64_t share = limit->rate / 10 / limit->links;

	return share < SOCKET_BUFFER_MIN ? SOCKET_BUFFER_MIN : share > SOCKET_BUFFER_MAX ? SOCKET_BUFFER_MAX : (int)share;
}
