/* Counts the bytes that have left the kernel's send queue. */
#include "minimum_rate.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

int64_t minimum_rate_queue(int fd)
{
	int bytes;

	return ioctl(fd, SIOCOUTQ, &bytes) == 0 ? bytes : INT64_MAX;
}

bool minimum_rate_note(struct minimum_rate *rate, int fd, uint64_t handed, bool pending, uint64_t least, int64_t now)
{
	int64_t queue = minimum_rate_queue(fd);
	/* TLS adds to the bytes that were handed over: at first this may be negative. */
	int64_t taken = (int64_t)handed - queue;

	if (!pending && queue < (int64_t)least) {
		rate->since = 0;
		return false;
	}
	if (rate->since && taken - rate->taken < (int64_t)least)
		return false;
	*rate = (struct minimum_rate){.since = now, .taken = taken};
	return true;
}
