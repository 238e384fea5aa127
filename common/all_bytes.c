/* Repeats read(2) and its kin until all is done. */
#include "all_bytes.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* Adds the bytes of one call to *DONE. STATUS_END: it moved none. */
static enum status advance(ssize_t result, size_t *done)
{
	if (result > 0)
		*done += (size_t)result;
	if (result >= 0)
		return result > 0 ? STATUS_OK : STATUS_END;
	return errno == EINTR ? STATUS_OK : status_from_errno(errno);
}

/* Until FD takes more, or never will. */
static enum status await_room(int fd)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};

	return poll(&room, 1, -1) >= 0 || errno == EINTR ? STATUS_OK : status_from_errno(errno);
}

enum status all_bytes_write(int fd, const void *bytes, size_t length)
{
	enum status status = STATUS_OK;
	size_t done = 0;

	while (status == STATUS_OK && done < length) {
		status = advance(write(fd, (const char *)bytes + done, length - done), &done);
		if (status == STATUS_BUSY)
			status = await_room(fd);
	}
	return status == STATUS_END ? STATUS_IO : status;
}

enum status all_bytes_write_at(int fd, const void *bytes, size_t length, uint64_t offset)
{
	enum status status = STATUS_OK;
	size_t done = 0;

	while (status == STATUS_OK && done < length)
		status = advance(pwrite(fd, (const char *)bytes + done, length - done, (off_t)(offset + done)), &done);
	return status == STATUS_END ? STATUS_IO : status;
}

/* The end is no failure. */
static enum status settle(enum status status, size_t done, size_t *got)
{
	if (status != STATUS_OK && status != STATUS_END)
		return status;
	*got = done;
	return STATUS_OK;
}

enum status all_bytes_read(int fd, void *bytes, size_t capacity, size_t *got)
{
	enum status status = STATUS_OK;
	size_t done = 0;

	while (status == STATUS_OK && done < capacity)
		status = advance(read(fd, (char *)bytes + done, capacity - done), &done);
	return settle(status, done, got);
}

enum status all_bytes_read_at(int fd, void *bytes, size_t capacity, uint64_t offset, size_t *got)
{
	enum status status = STATUS_OK;
	size_t done = 0;

	while (status == STATUS_OK && done < capacity)
		status = advance(pread(fd, (char *)bytes + done, capacity - done, (off_t)(offset + done)), &done);
	return settle(status, done, got);
}
