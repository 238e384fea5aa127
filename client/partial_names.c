/* What a partial is called, and who may write it: opens, locks, waits, renames, removes. */
#include "partial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "clock.h"
#include "path.h"
#include "patience.h"
#include "trusted.h"

#define SUFFIX ".ferry-part"
#define HASH_DIGITS 16
#define LOOK_INTERVAL CLOCK_SECOND /* network file systems send no events for what other machines do */

/* How often a name is opened anew because its file was renamed between open and lock, */
#define TRIES_MAX 100
/* and because it was refused, though its file has been made writable or was gone. */
#define REFUSALS_MAX 4

/* --- The name ------------------------------------------------------------------------------------------------------ */

/* FNV-1a: distinguishes names with the same beginning; two that collide only wait for each other's lock. */
static uint64_t hash_of(const char *name)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
	return hash;
}

/* The length of the longest prefix of NAME, at most MAX bytes, that does not end inside a UTF-8 character. */
static int cut_length(const char *name, int max)
{
	int length = max;

	while (length > max - 4 && ((unsigned char)name[length] & 0xc0) == 0x80)
		length--;
	return length;
}

char *partial_name(const char *final, char out[PARTIAL_NAME_SIZE])
{
	const int room = PATH_NAME_MAX - 1 - (int)strlen(SUFFIX);
	int length = (int)strlen(final);

	if (length <= room)
		snprintf(out, PARTIAL_NAME_SIZE, ".%s" SUFFIX, final);
	else
		snprintf(out, PARTIAL_NAME_SIZE, ".%.*s~%016llx" SUFFIX, cut_length(final, room - 1 - HASH_DIGITS), final,
			(unsigned long long)hash_of(final));
	return out;
}

bool partial_is_name(const char *name)
{
	size_t length = strlen(name);

	/* In a folder that folds case, one in capitals is the same file. */
	return name[0] == '.' && length > 1 + strlen(SUFFIX) && strcasecmp(name + length - strlen(SUFFIX), SUFFIX) == 0;
}

/* --- Opening ------------------------------------------------------------------------------------------------------- */

/* Does NAME still lead to the OPEN file? If not, somebody renamed it before we had the lock. */
static enum status check_name(int folder, const char *name, const struct stat *open, bool *same)
{
	struct stat named;
	enum status status = beneath_stat_name(folder, name, &named);

	if (status == STATUS_NOT_FOUND) {
		*same = false;
		return STATUS_OK;
	}
	if (status == STATUS_OK)
		*same = named.st_dev == open->st_dev && named.st_ino == open->st_ino;
	return status;
}

static enum status check_ours(const struct stat *stat)
{
	if (!S_ISREG(stat->st_mode))
		return STATUS_NOT_REGULAR;
	return stat->st_uid == geteuid() && stat->st_nlink == 1 ? STATUS_OK : STATUS_REFUSED;
}

static enum status lock(int fd)
{
	int result;

	do
		result = flock(fd, LOCK_EX | LOCK_NB);
	while (result < 0 && errno == EINTR);
	return result == 0 ? STATUS_OK : status_from_errno(errno);
}

/* *SAME is false if the file was renamed before we had the lock: then try again. */
static enum status lock_and_check(int fd, int folder, const char *name, struct stat *stat, bool *same)
{
	enum status status = lock(fd);

	if (status != STATUS_OK)
		return status;
	if (fstat(fd, stat) < 0)
		return status_from_errno(errno);
	status = check_name(folder, name, stat, same);
	if (status != STATUS_OK || !*same)
		return status;
	return check_ours(stat);
}

/* Has its holder removed it? */
static bool is_gone(const struct stat *stat)
{
	return S_ISREG(stat->st_mode) && stat->st_nlink == 0;
}

/* Makes HELD, the file that was NAME and looks like STAT, readable; takes that back if it has lost the name meanwhile. */
static enum status add_reading(int held, int folder, const char *name, const struct stat *stat)
{
	bool same = false;
	enum status status = trusted_set_mode(held, (stat->st_mode & 07777) | S_IRUSR);

