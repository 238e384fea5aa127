/* Compares the file that a link leads to with our open descriptors. */
#include "own_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trusted.h"

#define DESCRIPTORS_MAX 256 /* those that a shell passes on have far smaller numbers */

static bool look(const char *path, int flags, struct stat *stat)
{
	int fd;

	if (trusted_open(path, O_PATH | flags, 0, &fd) != STATUS_OK)
		return false;
	bool seen = fstat(fd, stat) == 0;
	close(fd);
	return seen;
}

bool own_stream_is_writable(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/* A standard stream counts even if it was closed: the user then hears that it cannot be written. */
static bool is_stream(int fd)
{
	return fd <= STDERR_FILENO || own_stream_is_writable(fd);
}

static bool is_same(int fd, const struct stat *wanted)
{
	struct stat stat;

	return fstat(fd, &stat) == 0 && stat.st_dev == wanted->st_dev && stat.st_ino == wanted->st_ino;
}

int own_stream(const char *path)
{
	struct stat link, target;

	if (!look(path, O_NOFOLLOW, &link) || !S_ISLNK(link.st_mode) || !look(path, 0, &target))
		return OWN_STREAM_NONE;
	for (int fd = STDOUT_FILENO; fd < DESCRIPTORS_MAX; fd++) {
		if (is_stream(fd) && is_same(fd, &target))
			return fd;
	}
	return OWN_STREAM_NONE;
}
