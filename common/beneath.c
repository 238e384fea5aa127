/* The one way to open, look at, make or rename anything below a held directory. */
#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "beneath_walk.h"
#include "trusted.h"

/* How often EAGAIN is tried again: renames elsewhere kept the kernel from being sure that it stayed below the root. */
#define TRIES_MAX 16

/* A file that was swapped since it was looked at must not hold us up. */
#define READ_FILE (O_RDONLY | O_NONBLOCK | O_NOCTTY)

/* Only a device, a socket or a FIFO can lack a driver or a reader. */
static enum status status_of_open(int error)
{
	return error == ENXIO || error == ENODEV ? STATUS_NOT_REGULAR : status_from_errno(error);
}

static int open_retrying(int folder, const char *name, int flags, mode_t mode)
{
	int fd;

	do
		fd = openat(folder, name, flags, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

/* A name that was no folder when it was opened and is one now is being swapped for a symlink. */
static bool was_symlink(int folder, const char *name)
{
	struct stat stat;

	return fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW) == 0 && (S_ISLNK(stat.st_mode) || S_ISDIR(stat.st_mode));
}

/* Opens one component; a symlink fails with ELOOP also where the kernel says ENOTDIR (O_DIRECTORY). */
static int open_component(int folder, const char *name, int flags, mode_t mode)
{
	int fd = open_retrying(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0 && errno == ENOTDIR)
		errno = was_symlink(folder, name) ? ELOOP : ENOTDIR;
	return fd;
}

/* Opens the folder of PATH, symlinks refused; *REST is the last component. The descriptor may be ROOT itself. */
static int open_way(int root, struct span path, char rest[PATH_NAME_MAX + 1])
{
	int folder = root;

	path_copy(rest, path_first(&path));
	while (folder >= 0 && path.length > 0) {
		int next = open_component(folder, rest, O_PATH | O_DIRECTORY, 0);
		int error = errno;
		if (folder != root)
			close(folder);
		errno = error;
		folder = next;
		path_copy(rest, path_first(&path));
	}
	return folder;
}

static enum status walk(int root, const char *path, int flags, mode_t mode, int *fd)
{
	char name[PATH_NAME_MAX + 1];
	int folder = open_way(root, span_of(path), name);

	if (folder < 0)
		return status_of_open(errno);
	int opened = open_component(folder, *path ? name : ".", flags, mode);
	int error = errno;
	if (folder != root)
		close(folder);
	if (opened < 0)
		return status_of_open(error);
	*fd = opened;
	return STATUS_OK;
}

/* openat2 ignores no flag: one without a meaning must not be there. */
static struct open_how how_to_open(int flags, mode_t mode, enum beneath_symlinks symlinks)
{
	struct open_how how = {.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};

	how.flags = (unsigned)(flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_LARGEFILE));
	if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE)
		how.mode = mode & 07777;
	if (symlinks == BENEATH_NO_SYMLINKS)
		how.resolve |= RESOLVE_NO_SYMLINKS;
	/* With both flags a symlink would be ENOTDIR; RESOLVE_NO_SYMLINKS alone says ELOOP. */
	if (symlinks == BENEATH_NO_SYMLINKS && flags & O_DIRECTORY)
		how.flags &= ~(unsigned long long)O_NOFOLLOW;
	return how;
}

static int openat2_retrying(int root, const char *path, struct open_how how)
{
	long fd;
	int tries = 0;

	do
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	while (fd < 0 && (errno == EINTR || (errno == EAGAIN && ++tries < TRIES_MAX)));
	return (int)fd;
}

static enum status resolve(int root, const char *path, struct open_how how, int *fd)
{
	enum status status = path_check(span_of(path));

	if (status != STATUS_OK)
		return status;
	int opened = openat2_retrying(root, *path ? path : ".", how);
	/* EPERM may come from a filter that knows no openat2, or be true: then the walk meets it too. */
	if (opened < 0 && (errno == ENOSYS || errno == EPERM))
		return walk(root, path, (int)how.flags, (mode_t)how.mode, fd);
	if (opened < 0)
		return status_of_open(errno);
	*fd = opened;
	return STATUS_OK;
}

