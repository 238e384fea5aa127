/* One descriptor for two reasons: an epoll set of the signals' descriptor and an event of our own. */
#include "halt.h"

#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static enum status watch(int set, int fd)
{
	struct epoll_event event = {.events = EPOLLIN};

	if (fd < 0)
		return STATUS_INVALID;
	return epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0 ? STATUS_OK : status_from_errno(errno);
}

enum status halt_open(struct halt *halt, int interrupt_fd)
{
	struct halt made = {.fd = epoll_create1(EPOLL_CLOEXEC), .event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	enum status status = made.fd >= 0 && made.event >= 0 ? STATUS_OK : status_from_errno(errno);

	if (status == STATUS_OK)
		status = watch(made.fd, interrupt_fd);
	if (status == STATUS_OK)
		status = watch(made.fd, made.event);
	if (status == STATUS_OK)
		*halt = made;
	else
		halt_close(&made);
	return status;
}

void halt_now(const struct halt *halt)
{
	const uint64_t one = 1;
	/* A full event is readable already. */
	ssize_t written = write(halt->event, &one, sizeof(one));

	(void)written;
}

void halt_close(struct halt *halt)
{
	if (halt->fd >= 0)
		close(halt->fd);
	if (halt->event >= 0)
		close(halt->event);
	*halt = (struct halt){.fd = -1, .event = -1};
}