	if (status == STATUS_OK)
		status = check_name(folder, name, stat, &same);
	return status == STATUS_OK && !same ? trusted_set_mode(held, stat->st_mode & 07777) : status;
}

/*
 * A file that not even its owner may read has to be made readable before it can be locked. A holder restores the mode before the
 * renaming (partial_keep_mode); if it has renamed the file just now, the mode is put back here.
 */
static enum status make_readable(int folder, const char *name)
{
	int held;
	struct stat stat;
	enum status status = beneath_hold(folder, name, BENEATH_NO_SYMLINKS, &held, &stat);

	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	/* If another process has made it readable already, it is up to that one to put the mode back. */
	if (!is_gone(&stat))
		status = check_ours(&stat);
	if (status == STATUS_OK && !is_gone(&stat) && !(stat.st_mode & S_IRUSR))
		status = add_reading(held, folder, name, &stat);
	close(held);
	return status;
}

/*
 * A run that ended between its last two steps may have left a partial with its final mode, which may not allow even its owner to
 * write. It is locked and checked as if it did.
 */
static enum status make_writable(int folder, const char *name)
{
	int fd;
	struct stat stat;
	bool same = false;
	enum status status = beneath_open(folder, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd);

	if (status == STATUS_REFUSED)
		return make_readable(folder, name);
	/* Either it has just got its final name, or there was no partial and the folder will refuse again. */
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return status;
	status = lock_and_check(fd, folder, name, &stat, &same);
	if (status == STATUS_OK && same && fchmod(fd, 0600) < 0)
		status = status_from_errno(errno);
	close(fd);
	return status;
}

/* One try; *SAME is false when another one is needed. */
static enum status open_once(int folder, const char *name, mode_t mode, int *fd, struct stat *stat, bool *same)
{
	int opened;
	enum status status = beneath_open(folder, name, O_RDWR | O_CREAT | O_NONBLOCK | O_NOCTTY, mode, &opened);

	if (status != STATUS_OK)
		return status;
	status = lock_and_check(opened, folder, name, stat, same);
	if (status == STATUS_OK && *same)
		*fd = opened;
	else
		close(opened);
	return status;
}

enum status partial_open(int folder, const char *final, mode_t mode, struct partial *partial)
{
	char name[PARTIAL_NAME_SIZE];

	partial_name(final, name);
	for (int tries = 0; tries < TRIES_MAX; tries++) {
		int fd = -1;
		struct stat stat;
		bool same = false;
		enum status status = open_once(folder, name, mode, &fd, &stat, &same);
		if (status == STATUS_REFUSED && tries < REFUSALS_MAX)
			status = make_writable(folder, name);
		if (status != STATUS_OK)
			return status;
		if (same) {
			*partial = (struct partial){
				.fd = fd,
				.folder = folder,
				.final = final,
				.device = stat.st_dev,
				.found = (uint64_t)stat.st_size,
			};
			return STATUS_OK;
		}
	}
	return STATUS_BUSY;
}

enum status partial_open_unnamed(int folder, const char *final, mode_t mode, struct partial *partial)
{
	int fd;
	enum status status = beneath_open_unnamed(folder, mode, &fd);

	if (status == STATUS_OK)
		*partial = (struct partial){.fd = fd, .folder = folder, .final = final, .unnamed = true};
	return status;
}

/* Watches for the holder to close, rename or remove it. Returns an inotify descriptor; -1 when there are no events. */
static int watch(int folder, const char *name)
{
	int fd;
	char path[sizeof("/proc/self/fd/") + 10];

	if (beneath_open(folder, name, O_PATH, 0, &fd) != STATUS_OK)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (events >= 0 && inotify_add_watch(events, path, IN_CLOSE_WRITE | IN_MOVE_SELF | IN_DELETE_SELF) < 0) {
		close(events);
		events = -1;
	}
	close(fd);
	return events;
}