enum status beneath_open(int root, const char *path, int flags, mode_t mode, int *fd)
{
	return resolve(root, path, how_to_open(flags | O_NOFOLLOW, mode, BENEATH_NO_SYMLINKS), fd);
}

enum status beneath_open_walk(int root, const char *path, int flags, mode_t mode, int *fd)
{
	enum status status = path_check(span_of(path));

	return status == STATUS_OK ? walk(root, path, flags, mode, fd) : status;
}

/* Takes over OPENED; one that is no regular file only where ANY will do. */
static enum status keep(int opened, bool any, int *fd, struct stat *stat)
{
	enum status status = STATUS_OK;
	struct stat found;

	if (fstat(opened, &found) < 0)
		status = status_from_errno(errno);
	else if (!any && !S_ISREG(found.st_mode))
		status = STATUS_NOT_REGULAR;
	if (status != STATUS_OK) {
		close(opened);
		return status;
	}
	*fd = opened;
	*stat = found;
	return STATUS_OK;
}

/*
 * To open a FIFO releases a process that waits to write into it, and to open a device may do anything: the kind of file has to
 * be known before. The walk would hold a symlink here; its verdict on that is left to the opening.
 */
static enum status look_before_opening(int root, const char *path, enum beneath_symlinks symlinks)
{
	struct stat stat;
	int held;
	enum status status = resolve(root, path, how_to_open(O_PATH, 0, symlinks), &held);

	if (status != STATUS_OK)
		return status;
	if (fstat(held, &stat) < 0)
		status = status_from_errno(errno);
	else if (!S_ISREG(stat.st_mode) && !S_ISLNK(stat.st_mode))
		status = STATUS_NOT_REGULAR;
	close(held);
	return status;
}

enum status beneath_open_file(int root, const char *path, enum beneath_symlinks symlinks, int *fd, struct stat *stat)
{
	int opened;
	enum status status = look_before_opening(root, path, symlinks);

	if (status == STATUS_OK)
		status = resolve(root, path, how_to_open(READ_FILE, 0, symlinks), &opened);
	return status == STATUS_OK ? keep(opened, false, fd, stat) : status;
}

enum status beneath_open_folder(int root, const char *path, enum beneath_symlinks symlinks, int *fd)
{
	return resolve(root, path, how_to_open(O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0, symlinks), fd);
}

enum status beneath_hold_folder(int root, const char *path, enum beneath_symlinks symlinks, int *fd)
{
	return resolve(root, path, how_to_open(O_PATH | O_DIRECTORY, 0, symlinks), fd);
}

enum status beneath_stat(int root, const char *path, enum beneath_symlinks symlinks, struct stat *stat)
{
	int fd;
	enum status status = resolve(root, path, how_to_open(O_PATH | O_NOFOLLOW, 0, symlinks), &fd);

	if (status != STATUS_OK)
		return status;
	if (fstat(fd, stat) < 0)
		status = status_from_errno(errno);
	close(fd);
	return status;
}

enum status beneath_hold(int root, const char *path, enum beneath_symlinks symlinks, int *fd, struct stat *stat)
{
	int held;
	enum status status = STATUS_SYMLINK;

	if (symlinks == BENEATH_SYMLINKS_INSIDE)
		status = resolve(root, path, how_to_open(O_PATH, 0, symlinks), &held);
	if (status != STATUS_OK)
		status = resolve(root, path, how_to_open(O_PATH | O_NOFOLLOW, 0, symlinks), &held);
	return status == STATUS_OK ? keep(held, true, fd, stat) : status;
}

static enum status check_name(const char *name)
{
	struct span span = span_of(name);

	if (span.length > PATH_NAME_MAX)
		return STATUS_NAME_TOO_LONG;
	return path_name_legal(span) ? STATUS_OK : STATUS_INVALID;
}

static enum status open_folder(int parent, const char *name, int *fd)
{
	int opened = open_component(parent, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);

	if (opened < 0)
		return status_of_open(errno);
	*fd = opened;
	return STATUS_OK;
}

/* A umask may take rights away without which the owner of a new folder cannot use it. */
static enum status give_owner_rights(int folder)
{
	struct stat stat;

