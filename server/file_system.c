/* Looks up the kind of a file system in a table. */
#include "file_system.h"

#include <linux/magic.h>
#include <stddef.h>
#include <sys/vfs.h>

/* Not in the kernel's header. */
#define BCACHEFS_MAGIC 0xca451a4e
#define ZFS_MAGIC 0x2fc12fc1

bool file_system_shows_changes(int fd)
{
	static const unsigned long local[] = {
		EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC, F2FS_SUPER_MAGIC,
		ZFS_MAGIC, BCACHEFS_MAGIC, RAMFS_MAGIC, SQUASHFS_MAGIC, EROFS_SUPER_MAGIC_V1, ISOFS_SUPER_MAGIC,
	};
	struct statfs system;

	if (fstatfs(fd, &system) < 0)
		return false;
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
		if ((unsigned long)system.f_type == local[i])
			return true;
	}
	return false;
}

bool file_system_is_memory(int fd)
{
	struct statfs system;

	return fstatfs(fd, &system) == 0 && (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC);
}
