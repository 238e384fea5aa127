/* Fills a partial and finishes it: bytes, size, mode and time. */
#include "partial.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "all_bytes.h"
#include "sync.h"

#define BLOCK 512u /* unit of st_blocks */

void partial_close(struct partial *partial)
{
	if (partial->fd >= 0)
		close(partial->fd);
	*partial = PARTIAL_CLOSED;
}

bool partial_is_open(const struct partial *partial)
{
	return partial->fd >= 0;
}

enum status partial_size(const struct partial *partial, uint64_t *size)
{
	struct stat stat;

	if (fstat(partial->fd, &stat) < 0)
		return status_from_errno(errno);
	*size = (uint64_t)stat.st_size;
	return STATUS_OK;
}

enum status partial_cut(const struct partial *partial, uint64_t size)
{
	int result;

	do
		result = ftruncate(partial->fd, (off_t)size);
	while (result < 0 && errno == EINTR);
	return result == 0 ? STATUS_OK : status_from_errno(errno);
}

enum status partial_clone(const struct partial *partial, int fd)
{
	int result;

	do
		result = ioctl(partial->fd, FICLONE, fd);
	while (result < 0 && errno == EINTR);
	return result == 0 ? STATUS_OK : STATUS_UNSUPPORTED;
}

/* On tmpfs fallocate(2) would write zeros into pages that are about to be written anyway. */
static bool reserves_cheaply(int fd)
{
	struct statfs filesystem;

	return fstatfs(fd, &filesystem) == 0 && filesystem.f_type != TMPFS_MAGIC;
}

enum status partial_reserve(const struct partial *partial, uint64_t offset, uint64_t length)
{
	int result;

	if (!reserves_cheaply(partial->fd))
		return STATUS_OK;
	do
		result = fallocate(partial->fd, 0, (off_t)offset, (off_t)length);
	while (result < 0 && errno == EINTR);
	if (result == 0 || errno == EOPNOTSUPP || errno == ENOSYS)
		return STATUS_OK;
	return status_from_errno(errno);
}

enum status partial_write(const struct partial *partial, const void *bytes, size_t length, uint64_t offset)
{
	return all_bytes_write_at(partial->fd, bytes, length, offset);
}

enum status partial_shortage(const struct partial *partial, uint64_t size, struct partial_shortage *shortage)
{
	struct stat stat;
	struct statfs filesystem;

	if (fstat(partial->fd, &stat) < 0 || fstatfs(partial->fd, &filesystem) < 0)
		return status_from_errno(errno);
	uint64_t have = (uint64_t)stat.st_blocks * BLOCK;
	*shortage = (struct partial_shortage){
		.missing = size > have ? size - have : 0,
		.free = (uint64_t)filesystem.f_bavail * (uint64_t)filesystem.f_bsize,
	};
	return STATUS_OK;
}

static enum status set_size_and_mode(const struct partial *partial, uint64_t size, mode_t mode)
{
	struct stat stat;

	if (fstat(partial->fd, &stat) < 0)
		return status_from_errno(errno);
	enum status status = (uint64_t)stat.st_size == size ? STATUS_OK : partial_cut(partial, size);
	if (status == STATUS_OK && (stat.st_mode & 07777) != mode && fchmod(partial->fd, mode) < 0)
		status = status_from_errno(errno);
	return status;
}

enum status partial_finish(const struct partial *partial, uint64_t size, mode_t mode, const struct file_time *mtime)
{
	const struct timespec times[2] = {
		{.tv_nsec = UTIME_NOW},
		{.tv_sec = (time_t)mtime->seconds, .tv_nsec = (long)mtime->nanoseconds},
	};
	/* An unnamed one was written in one go, and opened with its mode. */
	enum status status = partial->unnamed ? STATUS_OK : set_size_and_mode(partial, size, mode);

	if (status == STATUS_OK && futimens(partial->fd, times) < 0)
		status = status_from_errno(errno);
	return status;
}

enum status partial_keep_mode(const struct partial *partial, mode_t mode, bool *restored)
{
	struct stat stat;

	if (partial->unnamed) {
		*restored = false;
		return STATUS_OK;
	}
	if (fstat(partial->fd, &stat) < 0)
		return status_from_errno(errno);
	bool lost = (stat.st_mode & 07777) != mode;
	if (lost && fchmod(partial->fd, mode) < 0)
		return status_from_errno(errno);
	*restored = lost;
	return STATUS_OK;
}

void partial_flush(const struct partial *partial)
{
	sync_file_range(partial->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

enum status partial_sync(const struct partial *partial)
{
	return sync_file(partial->fd);
}