/* Opens it for reading only: closing that is no event, so two waiting processes do not wake each other for ever. */
static bool is_locked(int folder, const char *name)
{
	int fd;

	if (beneath_open(folder, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd) != STATUS_OK)
		return false;
	bool locked = lock(fd) == STATUS_BUSY;
	close(fd);
	return locked;
}

/* One event, or LOOK_INTERVAL, or the end of patience. */
static enum status await_event(int events, int stop_fd, int64_t deadline)
{
	char dropped[4096];
	int64_t look = clock_now() + LOOK_INTERVAL;
	enum status status = patience_wait(events, POLLIN, stop_fd, look < deadline ? look : deadline);

	while (status == STATUS_OK && read(events, dropped, sizeof(dropped)) > 0)
		;
	return status == STATUS_TIMEOUT && clock_now() < deadline ? STATUS_OK : status;
}

enum status partial_await(int folder, const char *final, int stop_fd, int64_t deadline)
{
	char name[PARTIAL_NAME_SIZE];
	int events = watch(folder, partial_name(final, name));
	enum status status = STATUS_OK;

	while (status == STATUS_OK && is_locked(folder, name))
		status = await_event(events, stop_fd, deadline);
	if (events >= 0)
		close(events);
	return status;
}

/* --- Renaming ------------------------------------------------------------------------------------------------------ */

/* Removes a partial that an earlier run left and nobody holds: it is not needed, since our file is complete. */
static enum status make_room(const struct partial *partial)
{
	struct partial left = PARTIAL_CLOSED;
	enum status status = partial_open(partial->folder, partial->final, 0600, &left);

	if (status == STATUS_OK)
		status = partial_remove(&left);
	partial_close(&left);
	return status;
}

/* Giving a first name never replaces a file: the unnamed file becomes a named partial first, locked before anybody sees it. */
static enum status name_beside(struct partial *partial)
{
	char name[PARTIAL_NAME_SIZE];
	enum status status = lock(partial->fd);

	if (status == STATUS_OK)
		status = beneath_give_name(partial->fd, partial->folder, partial_name(partial->final, name));
	if (status == STATUS_EXISTS && (status = make_room(partial)) == STATUS_OK)
		status = beneath_give_name(partial->fd, partial->folder, name);
	partial->unnamed = status != STATUS_OK;
	return status == STATUS_EXISTS ? STATUS_BUSY : status;
}

/*
 * Anybody who may write to the folder may have put another file under the name: it is not the one that was proven, and not ours to
 * remove. No call renames or removes a file by its descriptor alone: the name must not change between here and the next call.
 */
static enum status check_named(const struct partial *partial, const char *name)
{
	struct stat stat;
	bool same = false;

	if (fstat(partial->fd, &stat) < 0)
		return status_from_errno(errno);
	enum status status = check_name(partial->folder, name, &stat, &same);
	return status == STATUS_OK && !same ? STATUS_CHANGED : status;
}

static enum status rename_named(const struct partial *partial, enum partial_clobber clobber)
{
	char name[PARTIAL_NAME_SIZE];
	enum status status = check_named(partial, partial_name(partial->final, name));

	if (status != STATUS_OK)
		return status;
	if (clobber == PARTIAL_YIELDS)
		return beneath_rename_new(partial->folder, name, partial->final);
	return beneath_rename_name(partial->folder, name, partial->final);
}

enum status partial_rename(struct partial *partial, enum partial_clobber clobber)
{
	if (!partial->unnamed)
		return rename_named(partial, clobber);
	enum status status = beneath_give_name(partial->fd, partial->folder, partial->final);
	if (status != STATUS_EXISTS || clobber == PARTIAL_YIELDS)
		return status;
	status = name_beside(partial);
	return status == STATUS_OK ? rename_named(partial, clobber) : status;
}

enum status partial_remove(const struct partial *partial)
{
	char name[PARTIAL_NAME_SIZE];

	if (partial->unnamed)
		return STATUS_OK;
	enum status status = check_named(partial, partial_name(partial->final, name));
	return status == STATUS_OK ? beneath_remove_name(partial->folder, name) : status;
}
