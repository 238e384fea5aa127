/* fsync(2), as often as signals interrupt it, and syncfs(2) where it is as good. */
#include "sync.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/vfs.h>
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

/* Their syncfs writes and waits as their fsync does, and since Linux 5.8 it tells of failures. */
static bool syncs_as_a_whole(int fd)
{
	static const long systems[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC, TMPFS_MAGIC};
	struct statfs system;

	if (fstatfs(fd, &system) < 0)
		return false;
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		if (system.f_type == systems[i])
			return true;
	}
	return false;
}

enum status sync_file_system(int fd)
{
	if (!syncs_as_a_whole(fd))
		return STATUS_UNSUPPORTED;
	return syncfs(fd) == 0 ? STATUS_OK : status_from_errno(errno);
}
