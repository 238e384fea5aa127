/* Asks the page cache with RWF_NOWAIT, fills it with readahead. */
#include "stretch.h"

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

static bool some_is_hot(const struct stretch *stretch)
{
	uint64_t last = stretch->length - 1;
	char byte;

	for (uint64_t i = 0; i < stretch->length; i += STRIDE) {
		if (read_now(stretch->fd, &byte, 1, stretch->offset + i) < 0)
			return failed_hot(stretch->fd);
	}
	return read_now(stretch->fd, &byte, 1, stretch->offset + last) >= 0 || failed_hot(stretch->fd);
}

static size_t part_of(uint64_t left, struct stretch_room room)
{
	return left < room.size ? (size_t)left : room.size;
}

static bool all_is_hot(const struct stretch *stretch, struct stretch_room room)
{
	uint64_t left = stretch->length;

	while (left > 0) {
		ssize_t got = read_now(stretch->fd, room.bytes, part_of(left, room), stretch->offset + stretch->length - left);
		if (got <= 0)
			return got == 0 || failed_hot(stretch->fd);
		left -= (uint64_t)got;
	}
	return true;
}

bool stretch_is_hot(const struct stretch *stretch, struct stretch_room room)
{
	int64_t cold_at = stretch->cold_at ? atomic_load(stretch->cold_at) : 0;

	if (stretch->length == 0 || stretch->in_memory)
		return true;
	return cold_at != 0 && clock_now() - cold_at < COLD_LASTS ? all_is_hot(stretch, room) : some_is_hot(stretch);
}

void stretch_ask(const struct stretch *stretch)
{
	/* Only advice: a failure here is met again by the read. */
	readahead(stretch->fd, (off_t)stretch->offset, 2 * (size_t)stretch->length);
}

static void read_through(const struct stretch *stretch, struct stretch_room room)
{
	uint64_t left = stretch->length;
	ssize_t got = 1;

	for (; left > 0 && got > 0; left -= (uint64_t)got)
		got = pread(stretch->fd, room.bytes, part_of(left, room), (off_t)(stretch->offset + stretch->length - left));
}

void stretch_warm(const struct stretch *stretch, struct stretch_room room)
{
	stretch_ask(stretch);
	/* Now and then the kernel has dropped some of it again. */
	for (int i = 0; i < TRIES_MAX; i++) {
		read_through(stretch, room);
		if (all_is_hot(stretch, room) || errno != EAGAIN)
			return;
	}
}

static ssize_t read_all(const struct stretch *stretch, void *bytes)
{
	return pread(stretch->fd, bytes, stretch->length, (off_t)stretch->offset);
}

bool stretch_read_hot(const struct stretch *stretch, void *bytes)
{
	ssize_t got;

	if (stretch->in_memory)
		return read_all(stretch, bytes) == (ssize_t)stretch->length;
	got = read_now(stretch->fd, bytes, stretch->length, stretch->offset);
	if (got < 0 && errno == EOPNOTSUPP && file_system_is_memory(stretch->fd))
		got = read_all(stretch, bytes);
	return got == (ssize_t)stretch->length;
}
