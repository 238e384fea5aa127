/* Waits for a descriptor with poll(2), never past a deadline or an interruption. */
#include "patience.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#include "clock.h"

static int poll_until(struct pollfd *descriptors, nfds_t count, int64_t deadline)
{
	struct timespec rest;

	if (deadline == CLOCK_NEVER)
		return ppoll(descriptors, count, NULL, NULL);
	int64_t now = clock_now();
	rest = clock_to_timespec(deadline > now ? deadline - now : 0);
	return ppoll(descriptors, count, &rest, NULL);
}

enum status patience_wait(int fd, short events, int stop_fd, int64_t deadline)
{
	struct pollfd descriptors[] = {{.fd = fd, .events = events}, {.fd = stop_fd, .events = POLLIN}};
	int ready;

	do
		ready = poll_until(descriptors, 2, deadline);
	while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return status_from_errno(errno);
	if (descriptors[1].revents)
		return STATUS_INTERRUPTED;
	return ready > 0 ? STATUS_OK : STATUS_TIMEOUT;
}