	if (fstat(folder, &stat) < 0)
		return status_from_errno(errno);
	if ((stat.st_mode & S_IRWXU) == S_IRWXU)
		return STATUS_OK;
	return trusted_set_mode(folder, (stat.st_mode & 07777) | S_IRWXU);
}

static enum status open_new_folder(int parent, const char *name, int *fd)
{
	int held = open_component(parent, name, O_PATH | O_DIRECTORY, 0);
	if (held < 0)
		return status_of_open(errno);
	enum status status = give_owner_rights(held);
	if (status == STATUS_OK)
		status = open_folder(parent, name, fd);
	close(held);
	return status;
}

enum status beneath_make_folder(int parent, const char *name, mode_t mode, int *fd, bool *made)
{
	enum status status = check_name(name);

	if (status != STATUS_OK)
		return status;
	bool is_new = mkdirat(parent, name, mode) == 0;
	if (!is_new && errno != EEXIST)
		return status_from_errno(errno);
	status = is_new ? open_new_folder(parent, name, fd) : open_folder(parent, name, fd);
	if (status == STATUS_OK)
		*made = is_new;
	return status;
}

enum status beneath_stat_name(int folder, const char *name, struct stat *stat)
{
	enum status status = check_name(name);

	if (status == STATUS_OK && fstatat(folder, name, stat, AT_SYMLINK_NOFOLLOW) < 0)
		status = status_from_errno(errno);
	return status;
}

enum status beneath_open_name(int folder, const char *name, int *fd, struct stat *stat)
{
	struct stat seen;
	enum status status = beneath_stat_name(folder, name, &seen);

	if (status != STATUS_OK)
		return status;
	if (!S_ISREG(seen.st_mode))
		return S_ISLNK(seen.st_mode) ? STATUS_SYMLINK : STATUS_NOT_REGULAR;
	int opened = open_component(folder, name, READ_FILE, 0);
	return opened < 0 ? status_of_open(errno) : keep(opened, false, fd, stat);
}

static enum status check_names(const char *from, const char *to)
{
	enum status status = check_name(from);

	return status == STATUS_OK ? check_name(to) : status;
}

enum status beneath_rename_name(int folder, const char *from, const char *to)
{
	enum status status = check_names(from, to);

	if (status == STATUS_OK && renameat(folder, from, folder, to) < 0)
		status = status_from_errno(errno);
	return status;
}

enum status beneath_rename_new(int folder, const char *from, const char *to)
{
	enum status status = check_names(from, to);

	if (status != STATUS_OK)
		return status;
	if (renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0)
		return STATUS_OK;
	/* EINVAL: this filesystem cannot; a link does not replace either. */
	if (errno != EINVAL && errno != ENOSYS)
		return status_from_errno(errno);
	return linkat(folder, from, folder, to, 0) < 0 || unlinkat(folder, from, 0) < 0 ? status_from_errno(errno) : STATUS_OK;
}

enum status beneath_remove_name(int folder, const char *name)
{
	enum status status = check_name(name);

	if (status == STATUS_OK && unlinkat(folder, name, 0) < 0)
		status = status_from_errno(errno);
	return status;
}

bool beneath_names_later(void)
{
	/* Before Linux 6.10 only the privileged may name a file by its descriptor alone. */
	return access(TRUSTED_OPEN_FILES, X_OK) == 0;
}

enum status beneath_open_unnamed(int folder, mode_t mode, int *fd)
{
	enum status status = resolve(folder, "", how_to_open(O_RDWR | O_TMPFILE, mode, BENEATH_NO_SYMLINKS), fd);

	/* A kernel or file system without O_TMPFILE sees an attempt to open the folder for writing. */
	return status == STATUS_IS_FOLDER ? STATUS_UNSUPPORTED : status;
}

enum status beneath_give_name(int fd, int folder, const char *name)
{
	char path[sizeof(TRUSTED_OPEN_FILES) + 10];
	enum status status = check_name(name);

	if (status != STATUS_OK || linkat(fd, "", folder, name, AT_EMPTY_PATH) == 0)
		return status;
	if (errno != ENOENT)
		return status_from_errno(errno);
	snprintf(path, sizeof(path), TRUSTED_OPEN_FILES "%d", fd);
	if (linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW) < 0)
		return status_from_errno(errno);
	return STATUS_OK;
}
