/* Asks the page cache with RWF_NOWAIT, fills it with readahead. */
#include "file_range.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include "clock.h"
#include "file_system.h"

/* The distance between the bytes that are tried. */
#define STRIDE 262144u
/* For this long any part of a file that was cold may be cold. */
#define COLD_LASTS (10 * CLOCK_SECOND)
#define TRIES_MAX 3

static ssize_t read_now(int fd, void *bytes, size_t length, uint64_t offset)
{
	return preadv2(fd, &(struct iovec){.iov_base = bytes, .iov_len = length}, 1, (off_t)offset, RWF_NOWAIT);
}

/* After a failure: would a plain read have returned at once? A file system that can't tell is in memory, or it may wait. */
static bool failed_hot(int fd)
{
	return errno == EOPNOTSUPP ? file_system_is_memory(fd) : errno != EAGAIN;
}

static bool some_is_hot(const struct file_range *range)
{
	uint64_t last = range->length - 1;
	char byte;

	for (uint64_t i = 0; i < range->length; i += STRIDE) {
		if (read_now(range->fd, &byte, 1, range->offset + i) < 0)
			return failed_hot(range->fd);
	}
	return read_now(range->fd, &byte, 1, range->offset + last) >= 0 || failed_hot(range->fd);
}

static size_t part_of(uint64_t left, struct file_range_room room)
{
	return left < room.size ? (size_t)left : room.size;
}

static bool all_is_hot(const struct file_range *range, struct file_range_room room)
{
	uint64_t left = range->length;

	while (left > 0) {
		ssize_t got = read_now(range->fd, room.bytes, part_of(left, room), range->offset + range->length - left);
		if (got <= 0)
			return got == 0 || failed_hot(range->fd);
		left -= (uint64_t)got;
	}
	return true;
}

bool file_range_is_hot(const struct file_range *range, struct file_range_room room)
{
	int64_t cold_at = range->cold_at ? atomic_load(range->cold_at) : 0;

	if (range->length == 0 || range->in_memory)
		return true;
	return cold_at != 0 && clock_now() - cold_at < COLD_LASTS ? all_is_hot(range, room) : some_is_hot(range);
}

void file_range_ask(const struct file_range *range)
{
	/* Only advice: a failure here is met again by the read. */
	readahead(range->fd, (off_t)range->offset, 2 * (size_t)range->length);
}

static void read_through(const struct file_range *range, struct file_range_room room)
{
	uint64_t left = range->length;
	ssize_t got = 1;

	for (; left > 0 && got > 0; left -= (uint64_t)got)
		got = pread(range->fd, room.bytes, part_of(left, room), (off_t)(range->offset + range->length - left));
}

void file_range_warm(const struct file_range *range, struct file_range_room room)
{
	file_range_ask(range);
	/* Now and then the kernel has dropped some of it again. */
	for (int i = 0; i < TRIES_MAX; i++) {
		read_through(range, room);
		if (all_is_hot(range, room) || errno != EAGAIN)
			return;
	}
}

static ssize_t read_all(const struct file_range *range, void *bytes)
{
	return pread(range->fd, bytes, range->length, (off_t)range->offset);
}

bool file_range_read_hot(const struct file_range *range, void *bytes)
{
	ssize_t got;

	if (range->in_memory)
		return read_all(range, bytes) == (ssize_t)range->length;
	got = read_now(range->fd, bytes, range->length, range->offset);
	if (got < 0 && errno == EOPNOTSUPP && file_system_is_memory(range->fd))
		got = read_all(range, bytes);
	return got == (ssize_t)range->length;
}
