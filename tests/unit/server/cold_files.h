/* Files that do not lie in memory, as far as a test can have them. */
#ifndef COLD_FILES_H
#define COLD_FILES_H

#include <fcntl.h>
#include <linux/magic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cmocka.h>

#include "hashing.h"
#include "stretch.h"

/* Does FOLDER lie on a disk? What lies in memory can't be cold. */
static inline bool lies_on_disk(int folder)
{
	struct statfs system;

	assert_int_equal(fstatfs(folder, &system), 0);
	return system.f_type != TMPFS_MAGIC && system.f_type != RAMFS_MAGIC;
}

/* Makes NAME with LENGTH random bytes that are on the disk, if there is one, and returns a descriptor for reading. */
static inline int make_cold_file(int folder, const char *name, size_t length)
{
	int fd = openat(folder, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	unsigned char *bytes = random_bytes(length);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	assert_int_equal(fsync(fd), 0);
	free(bytes);
	return fd;
}

/* Drops the file from memory; the kernel may need to be told more than once. */
static inline void make_cold(int fd, size_t length)
{
	static unsigned char bytes[65536];
	struct stretch_room room = {.bytes = bytes, .size = sizeof(bytes)};
	struct stretch stretch = {.fd = fd, .length = (uint32_t)length};

	do
		assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	while (stretch_is_hot(&stretch, room) && lies_on_disk(fd));
}

#endif
