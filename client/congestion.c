/* Chooses a congestion control by TCP_CONGESTION. */
#include "congestion.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel's names are shorter than this, and it would cut a longer one. */
#define NAME_SIZE 16

enum status congestion_choose(int fd, const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length >= NAME_SIZE)
		return STATUS_NOT_FOUND;
	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, (socklen_t)length) < 0)
		return status_from_errno(errno);
	return STATUS_OK;
}

enum status congestion_try(const char *name)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return status_from_errno(errno);
	enum status status = congestion_choose(fd, name);
	close(fd);
	return status;
}
