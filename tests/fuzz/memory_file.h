/* A file in memory with a path, for what reads files by their name. */
#ifndef MEMORY_FILE_H
#define MEMORY_FILE_H

#include <sys/mman.h>
#include <unistd.h>

#include "target.h"

struct memory_file {
	int fd;
	char path[32];
};

static inline void memory_file_make(struct memory_file *file)
{
	file->fd = memfd_create("fuzz", MFD_CLOEXEC);
	CHECK(file->fd >= 0);
	snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
}

static inline void memory_file_fill(struct memory_file *file, const void *bytes, size_t length)
{
	CHECK(ftruncate(file->fd, 0) == 0);
	CHECK(pwrite(file->fd, bytes, length, 0) == (ssize_t)length);
}

#endif
