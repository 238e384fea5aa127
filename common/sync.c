/* fsync(2), as often as signals interrupt it. */
#include "sync.h"

#include <errno.h>
#include <unistd.h>

enum status sync_file(int fd)
{
	int result;

	do
		result = fsync(fd);
	while (result < 0 && errno == EINTR);
	return result == 0 ? STATUS_OK : status_from_errno(errno);
}

enum status sync_folder(int fd)
{
	int result;

	do
		result = fsync(fd);
	while (result < 0 && errno == EINTR);
	return result == 0 || errno == EINVAL ? STATUS_OK : status_from_errno(errno);
}
