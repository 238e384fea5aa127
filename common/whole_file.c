/* Reads and replaces small files. */
#include "whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "all_bytes.h"
#include "beneath.h"
#include "path.h"
#include "sync.h"
#include "trusted.h"

/* ".NAME.new" and ".NAME.lock" must be names too. */
#define BESIDE_SIZE (PATH_NAME_MAX + 1)

static enum status check(int fd, size_t max, enum whole_file_readers readers)
{
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return status_from_errno(errno);
	if (!S_ISREG(stat.st_mode))
		return S_ISDIR(stat.st_mode) ? STATUS_IS_FOLDER : STATUS_NOT_REGULAR;
	if (readers == WHOLE_FILE_OWNER && (stat.st_mode & 077) != 0)
		return STATUS_REFUSED;
	return stat.st_size > 0 && (uint64_t)stat.st_size > max ? STATUS_TOO_LARGE : STATUS_OK;
}

/* FD is closed in any case. */
static enum status read_all(int fd, size_t max, enum whole_file_readers readers, char **text, size_t *length)
{
	enum status status = check(fd, max, readers);
	char *bytes = status == STATUS_OK ? malloc(max + 1) : NULL;
	size_t count = 0;

	if (status == STATUS_OK)
		status = bytes ? all_bytes_read(fd, bytes, max + 1, &count) : STATUS_NO_MEMORY;
	/* It may have grown since it was looked at. */
	if (status == STATUS_OK && count > max)
		status = STATUS_TOO_LARGE;
	close(fd);
	if (status != STATUS_OK) {
		free(bytes);
		return status;
	}
	bytes[count] = '\0';
	char *fitting = realloc(bytes, count + 1);
	*text = fitting ? fitting : bytes;
	*length = count;
	return STATUS_OK;
}

enum status whole_file_read(int folder, const char *name, size_t max, enum whole_file_readers readers, char **text,
	size_t *length)
{
	int fd;
	enum status status = beneath_open(folder, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd);

	return status == STATUS_OK ? read_all(fd, max, readers, text, length) : status;
}

enum status whole_file_read_path(const char *path, size_t max, char **text, size_t *length)
{
	int fd;
	enum status status = trusted_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd);

	return status == STATUS_OK ? read_all(fd, max, WHOLE_FILE_ANYBODY, text, length) : status;
}

static enum status name_beside(char *beside, const char *name, const char *end)
{
	int length = snprintf(beside, BESIDE_SIZE, ".%s.%s", name, end);

	return length > 0 && length < BESIDE_SIZE ? STATUS_OK : STATUS_NAME_TOO_LONG;
}

/* A file that root makes in another user's folder is theirs: their server has to read it. FD is closed if that fails. */
static enum status give_to_owner(int folder, int fd)
{
	struct stat stat;

	if (geteuid() != 0 || (fstat(folder, &stat) == 0 && (stat.st_uid == 0 || fchown(fd, stat.st_uid, stat.st_gid) == 0)))
		return STATUS_OK;
	enum status status = status_from_errno(errno);
	close(fd);
	return status;
}

static enum status make(int folder, const char *name, int flags, int *fd)
{
	int made;
	enum status status = beneath_open(folder, name, flags | O_CREAT | O_EXCL, 0600, &made);

	if (status == STATUS_OK)
		status = give_to_owner(folder, made);
	if (status == STATUS_OK)
		*fd = made;
	return status;
}

static enum status write_beside(int folder, const char *beside, const void *bytes, size_t length)
{
	int fd;
	/* A file that a crash left there is of no use to anybody. */
	enum status status = beneath_remove_name(folder, beside);

	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	status = make(folder, beside, O_WRONLY, &fd);
	if (status != STATUS_OK)
		return status;
	status = all_bytes_write(fd, bytes, length);
	if (status == STATUS_OK)
		status = sync_file(fd);
	if (close(fd) < 0 && status == STATUS_OK)
		status = status_from_errno(errno);
	return status;
}

enum status whole_file_replace(int folder, const char *name, const void *bytes, size_t length)
{
	char beside[BESIDE_SIZE];
	enum status status = name_beside(beside, name, "new");

	if (status != STATUS_OK)
		return status;
	status = write_beside(folder, beside, bytes, length);
	if (status == STATUS_OK)
		status = beneath_rename_name(folder, beside, name);
	if (status == STATUS_OK)
		return sync_folder(folder);
	enum status removed = beneath_remove_name(folder, beside);
	/* The first failure is the one to report; a leftover file is removed the next time. */
	(void)removed;
	return status;
}

enum status whole_file_lock(int folder, const char *name, int *lock)
{
	char beside[BESIDE_SIZE];
	int fd, held;
	enum status status = name_beside(beside, name, "lock");

	if (status == STATUS_OK)
		status = make(folder, beside, O_RDWR, &fd);
	/* It is never removed: a second process finds it. */
	if (status == STATUS_EXISTS)
		status = beneath_open(folder, beside, O_RDWR, 0, &fd);
	if (status != STATUS_OK)
		return status;
	do
		held = flock(fd, LOCK_EX);
	while (held < 0 && errno == EINTR);
	if (held < 0) {
		status = status_from_errno(errno);
		close(fd);
		return status;
	}
	*lock = fd;
	return STATUS_OK;
}
