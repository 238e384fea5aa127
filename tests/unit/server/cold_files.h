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
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cmocka.h>

#include "hashing.h"

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

/*
 * Does any of its first LENGTH bytes lie in memory? mincore(2) only looks; a read that does not wait (RWF_NOWAIT) was seen to bring in
 * the page that it asked for.
 */
static inline bool some_in_memory(int fd, size_t length)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (length + page - 1) / page;
	void *map = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, 0);
	unsigned char *resident = calloc(pages, 1);
	bool some = false;

	assert_ptr_not_equal(map, MAP_FAILED);
	assert_non_null(resident);
	assert_int_equal(mincore(map, length, resident), 0);
	for (size_t i = 0; i < pages; i++)
		some |= (resident[i] & 1) != 0;
	free(resident);
	assert_int_equal(munmap(map, length), 0);
	return some;
}

/* Drops the file from memory; the kernel may need to be told more than once. */
static inline void make_cold(int fd, size_t length)
{
	do
		assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	while (lies_on_disk(fd) && some_in_memory(fd, length));
}

#endif
